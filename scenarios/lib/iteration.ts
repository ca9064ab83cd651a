import type { PlatformIds } from "./ids.ts";
import { beginIteration } from "./measure.ts";
import { plan } from "./plan.ts";
import { useIdentity } from "./session.ts";
import type { SetupData } from "./session.ts";
import { IterationPicker } from "./weighted.ts";
import type { Picker } from "./weighted.ts";

/** What the steps of an iteration need to know. */
export interface Iteration {
  /** Number in its k6 scenario, from 0, over all generators. */
  readonly index: number;
  /** Number of the virtual user's identity, from 0. */
  readonly identity: number;
  /** E-mail address of this identity; empty without sign-in. */
  readonly email: string;
  readonly ids: PlatformIds;
  readonly picker: Picker;
}

const picker = new IterationPicker(plan.seed);

/** What the setup found. Kept: k6 wraps each part anew whenever it is read. */
let parts: SetupData | undefined;

/**
 * First line of every journey: measures the lag, takes an identity, restarts the choices.
 * @param poolAt which identities may carry out the iteration of this index; absent or `undefined`: all
 */
export function begin(
  data: SetupData,
  poolAt?: (index: number, setup: SetupData) => readonly number[] | undefined,
): Iteration {
  const index = beginIteration();
  parts ??= { ...data, ids: { ...data.ids }, pools: { ...data.pools } };
  const { cookies, emails, ids } = parts;
  const identity = useIdentity(cookies, poolAt?.(index, parts));
  const email = emails[identity] ?? "";
  return { index, identity, email, ids, picker: picker.restart(index) };
}
