/** Result of a check of live contracts: every operation that the scenarios use, and the differences. */
import type { ApiDrift } from "./api-drift.ts";
import type { ContractProblem } from "./contract-problems.ts";

export interface ContractDifference {
  /** `token.read`, `GetSystem`. */
  readonly operation: string;
  readonly kind: ContractProblem["kind"] | ApiDrift["kind"] | "not-answered";
  /** `Token.totalSupply`, `input.days`, `output.tokens.#.id`; empty: the operation itself. */
  readonly place: string;
  readonly was?: string | undefined;
  readonly is?: string | undefined;
  /** A scenario sends or reads it. The others are listed only. */
  readonly isUsed: boolean;
  /** What differs, in one sentence. */
  readonly sentence: string;
  readonly action: string;
}

export interface CheckedOperation {
  readonly surface: "api" | "subgraph";
  readonly operation: string;
  /**
   * `unread`: it cannot be checked this way (a write, on a platform without a document); `not-checked`: the check failed, and
   * `reason` says why.
   */
  readonly outcome: "same" | "differs" | "not-checked" | "unread";
  readonly reason?: string | undefined;
  readonly differences: readonly ContractDifference[];
}

export interface CheckedTarget {
  /** As given: a URL or a file. */
  readonly target: string;
  readonly surface: "api" | "subgraph";
  readonly how: "introspection" | "openapi" | "answers" | "file";
  readonly source?: string | undefined;
  readonly operations: readonly CheckedOperation[];
}

export interface ContractReport {
  readonly schemaVersion: 1;
  readonly kind: "contract-check";
  /** What the scenarios were written for. */
  readonly contracts: { readonly api: string; readonly subgraph: string };
  readonly outcome: "same" | "differs" | "incomplete";
  readonly targets: readonly CheckedTarget[];
}

/** Differences take precedence over failed checks: they are certain. */
export function contractReport(
  contracts: ContractReport["contracts"],
  targets: readonly CheckedTarget[],
): ContractReport {
  const operations = targets.flatMap((target) => target.operations);
  const differs = operations.some(({ outcome }) => outcome === "differs");
  const isWhole =
    operations.length > 0 && operations.every(({ outcome }) => outcome !== "not-checked");
  return {
    schemaVersion: 1,
    kind: "contract-check",
    contracts,
    outcome: differs ? "differs" : isWhole ? "same" : "incomplete",
    targets,
  };
}

/** @param names of all operations, in order; those without a difference are the same */
export function checkedOperations(
  surface: CheckedOperation["surface"],
  names: readonly string[],
  differences: readonly ContractDifference[],
): readonly CheckedOperation[] {
  return names.map((operation) => {
    const own = differences.filter((one) => one.operation === operation);
    return {
      surface,
      operation,
      outcome: own.some(({ isUsed }) => isUsed) ? "differs" : "same",
      differences: own,
    };
  });
}

const changeText = (was: string | undefined, is: string | undefined): string =>
  was === undefined ? `is now ${is ?? "gone"}` : `was ${was}, is ${is ?? "gone"}`;

export function differenceOfApi(drift: ApiDrift): ContractDifference {
  const { procedure, kind, place, was, is, isUsed } = drift;
  return {
    operation: procedure,
    kind,
    place,
    was,
    is,
    isUsed,
    sentence: `${procedure}${place === "" ? "" : ` ${place}`}: ${apiSentence(drift)}`,
    action: apiActions[kind](procedure),
  };
}

function apiSentence({ kind, was, is }: ApiDrift): string {
  if (kind === "procedure-removed") return "the target has no such procedure";
  if (kind === "input-refused" && was === undefined)
    return `is now required (${is ?? "unknown type"})`;
  if (kind === "input-refused" && was === is)
    return `the value that is sent is refused (${is ?? "unknown type"})`;
  return changeText(was, is);
}

const inputAction = (procedure: string): string =>
  `Change the input of ${procedure} in scenarios/lib/api-calls.ts, or test the release that the scenarios were written for.`;
const outputAction = (procedure: string): string =>
  `Change the shape of ${procedure} in scenarios/lib/api-calls.ts, and the code that reads it.`;

const apiActions: Readonly<Record<ApiDrift["kind"], (procedure: string) => string>> = {
  "procedure-removed": (procedure) =>
    `Remove ${procedure} from scenarios/lib/api-calls.ts, or use the target's path.`,
  "input-refused": inputAction,
  "input-unknown": inputAction,
  "field-removed": outputAction,
  "may-be-absent": outputAction,
  "type-changed": outputAction,
  "enum-values": outputAction,
};

export function differenceOfSubgraph(problem: ContractProblem): ContractDifference {
  const { operation, kind, place, expected, found } = problem;
  return {
    operation,
    kind,
    place,
    was: expected,
    is: found,
    isUsed: true,
    sentence: `${operation} ${place}: ${subgraphSentence(problem)}`,
    action: `Change ${operation} in scenarios/lib/subgraph-calls.ts, or test the release that the scenarios were written for.`,
  };
}

function subgraphSentence({ kind, expected, found, message }: ContractProblem): string {
  if (expected === undefined && found === undefined) return message;
  if (kind !== "enum-values" || expected === undefined || found === undefined)
    return changeText(expected, found);
  const [before, after] = [expected.split(" "), found.split(" ")];
  const gone = before.filter((value) => !after.includes(value));
  const added = after.filter((value) => !before.includes(value));
  return [
    ...(gone.length === 0 ? [] : [`the values ${gone.join(", ")} are gone`]),
    ...(added.length === 0 ? [] : [`the values ${added.join(", ")} are new`]),
  ].join(", ");
}
