/** What the store could not tell, in as few sentences as a person needs: the same trouble once, with its queries. */
import type { StoreQuery } from "../../../profiles/platform/store-queries.ts";

export interface QueryOutcome {
  readonly query: StoreQuery;
  readonly kept: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [atSeconds: number, value: number])[];
  }[];
  /** Why there is no answer. */
  readonly problem?: string;
  /** How many series came, kept or not. */
  readonly series?: number;
  readonly doubts?: readonly string[];
  /** Of a store that leaves out what Prometheus answers with NaN: how many series it read for its answer. */
  readonly seriesRead?: number | undefined;
  /** Samples that were NaN or infinite. */
  readonly notNumbers?: number;
}

export function gapSentences(
  place: string,
  labels: Readonly<Record<string, string>>,
  outcomes: readonly QueryOutcome[],
): string[] {
  const troubles = outcomes.flatMap(({ query, problem, doubts = [] }) =>
    [...(problem === undefined ? [] : [problem]), ...doubts].map(
      (words) => [words, query] as const,
    ),
  );
  const absent = outcomes.filter(({ problem, kept }) => problem === undefined && kept.length === 0);
  const empty = absent.filter(({ notNumbers = 0 }) => notNumbers === 0);
  const isIdle = ({ seriesRead = 0, query }: QueryOutcome): boolean =>
    seriesRead > 0 && isQuotient(query);
  const idle = empty.filter(isIdle);
  const nothing = empty.filter((outcome) => !isIdle(outcome));
  const onlyNaN = absent.filter(({ notNumbers = 0 }) => notNumbers > 0);
  const many = outcomes.filter(({ kept, series = 0 }) => series > kept.length);
  return [
    ...grouped(troubles).map(
      ([words, queries]) => `${place} ${words}: asked for ${idsOf(queries)}`,
    ),
    ...grouped(nothing.map(({ query }) => [query.exporter, query])).map(
      ([exporter, queries]) =>
        `${place} has no samples of ${exporter} with ${selector(labels)} for ${idsOf(queries)}: it is not scraped, too seldom for a rate, or has other labels or names`,
    ),
    ...(idle.length === 0
      ? []
      : [
          `${place} has samples and no value for ${idsOf(idle.map(({ query }) => query))}: nothing happened to divide by, which VictoriaMetrics answers with nothing`,
        ]),
    ...(onlyNaN.length === 0
      ? []
      : [
          `${place} had no finite sample, nothing to divide by, for ${idsOf(onlyNaN.map(({ query }) => query))}`,
        ]),
    ...many.map(
      ({ query, kept, series = 0 }) =>
        `${query.id} has ${series} series; the ${kept.length} ${query.rank === "growth" ? "that grew most" : "with the largest values"} were kept`,
    ),
    ...notNumbersSentence(outcomes),
  ];
}

/** Idle stretches divide by zero as a rule; where only a part was lost, it is said once, for all. */
function notNumbersSentence(outcomes: readonly QueryOutcome[]): string[] {
  const some = outcomes.filter(({ notNumbers: count = 0, kept }) => count > 0 && kept.length > 0);
  if (some.length === 0) return [];
  const each = some.map(({ query, notNumbers: count = 0, kept }) => {
    const finite = kept.reduce((sum, { values }) => sum + values.length, 0);
    return `${query.id} ${count} of ${count + finite}`;
  });
  return [
    `samples that were NaN or infinite were left out (idle stretches have nothing to divide by): ${each.join(", ")}`,
  ];
}

/** Undefined while nothing happens: a share, a mean or a quantile. */
const isQuotient = ({ expression }: StoreQuery): boolean =>
  expression.includes(" / ") || expression.includes("histogram_quantile");

function grouped<Key>(
  pairs: readonly (readonly [Key, StoreQuery])[],
): (readonly [Key, readonly StoreQuery[]])[] {
  const groups = new Map<Key, StoreQuery[]>();
  for (const [key, query] of pairs) groups.set(key, [...(groups.get(key) ?? []), query]);
  return [...groups];
}

const idsOf = (queries: readonly StoreQuery[]): string =>
  [...new Set(queries.map(({ id }) => id))].join(", ");

const selector = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}}`;
