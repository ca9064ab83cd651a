/** What the scenarios send and read, against a contract of the API: the platform's committed one, or a live target's. */
import type { ApiContract } from "../../profiles/platform/contract/index.ts";
import { apiReads, apiWrites } from "../../scenarios/lib/api-calls.ts";
import type { PlatformIds } from "../../scenarios/lib/ids.ts";
import type { Expected, Input } from "../../scenarios/lib/json-outcome.ts";
import { setupCalls } from "../../scenarios/lib/setup-calls.ts";
import { IterationPicker } from "../../scenarios/lib/weighted.ts";
import { exampleIds } from "./example-ids.ts";
import { inputCheck } from "./input-check.ts";
import { hasField } from "./output-fields.ts";

/** A call that the scenarios make, with the bodies that it is sent with. */
export interface ApiUse extends Expected {
  /** The path with dots. */
  readonly name: string;
  /** As in the contract: `token/read`. */
  readonly path: string;
  readonly inputs: readonly Input[];
}

/** One thing that the contract and the scenarios do not agree about. */
export interface ApiDifference {
  readonly procedure: string;
  readonly kind: "unknown-procedure" | "input-refused" | "unknown-output-field";
  /** The field of the output, or what is wrong with the input. */
  readonly detail: string;
}

/** So many different choices of each input are checked. */
const inputsPerCall = 100;

/** Every call of the scenarios: reads, writes, and those of the setup. */
export function apiUses(ids: PlatformIds = exampleIds): readonly ApiUse[] {
  const [token, other] = ids.tokens;
  const [recipient = ""] = ids.accounts;
  const movement = { token: (token ?? other)?.id ?? "", recipient, pincode: "123456" };
  return [
    ...Object.entries(apiReads).map(([name, { input, ...call }]) => ({
      ...call,
      name,
      inputs: Array.from({ length: inputsPerCall }, (_, index) =>
        input(ids, new IterationPicker(1).restart(index)),
      ),
    })),
    ...Object.entries(apiWrites).map(([name, { input, ...call }]) => ({
      ...call,
      name,
      inputs: [input(movement)],
    })),
    ...Object.entries(setupCalls).map(([name, { input, ...call }]) => ({
      ...call,
      name,
      inputs: [input(ids)],
    })),
  ];
}

/** Compares calls with a contract. @returns every difference, none twice */
export function checkApiUses(
  contract: Pick<ApiContract, "procedures">,
  uses: readonly ApiUse[] = apiUses(),
): readonly ApiDifference[] {
  const found = uses.flatMap((use) => differencesOf(contract, use));
  return [...new Map(found.map((difference) => [JSON.stringify(difference), difference])).values()];
}

function differencesOf(
  { procedures }: Pick<ApiContract, "procedures">,
  { name, path, inputs, shape, sameId }: ApiUse,
): readonly ApiDifference[] {
  const procedure = procedures[path];
  if (procedure === undefined)
    return [{ procedure: name, kind: "unknown-procedure", detail: path }];
  const problemsOf = inputCheck(procedure.input);
  const refused = inputs.flatMap(problemsOf);
  const selectors = [...shape, ...(sameId === undefined ? [] : [sameId.found])];
  const unknown = selectors.filter((selector) => !hasField(procedure.output, selector));
  return [
    ...refused.map((detail): ApiDifference => ({ procedure: name, kind: "input-refused", detail })),
    ...unknown.map((detail): ApiDifference => ({
      procedure: name,
      kind: "unknown-output-field",
      detail,
    })),
  ];
}
