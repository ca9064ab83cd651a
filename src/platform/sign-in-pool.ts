/** Signs in the load identities of an environment, as slowly as a run does: the platform limits sign-ins. */
import { signInPauseSeconds, fillPattern } from "../../scenarios/lib/sign-in.ts";
import type { IdentityPool } from "../domain/environment.ts";
import { TargetError } from "../domain/errors.ts";
import { refusalText, sessionOf, signIn, type PlatformSession, type SignIn } from "./client.ts";

export interface PooledIdentity {
  /** From 1, as in the addresses. */
  readonly number: number;
  readonly email: string;
  readonly result: SignIn;
  /** Absent where it was not signed in. */
  readonly session?: PlatformSession | undefined;
}

export interface SignInOptions {
  /** Base URL of the API; its host has been checked. */
  readonly target: string;
  readonly pool: IdentityPool;
  readonly password: string;
  /** 0: not limited. */
  readonly signInsPer10s: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly onStage: (line: string) => void;
}

/** @throws TargetError if unreachable, if sign-ins are rate-limited, or for a wrong password */
export async function signInPool(options: SignInOptions): Promise<readonly PooledIdentity[]> {
  const { target, pool, password, signInsPer10s, sleep, onStage } = options;
  const identities: PooledIdentity[] = [];
  for (let number = 1; number <= pool.count; number++) {
    const pauseMs = signInPauseSeconds(number - 1, signInsPer10s) * 1000;
    if (pauseMs > 0) await sleep(pauseMs);
    const email = fillPattern(pool.emailPattern, number);
    onStage(`signing in ${number} of ${pool.count}`);
    const result = await signIn(target, { email, password });
    if (result.outcome === "refused") refuseAll(result, email, options);
    const session = result.outcome === "signed-in" ? sessionOf(target, result.cookie) : undefined;
    identities.push({ number, email, result, session });
  }
  return identities;
}

/** A failed sign-in means that all fail, unless the account itself is the cause. */
function refuseAll(
  refusal: Extract<SignIn, { readonly outcome: "refused" }>,
  email: string,
  { target, pool }: SignInOptions,
): void {
  const { status, code } = refusal;
  if (code === "EMAIL_NOT_VERIFIED") return;
  const host = new URL(target).host;
  throw new TargetError(
    `POST auth.sign-in at ${host}: ${email} was refused (${refusalText(refusal)})`,
    {
      code: "sign-in-refused",
      hint:
        status === 429
          ? "The platform limits sign-ins: wait a minute, and run nothing else that signs in."
          : status === 401
            ? `Check that ${pool.emailPattern} exists (1 to ${pool.count}) with the password in ${pool.passwordVariable}; headroom seed shows the calls that create it.`
            : "Check the API target of the environment: what answers is not the platform's sign-in.",
    },
  );
}
