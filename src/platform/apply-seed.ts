/**
 * Makes the calls of a seed plan against a platform, one after the other. Before each, a read checks whether its
 * effect already exists, so that a plan can be applied again; a failed read stops it.
 */
import { signInPauseSeconds } from "../../scenarios/lib/sign-in.ts";
import { TargetError } from "../domain/errors.ts";
import {
  fieldOf,
  refusalText,
  sessionOf,
  signIn,
  textOf,
  type CallResult,
  type PlatformSession,
} from "./client.ts";
import { identityFacts, onchainIdentity, systemRoles, tokenFacts } from "./identity-facts.ts";
import { isReference, mapInput } from "./seed-plan.ts";
import type { DoneCheck, Reference, SeedCall, SeedInput, SeedPlan } from "./seed-plan.ts";

export interface ApplyOptions {
  /** Base URL of the API; its host and the environment's approval have been checked. */
  readonly target: string;
  readonly password: string;
  readonly pincode: string;
  readonly administratorPassword: string;
  readonly signInsPer10s: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly onCall: (call: SeedCall, outcome: "done" | "skipped") => void;
}

export interface AppliedSeed {
  readonly done: number;
  readonly skipped: number;
}

/** @throws TargetError at the first call that is refused: what was created stays, and the next attempt skips it */
export async function applySeed(plan: SeedPlan, options: ApplyOptions): Promise<AppliedSeed> {
  const platform = new SeedPlatform(plan, options);
  let skipped = 0;
  for (const call of plan.calls) {
    const isDone = await platform.isDone(call.done, call);
    if (isDone) skipped++;
    else await platform.perform(call);
    options.onCall(call, isDone ? "skipped" : "done");
  }
  return { done: plan.calls.length - skipped, skipped };
}

class SeedPlatform {
  readonly #plan: SeedPlan;
  readonly #options: ApplyOptions;
  readonly #sessions = new Map<string, PlatformSession>();
  /** Sign-ins and sign-ups so far: the platform limits both. */
  #limited = 0;

  constructor(plan: SeedPlan, options: ApplyOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  async perform(call: SeedCall): Promise<void> {
    const session =
      call.as === undefined
        ? sessionOf(this.#options.target, undefined)
        : await this.#session(call.as);
    if (call.procedure === "auth/sign-up/email") await this.#pause();
    const answer = await session.call(call.procedure, await this.#resolved(call.input));
    if (!answer.ok) throw this.#refused(call.procedure, answer, call);
  }

  async isDone(check: DoneCheck, call: SeedCall): Promise<boolean> {
    switch (check.kind) {
      case "user-exists":
        return (await this.#sessionOrNone(check.email)) !== undefined;
      case "has-wallet":
        return identityFacts(await this.#me(check.email)).wallet !== undefined;
      case "has-pincode":
        return (
          identityFacts(await this.#me(check.email)).verificationTypes?.includes("PINCODE") === true
        );
      case "has-recovery-codes":
        return this.#hasStep(check.email, "walletRecoveryCodes");
      case "has-identity":
        return this.#hasStep(check.email, "identitySetup");
      case "has-profile":
        return this.#hasStep(check.email, "identity");
      case "is-registered":
        return onchainIdentity(await this.#identity(check.email, call)).isRegistered === true;
      case "has-claim":
        return onchainIdentity(await this.#identity(check.email, call)).claims.includes(
          check.claim,
        );
      case "has-system-roles": {
        const held = systemRoles(
          await this.#read(check.email, "system.read", { id: "default" }, call),
        );
        return check.roles.every((role) => held?.includes(role));
      }
      case "token-exists":
        return (await this.#tokenId(check.symbol)) !== undefined;
      case "has-token-roles": {
        const wallet = identityFacts(await this.#me(check.email)).wallet ?? "";
        const holders = tokenFacts(await this.#token(check.symbol, call))?.holders ?? {};
        return check.roles.every((role) => holders[role]?.includes(wallet) === true);
      }
      case "token-moves":
        return tokenFacts(await this.#token(check.symbol, call))?.isPaused === false;
      case "has-balance":
        return this.#hasBalance(check, call);
    }
    return check satisfies never;
  }

  async #hasStep(email: string, step: string): Promise<boolean> {
    return fieldOf(await this.#me(email), "onboardingState", step) === true;
  }

  async #hasBalance(
    { email, symbol }: Extract<DoneCheck, { readonly kind: "has-balance" }>,
    call: SeedCall,
  ): Promise<boolean> {
    const wallet = identityFacts(await this.#me(email)).wallet ?? "";
    const output = await this.#read(
      call.as ?? email,
      "token.holder",
      { tokenAddress: await this.#tokenId(symbol), holderAddress: wallet },
      call,
    );
    return Number(fieldOf(output, "holder", "value") ?? 0) > 0;
  }

  #me(email: string): Promise<unknown> {
    return this.#read(email, "user.me", {});
  }

  #identity(email: string, call: SeedCall): Promise<unknown> {
    return this.#read(email, "system.identity.me", {}, call);
  }

  async #token(symbol: string, call: SeedCall): Promise<unknown> {
    return this.#read(
      this.#issuerOf(symbol),
      "token.read",
      { tokenAddress: await this.#tokenId(symbol) },
      call,
    );
  }

  async #tokenId(symbol: string): Promise<string | undefined> {
    const issuer = this.#issuerOf(symbol);
    const output = await this.#read(issuer, "token.search", { query: symbol, limit: 50 });
    const found = Array.isArray(output)
      ? output.find((token) => fieldOf(token, "symbol") === symbol)
      : undefined;
    return textOf(fieldOf(found, "id"));
  }

  #issuerOf(symbol: string): string {
    return this.#plan.tokens.find((token) => token.symbol === symbol)?.issuer ?? "";
  }

  /** @throws TargetError if refused: then it is unknown what exists */
  async #read(email: string, procedure: string, input: unknown, call?: SeedCall): Promise<unknown> {
    const answer = await (await this.#session(email)).call(procedure, input);
    if (answer.ok) return answer.output;
    throw this.#refused(procedure, answer, call);
  }

  #refused(
    procedure: string,
    answer: Extract<CallResult, { readonly ok: false }>,
    call: SeedCall | undefined,
  ): TargetError {
    const before =
      call === undefined || call.procedure === procedure ? "" : `, read before ${call.procedure}`;
    const { message } = answer;
    return new TargetError(
      `POST ${procedure} at ${new URL(this.#options.target).host}: refused (${refusalText(answer)}${message === undefined ? "" : `, "${message.slice(0, 160)}"`})${before}`,
      {
        code: "seed-refused",
        hint:
          answer.status === 404 && answer.code === undefined
            ? "The platform does not serve this procedure: headroom doctor --contract URL lists the differences."
            : "What was created stays; correct the cause and apply the plan again: what exists is skipped.",
      },
    );
  }

  async #session(email: string): Promise<PlatformSession> {
    const session = await this.#sessionOrNone(email);
    if (session !== undefined) return session;
    throw new TargetError(
      `POST auth.sign-in at ${new URL(this.#options.target).host}: unknown user or wrong password for ${email}`,
      {
        code: "seed-sign-in",
        hint:
          email === this.#plan.administrator
            ? "Name an administrator that exists (--admin), and its password in HEADROOM_ADMIN_PASSWORD."
            : "Use the password that the identities were created with.",
      },
    );
  }

  async #sessionOrNone(email: string): Promise<PlatformSession | undefined> {
    const known = this.#sessions.get(email);
    if (known !== undefined) return known;
    const { target, password, administratorPassword } = this.#options;
    await this.#pause();
    const result = await signIn(target, {
      email,
      password: email === this.#plan.administrator ? administratorPassword : password,
    });
    if (
      result.outcome === "second-factor" ||
      (result.outcome === "refused" && result.status !== 401)
    )
      throw new TargetError(
        `POST auth.sign-in at ${new URL(target).host}: ${email} was refused (${result.outcome === "refused" ? refusalText(result) : "a second factor is required"})`,
        {
          code: "seed-sign-in",
          hint: "Wait a minute if sign-ins are rate-limited (429); disable two-factor authentication for load identities.",
        },
      );
    if (result.outcome !== "signed-in") return undefined;
    const session = sessionOf(target, result.cookie);
    this.#sessions.set(email, session);
    return session;
  }

  /** Before each sign-in and sign-up. */
  async #pause(): Promise<void> {
    const { signInsPer10s, sleep } = this.#options;
    const pauseMs = signInPauseSeconds(this.#limited++, signInsPer10s) * 1000;
    if (pauseMs > 0) await sleep(pauseMs);
  }

  async #resolved(value: SeedInput): Promise<unknown> {
    if (isReference(value)) return this.#reference(value);
    const parts = new Map<SeedInput, unknown>();
    const inner: SeedInput[] = [];
    mapInput(value, (part) => inner.push(part));
    for (const part of inner) parts.set(part, await this.#resolved(part));
    return mapInput(value, (part) => parts.get(part));
  }

  async #reference({ from, of = "" }: Reference): Promise<unknown> {
    switch (from) {
      case "password":
        return this.#options.password;
      case "pincode":
        return this.#options.pincode;
      case "wallet":
        return identityFacts(await this.#me(of)).wallet;
      case "user-id":
        return fieldOf(await this.#me(of), "id");
      case "identity":
        return fieldOf(await this.#read(of, "system.identity.me", {}), "id");
      case "token":
        return this.#tokenId(of);
    }
    return from satisfies never;
  }
}
