/** What a report says, before it is a page, Markdown or CSV: parts made of blocks. Pure data. */
import type { Finding } from "../../src/domain/verdict.ts";
import type { Chart } from "./chart.ts";
import type { Line } from "./inline.ts";

export interface Part {
  readonly id: string;
  readonly title: string;
  /** How to read what follows, one sentence. */
  readonly lead?: string;
  readonly blocks: readonly Block[];
}

/** Charts and bars are for pages alone: tables have their numbers. A folded table is open in Markdown. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  /** In place of what would be empty. */
  | { readonly kind: "nothing"; readonly sentence: string }
  | { readonly kind: "sentences"; readonly items: readonly Line[] }
  /** Names and values; what is unknown is left out. */
  | { readonly kind: "facts"; readonly items: readonly Fact[] }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] }
  | { readonly kind: "table"; readonly table: Table; readonly isFolded?: boolean }
  | { readonly kind: "charts"; readonly charts: readonly Chart[]; readonly layout: ChartLayout }
  | { readonly kind: "bars"; readonly bars: readonly Bar[] };

/** Beside each other where there is room, each as wide as the page, or small ones on one shared axis. */
export type ChartLayout = "grid" | "wide" | "column";

export type Fact = readonly [name: string, value: Line | undefined];

/** Use of something against what there is. */
export interface Bar {
  readonly subject: string;
  readonly value: number;
  /** The same where one is lost. */
  readonly reserve?: number;
  readonly limit: number;
  readonly words: string;
  /** Said where it does not fit. */
  readonly over?: string;
}

export interface Table {
  /** Name of its CSV file. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface TableColumn {
  /** Header in a CSV file; with its unit. */
  readonly id: string;
  readonly title: string;
  /** Its cells are numbers and stand right. */
  readonly numeric?: boolean;
}

/** What people read, and the number behind it; links are relative to the report's directory. */
export type Cell =
  | string
  | {
      readonly text: string;
      readonly value?: number;
      /** What a page shows in place of the text. */
      readonly shown?: Line;
      /** Where the text, or each part of it in turn, leads. */
      readonly links?: readonly { readonly text: string; readonly link: string }[];
    };

export const cellText = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);

/** A column that says its cell of a row's item. */
export interface ColumnOf<Item> extends TableColumn {
  readonly of: (item: Item) => Cell;
}

/** A column of texts, or of numbers, which stand right. */
export const column = <Item>(
  id: string,
  title: string,
  of: (item: Item) => Cell,
): ColumnOf<Item> => ({ id, title, of });
export const numberColumn = <Item>(
  id: string,
  title: string,
  of: (item: Item) => Cell,
): ColumnOf<Item> => ({ id, title, numeric: true, of });

/** A row for each item. */
export const tableOf = <Item>(
  head: Pick<Table, "id" | "title">,
  items: readonly Item[],
  columns: readonly ColumnOf<Item>[],
): Table => ({
  ...head,
  columns: columns.map(({ id, title, numeric }) => ({ id, title, numeric })),
  rows: items.map((item) => columns.map(({ of }) => of(item))),
});

export const sentences = (items: readonly Line[]): Block => ({ kind: "sentences", items });
export const heading = (text: string): Block => ({ kind: "heading", text });
export const nothing = (sentence: string): Block => ({ kind: "nothing", sentence });
export const facts = (items: readonly Fact[]): Block => ({ kind: "facts", items });
export const charts = (all: readonly Chart[], layout: ChartLayout = "grid"): Block => ({
  kind: "charts",
  charts: all,
  layout,
});
/** Nothing where the table has no rows. */
export const table = (each: Table, isFolded = false): readonly Block[] =>
  each.rows.length === 0 ? [] : [{ kind: "table", table: each, isFolded }];
