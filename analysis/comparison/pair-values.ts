/**
 * All sums of a row and a column value, in order: Walsh averages of one sample, differences of two. Few are listed and
 * sorted; of many, the k-th is found by counting, without ever listing them.
 */
export interface PairValues {
  readonly count: number;
  /** @param k 1..count */
  readonly kth: (k: number) => number;
  readonly countAtMost: (limit: number) => number;
}

/** Listed up to here; sorting more takes longer than counting. */
const largestListed = 250_000;

/** The n(n+1)/2 means of two values of a sample, each with itself too (Walsh 1949). @param values finite */
export function walshAverages(values: readonly number[], listedUpTo = largestListed): PairValues {
  const halves = Float64Array.from(values, (value) => value / 2).toSorted();
  const count = (halves.length * (halves.length + 1)) / 2;
  return pairValues({ rows: halves, columns: halves, isTriangle: true, count }, listedUpTo);
}

/** The n·m differences `to − from`. @param from @param to finite */
export function differences(
  from: readonly number[],
  to: readonly number[],
  listedUpTo = largestListed,
): PairValues {
  const rows = Float64Array.from(from, (value) => -value).toSorted();
  const columns = Float64Array.from(to).toSorted();
  const count = rows.length * columns.length;
  return pairValues({ rows, columns, isTriangle: false, count }, listedUpTo);
}

interface Table {
  /** Ascending, as the columns are. */
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  /** Only columns from the row's own index on. */
  readonly isTriangle: boolean;
  readonly count: number;
}

const pairValues = (table: Table, listedUpTo: number): PairValues =>
  table.count <= listedUpTo ? listed(table) : counted(table);

function listed({ rows, columns, isTriangle, count }: Table): PairValues {
  const all = new Float64Array(count);
  let index = 0;
  rows.forEach((row, i) => {
    for (let j = isTriangle ? i : 0; j < columns.length; j++) all[index++] = row + at(columns, j);
  });
  all.sort();
  return {
    count,
    kth: (k) => at(all, k - 1),
    countAtMost: (limit) => firstAbove(all, limit),
  };
}

function firstAbove(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(sorted, middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function counted(table: Table): PairValues {
  return {
    count: table.count,
    kth: (k) => kthByCounting(table, k),
    countAtMost: (limit) => walk(table, limit).count,
  };
}

/** Halves the range between smallest and largest sum until it holds the k-th alone, or equal ones. */
function kthByCounting(table: Table, k: number): number {
  const { rows, columns } = table;
  let low = at(rows, 0) + at(columns, 0);
  let high = at(rows, rows.length - 1) + at(columns, columns.length - 1);
  if (walk(table, low).count >= k) return low;
  for (let step = 0; step < 100 && low < high; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    const { count, largest } = walk(table, middle);
    if (count === k) return largest;
    if (count > k) high = middle;
    else low = middle;
  }
  return walk(table, high).largest;
}

/** How many sums are at most the limit, and the largest of them: rows up, columns down. */
function walk(
  { rows, columns, isTriangle }: Table,
  limit: number,
): { count: number; largest: number } {
  let count = 0;
  let largest = -Infinity;
  let end = columns.length;
  for (let i = 0; i < rows.length; i++) {
    const row = at(rows, i);
    while (end > 0 && row + at(columns, end - 1) > limit) end--;
    const start = isTriangle ? i : 0;
    if (end <= start) break;
    count += end - start;
    largest = Math.max(largest, row + at(columns, end - 1));
  }
  return { count, largest };
}

const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN;
