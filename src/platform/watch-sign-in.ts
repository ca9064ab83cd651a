/**
 * Whether somebody could sign in while events happened: the load's own virtual users have done so before it began. One identity, one
 * sign-in at a time, twice in the 10 s in which the platform allows three.
 */
import { fillPattern } from "../../scenarios/lib/sign-in.ts";
import type { IdentityPool } from "../domain/environment.ts";
import { signInSource } from "../domain/resilience.ts";
import type { Watch } from "../observe/start-observers.ts";
import type { ObserverSink, RunningObserver } from "../observe/observer.ts";
import { refusalText, signIn, type SignIn } from "./client.ts";

interface SignInWatch {
  /** Base URL of the API; its host has been checked. */
  readonly target: string;
  readonly identities: Pick<IdentityPool, "emailPattern">;
  readonly password: string;
  readonly now: () => number;
  readonly everyMs?: number;
}

const usualEveryMs = 5_000;

export const watchSignIn = (options: SignInWatch): Watch => ({
  source: signInSource,
  start: (sink) => probeSignIn(options, sink),
});

/** @throws Error that becomes the observer's gap, where the first sign-in is refused */
async function probeSignIn(
  { target, identities, password, now, everyMs = usualEveryMs }: SignInWatch,
  sink: ObserverSink,
): Promise<RunningObserver> {
  const identity = { email: fillPattern(identities.emailPattern, 1), password };
  const first = await signIn(target, identity);
  if (first.outcome === "refused")
    throw new Error(
      `sign-in is not watched: ${identity.email} was refused before the load (${refusalText(first)})`,
    );
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const probe = async (): Promise<void> => {
    const at = now();
    const result = await signIn(target, identity).catch(() => undefined);
    if (isStopped) return;
    if (!isLimited(result))
      sink.observation({
        source: signInSource,
        name: "sign-in.succeeded",
        labels: {},
        at,
        value: result === undefined || result.outcome === "refused" ? 0 : 1,
        unit: "count",
      });
    next(Math.max(0, at + everyMs - now()));
  };
  const next = (afterMs: number): void => {
    timer = setTimeout(() => void probe(), afterMs);
  };
  next(everyMs);
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}

/** Too many sign-ins say nothing about whether one would succeed. */
const isLimited = (result: SignIn | undefined): boolean =>
  result?.outcome === "refused" && result.status === 429;
