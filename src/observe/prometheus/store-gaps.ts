/** What the store could not answer, in as few gaps as a person needs: one per cause, with its queries. */
import type { Gap } from "../../domain/observation.ts";
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

/** Which data of the store is missing, and why. */
export type StoreGap = Pick<Gap, "code" | "subjects" | "sentence">;

export function storeGaps(
  place: string,
  labels: Readonly<Record<string, string>>,
  outcomes: readonly QueryOutcome[],
): StoreGap[] {
  const problems = outcomes.flatMap(({ query, problem }) =>
    problem === undefined ? [] : [[problem, query] as const],
  );
  const doubts = outcomes.flatMap(({ query, doubts: own = [] }) =>
    own.map((doubt) => [doubt, query] as const),
  );
  const absent = outcomes.filter(({ problem, kept }) => problem === undefined && kept.length === 0);
  const empty = absent.filter(({ notNumbers = 0 }) => notNumbers === 0);
  const isIdle = ({ seriesRead = 0, query }: QueryOutcome): boolean =>
    seriesRead > 0 && isQuotient(query);
  const nothing = empty.filter((outcome) => !isIdle(outcome)).map(({ query }) => query);
  const idle = empty.filter(isIdle).map(({ query }) => query);
  const onlyNaN = absent.filter(({ notNumbers = 0 }) => notNumbers > 0).map(({ query }) => query);
  return [
    ...grouped(problems).map(([words, queries]) =>
      gapOf("no-answer", queries, (ids) => `${place} ${words}: queries ${ids}`),
    ),
    ...grouped(doubts).map(([words, queries]) =>
      gapOf("partial-answer", queries, (ids) => `${place} ${words}: queries ${ids}`),
    ),
    ...grouped(nothing.map((query) => [query.exporter, query])).map(([exporter, queries]) =>
      gapOf(
        "no-samples",
        queries,
        (ids) =>
          `${place} has no samples of ${exporter} with ${selector(labels)} for ${ids}: it is not scraped, too seldom for a rate, or has other labels or names`,
      ),
    ),
    ...[idle]
      .filter(isFilled)
      .map((queries) =>
        gapOf(
          "nothing-to-divide",
          queries,
          (ids) =>
            `${place} has samples and no value for ${ids}: nothing happened to divide by, which VictoriaMetrics answers with nothing`,
        ),
      ),
    ...[onlyNaN]
      .filter(isFilled)
      .map((queries) =>
        gapOf(
          "nothing-to-divide",
          queries,
          (ids) => `${place} had no finite sample, nothing to divide by, for ${ids}`,
        ),
      ),
    ...outcomes
      .filter(({ kept, series = 0 }) => series > kept.length)
      .map(({ query, kept, series = 0 }) =>
        gapOf(
          "series-limit",
          [query],
          (id) =>
            `${id} has ${series} series; the ${kept.length} ${query.rank === "growth" ? "that grew most" : "with the largest values"} were kept`,
        ),
      ),
    ...notNumbersGap(outcomes),
  ];
}

/** Idle stretches divide by zero as a rule; where only a part was lost, it is said once, for all. */
function notNumbersGap(outcomes: readonly QueryOutcome[]): StoreGap[] {
  const some = outcomes.filter(({ notNumbers = 0, kept }) => notNumbers > 0 && kept.length > 0);
  const counts = some.map(({ query, notNumbers = 0, kept }) => {
    const finite = kept.reduce((sum, { values }) => sum + values.length, 0);
    return `${query.id} ${notNumbers} of ${notNumbers + finite}`;
  });
  return [some.map(({ query }) => query)]
    .filter(isFilled)
    .map((queries) =>
      gapOf(
        "nothing-to-divide",
        queries,
        () =>
          `samples that were NaN or infinite were left out (idle stretches have nothing to divide by): ${counts.join(", ")}`,
      ),
    );
}

const isFilled = (queries: readonly StoreQuery[]): boolean => queries.length > 0;

function gapOf(
  code: Gap["code"],
  queries: readonly StoreQuery[],
  sentenceFor: (ids: string) => string,
): StoreGap {
  const subjects = [...new Set(queries.map(({ id }) => id))];
  return { code, subjects, sentence: sentenceFor(subjects.join(", ")) };
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

const selector = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}}`;
