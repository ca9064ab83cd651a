/** The scenarios' requests to the API, and the fields that they read from responses. */
import { apiReads, apiWrites } from "../../scenarios/lib/api-calls.ts";
import type { PlatformIds } from "../../scenarios/lib/ids.ts";
import type { Expected, Input } from "../../scenarios/lib/json-outcome.ts";
import { setupCalls } from "../../scenarios/lib/setup-calls.ts";
import { IterationPicker } from "../../scenarios/lib/weighted.ts";
import { exampleIds } from "./example-ids.ts";

/** A call of the scenarios, with its request bodies. */
export interface ApiUse extends Expected {
  /** The path with dots. */
  readonly name: string;
  /** As in the contract: `token/read`. */
  readonly path: string;
  readonly inputs: readonly Input[];
}

/** Number of variants checked per input. */
const inputsPerCall = 100;

/** Every call of the scenarios: reads, writes, and those of the setup. */
export function apiUses(ids: PlatformIds = exampleIds): readonly ApiUse[] {
  const [token, other] = ids.tokens;
  const [recipient = ""] = ids.accounts;
  const movement = { token: (token ?? other)?.id ?? "", recipient, amount: "1", pincode: "123456" };
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
