/** How a plan writes its numbers, and the columns of its tables that are written so. */
import { absent, decimal, formatBytes, percent } from "../../src/domain/number-text.ts";
import type {
  CeilingDates,
  Quantiles,
  ResourcePlan,
  RoomToday,
  SizeChoice,
  UseUnit,
} from "../../src/domain/capacity-plan.ts";
import { useText } from "../../src/domain/quantity-text.ts";
import { numberColumn, type Cell, type ColumnOf } from "../kit/block.ts";
import { numberCell, numbers } from "../kit/columns.ts";

export const whole = (value: number): string => decimal(value, 0);
export const rateText = (perSecond: number): string => whole(perSecond * 60);
export const factorText = (value: number): string => `×${decimal(value, 2)}`;
export const useOf = (value: number, { unit }: { readonly unit: UseUnit }): string =>
  useText(value, unit);

/** Pods are whole. */
export const roomText = (value: number, { unit }: Pick<RoomToday, "unit">): string =>
  unit === "count" ? whole(value) : useText(value, unit);
export const sizeText = (value: number, { unit }: Pick<SizeChoice, "unit">): string =>
  unit === "factor" ? factorText(value) : whole(value);

/** `29.4 % (measured 2026-11)`, `2 TB (stated, not measured)`. */
export const todayText = (resource: ResourcePlan): string =>
  `${useText(resource.use, resource.unit)} (${todaySource(resource)})`;

/** What today's use is taken from. */
export function todaySource({ today, unit }: ResourcePlan): string {
  const { measured, source } = today;
  if (measured === undefined || source === "stated") return "stated, not measured";
  if (source === "measured") return `measured ${measured.date}`;
  const level = `measured ${useText(measured.use, unit)} in ${measured.date}`;
  return source === "set by hand" ? `set by hand; ${level}` : `${level}, brought forward`;
}

const infinite = "none is enough";
export const cell = (value: number | undefined, format: (value: number) => string): Cell =>
  numberCell(value, format, { infinite });
export const figures = numbers({ infinite });

export const count = figures(whole);
export const tenths = figures((value) => decimal(value));
export const hundredths = figures((value) => decimal(value, 2));
export const ratio = figures(percent);
export const rate = figures(rateText);
export const cores = figures((value) => `${whole(value * 1000)} m`);
export const bytes = figures(formatBytes);
export const month = count("month", "Month", (row: { readonly month: number }) => row.month);
export const latency = numbers({ none: absent, infinite: "never answered" })((ms) => decimal(ms));

/** Days from the plan's date. */
const never = { none: "never", infinite: "never" };
export const days = numbers(never)((value) => decimal(value));
export const dated = (value: number | undefined, date: string | undefined, mark = ""): Cell =>
  numberCell(value, (after) => `${decimal(after)} d (${date ?? "far"})${mark}`, never);

export const orderDates: readonly ColumnOf<Pick<CeilingDates, "orderBy" | "orderByDate">>[] = [
  numberColumn("order_by_expected_days", "Order by, expected", ({ orderBy, orderByDate }) =>
    dated(orderBy.expected, orderByDate.expected),
  ),
  numberColumn("order_by_safe_days", "Order by, safe", ({ orderBy, orderByDate }) =>
    dated(orderBy.safe, orderByDate.safe),
  ),
];

/** P10, P50 and P90; the first title also says of what. */
export const quantiles = <Item>(
  format: (value: number, item: Item) => string,
  { id = "", title = "" } = {},
): readonly ColumnOf<Quantiles & Item>[] => [
  figures(format)(`${id}p10`, `${title}P10`, ({ p10 }) => p10),
  figures(format)(`${id}p50`, "P50", ({ p50 }) => p50),
  figures(format)(`${id}p90`, "P90", ({ p90 }) => p90),
];
