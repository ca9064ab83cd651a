/** A platform without an OpenAPI document: its responses to the scenarios' reads, with existing ids, against the contract. */
import { apiContract } from "../../profiles/platform/contract/index.ts";
import type { OutputShape } from "../../profiles/platform/contract/index.ts";
import { apiWrites } from "../../scenarios/lib/api-calls.ts";
import type { ApiUse } from "./api-check.ts";
import { refusalText, type CallResult, type PlatformSession } from "../platform/client.ts";
import type { CheckedOperation, ContractDifference } from "./contract-report.ts";
import { isReadPlace } from "./api-drift.ts";
import { outputProblems, type OutputProblem } from "./output-fields.ts";

/** Nothing is written, so writes are not checked. */
const isWrite = ({ name }: ApiUse): boolean => name in apiWrites;

/** @param sessions of users with different roles: one that is refused is followed by the next */
export async function checkAnswers(
  sessions: readonly PlatformSession[],
  uses: readonly ApiUse[],
): Promise<readonly CheckedOperation[]> {
  const checked: CheckedOperation[] = [];
  for (const use of uses) checked.push(await checkAnswer(sessions, use));
  return checked;
}

async function checkAnswer(
  sessions: readonly PlatformSession[],
  use: ApiUse,
): Promise<CheckedOperation> {
  const base = { surface: "api", operation: use.name } as const;
  const answer = isWrite(use) ? undefined : await firstAllowed(sessions, use);
  if (answer === undefined)
    return {
      ...base,
      outcome: "unread",
      reason: "a write: checked only with an OpenAPI document",
      differences: [],
    };
  if (answer.ok) {
    const differences = problemsOf(use, answer.output);
    const isSame = !differences.some(({ isUsed }) => isUsed);
    return { ...base, outcome: isSame ? "same" : "differs", differences };
  }
  const refusal = refusalText(answer);
  if (answer.status === 403 || answer.status === 401)
    return {
      ...base,
      outcome: "not-checked",
      reason: `the identity may not call it (${refusal})`,
      differences: [],
    };
  // A 404 with a code concerns the requested object.
  if (answer.status === 404 && answer.code !== undefined)
    return {
      ...base,
      outcome: "not-checked",
      reason: `nothing to read (${refusal})`,
      differences: [],
    };
  if (answer.status >= 500 || answer.status === 429)
    return {
      ...base,
      outcome: "not-checked",
      reason: `no usable response (${refusal})`,
      differences: [],
    };
  const isGone = answer.status === 404 || answer.status === 405;
  return {
    ...base,
    outcome: "differs",
    differences: [
      {
        operation: use.name,
        kind: isGone ? "procedure-removed" : "input-refused",
        place: isGone ? "" : "input",
        isUsed: true,
        sentence: isGone
          ? `${use.name}: the target has no such procedure (${refusal})`
          : `${use.name} input: refused (${refusal}${answer.message === undefined ? "" : `, "${answer.message.slice(0, 120)}"`})`,
        action: `Change ${use.name} in scenarios/lib/api-calls.ts, or test the release that the scenarios were written for.`,
      },
    ],
  };
}

async function firstAllowed(
  sessions: readonly PlatformSession[],
  use: ApiUse,
): Promise<CallResult | undefined> {
  let last: CallResult | undefined;
  for (const session of sessions) {
    last = await session.call(use.path.replaceAll("/", "."), use.inputs[0] ?? {});
    if (last.ok || last.status !== 403) return last;
  }
  return last;
}

/** Entries of one list have the same shape: each difference is reported once. */
function problemsOf(use: ApiUse, output: unknown): readonly ContractDifference[] {
  const shape: OutputShape = apiContract.procedures[use.path]?.output ?? "any";
  const found = new Map<string, ContractDifference>();
  for (const problem of outputProblems(shape, output)) {
    if (problem.kind === "unknown-field") continue;
    const difference = differenceOf(use, problem);
    found.set(`${difference.kind} ${difference.place}`, difference);
  }
  return [...found.values()];
}

function differenceOf(use: ApiUse, { kind, place, detail }: OutputProblem): ContractDifference {
  const general = place.replaceAll(/\[\d+\]/g, ".#").replace(/^\./, "");
  const isMissing = kind === "missing-field";
  return {
    operation: use.name,
    kind: isMissing ? "field-removed" : "type-changed",
    place: general === "" ? "output" : `output.${general}`,
    isUsed: isReadPlace(use, general, isMissing ? "field-removed" : "type-changed"),
    sentence: `${use.name} ${general === "" ? "output" : `output.${general}`}: ${isMissing ? "is missing in the response" : detail}`,
    action: `Change the shape of ${use.name} in scenarios/lib/api-calls.ts, and the code that reads it.`,
  };
}
