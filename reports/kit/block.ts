/** What a report says, before it is a page, Markdown or CSV: parts made of blocks. Pure data. */
import { formatCount } from "../../src/domain/number-text.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import type { Chart } from "./chart.ts";
import { lineText, type Inline, type Line } from "./inline.ts";
import type { Stacks } from "./stacked-bar.ts";
import type { TimeFrame } from "./time-frame.ts";

export interface Part {
  readonly id: string;
  readonly title: string;
  /** Beside its title, where it stands inside another part. */
  readonly mark?: Inline;
  /** How to read what follows, one sentence. */
  readonly lead?: string;
  readonly blocks: readonly Block[];
}

/** Charts, bars and pictures are for pages alone: tables have their numbers. What is folded is open in Markdown. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  /** In place of what would be empty. */
  | { readonly kind: "nothing"; readonly sentence: string }
  /** An aside, such as what is left out. */
  | { readonly kind: "note"; readonly text: Line }
  | { readonly kind: "sentences"; readonly items: readonly Line[] }
  /** What could not be observed, and why: a figure that is missing looks like one that is fine. */
  | { readonly kind: "gaps"; readonly items: readonly Line[] }
  /** Names and values; what is unknown is left out. */
  | { readonly kind: "facts"; readonly items: readonly Fact[] }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "folded"; readonly summary: string; readonly blocks: readonly Block[] }
  | { readonly kind: "part"; readonly part: Part }
  | {
      readonly kind: "charts";
      readonly charts: readonly Chart[];
      readonly layout: ChartLayout;
      /** Its phases are named above small ones. */
      readonly frame?: TimeFrame;
    }
  | { readonly kind: "bars"; readonly bars: readonly Bar[] }
  | { readonly kind: "stacks"; readonly stacks: Stacks }
  | { readonly kind: "pictures"; readonly pictures: readonly Picture[] }
  | { readonly kind: "command"; readonly text: string };

/** Beside each other where there is room, each as wide as the page, or small ones on one shared axis. */
export type ChartLayout = "grid" | "wide" | "column";

export type Fact = readonly [name: string, value: Line | undefined];

export interface Picture {
  /** Beside the page; one whose name leads elsewhere is not shown. */
  readonly file: string | undefined;
  readonly caption: Line;
  /** The same for those who do not see it. */
  readonly words: string;
}

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
  /** Of each row: those of one group stand together, under its name. */
  readonly groups?: readonly string[];
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
  | { readonly text: string; readonly value?: number; readonly shown?: undefined }
  | {
      /** Where it is not the text of what a page shows. */
      readonly text?: string;
      readonly value?: number;
      readonly shown: Line;
    };

export const cellText = (cell: Cell): string =>
  typeof cell === "string"
    ? cell
    : (cell.text ?? (cell.shown === undefined ? "" : lineText(cell.shown)));

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
  groupOf?: (item: Item) => string,
): Table => ({
  ...head,
  columns: columns.map(({ id, title, numeric }) => ({ id, title, numeric })),
  rows: items.map((item) => columns.map(({ of }) => of(item))),
  groups: groupOf && items.map(groupOf),
});

export const sentences = (items: readonly Line[]): Block => ({ kind: "sentences", items });
export const heading = (text: string): Block => ({ kind: "heading", text });
export const nothing = (sentence: string): Block => ({ kind: "nothing", sentence });
export const facts = (items: readonly Fact[]): Block => ({ kind: "facts", items });
export const note = (text: Line): Block => ({ kind: "note", text });
/** What is left out. Nothing where all is shown. */
export const rest = (count: number, words: string): readonly Block[] =>
  count > 0 ? [note(`${formatCount(count)} ${words}`)] : [];
export const gaps = (items: readonly Line[]): readonly Block[] =>
  items.length === 0 ? [] : [{ kind: "gaps", items }];
export const folded = (summary: string, blocks: readonly Block[]): Block => ({
  kind: "folded",
  summary,
  blocks,
});
export const charts = (all: readonly Chart[], layout: ChartLayout = "grid"): Block => ({
  kind: "charts",
  charts: all,
  layout,
});
/** Nothing where the table has no rows. */
export const table = (each: Table, isFolded = false): readonly Block[] =>
  each.rows.length === 0
    ? []
    : isFolded
      ? [folded(each.title, table(each))]
      : [{ kind: "table", table: each }];

/** A row for each item, where there are any. */
export const itemTable = <Item>(
  id: string,
  title: string,
  items: readonly Item[],
  columns: readonly ColumnOf<Item>[],
  groupOf?: (item: Item) => string,
): readonly Block[] => table(tableOf({ id, title }, items, columns, groupOf));
