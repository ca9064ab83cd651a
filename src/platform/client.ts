/**
 * A few calls to a platform outside of a load run: sign-in, procedures, documents. One request at a time, redirects are not
 * followed, and no message holds a password, a cookie or an answer's text.
 */
import { parsedJson } from "../domain/json.ts";
import { TargetError } from "../domain/errors.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { reasonOf } from "../observe/health.ts";

export interface PlatformAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` where the body is not JSON. */
  readonly json: unknown;
}

interface PlatformRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: unknown;
  readonly cookie?: string | undefined;
}

const timeoutMs = 20_000;

/**
 * @param name of the call, for messages: `POST auth.sign-in`
 * @throws TargetError where nothing answers
 */
export async function ask(
  name: string,
  { method, url, body, cookie }: PlatformRequest,
): Promise<PlatformAnswer> {
  const headers = new Headers({ accept: "application/json", origin: new URL(url).origin });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (cookie !== undefined) headers.set("cookie", cookie);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: response.status,
      headers: response.headers,
      json: parsedJson(await response.text()),
    };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    throw new TargetError(
      `${name} at ${new URL(url).host}: ${isLate ? `timed out after ${timeoutMs / 1000} s` : reasonOf(error)}`,
      {
        code: "target-unreachable",
        hint: "Check that the platform is running, its address, and the network path to it.",
        cause: error,
      },
    );
  }
}

export const fieldOf = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (parent, name) =>
      typeof parent === "object" && parent !== null
        ? new Map<string, unknown>(Object.entries(parent)).get(name)
        : undefined,
    value,
  );

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export type SignIn =
  | {
      readonly outcome: "signed-in";
      readonly cookie: string;
      readonly isEmailVerified?: boolean | undefined;
    }
  /** The session requires a second factor. */
  | { readonly outcome: "second-factor" }
  | { readonly outcome: "refused"; readonly status: number; readonly code?: string | undefined };

/** @param target base URL of the API @throws TargetError where nothing answers */
export async function signIn(
  target: string,
  identity: { readonly email: string; readonly password: string },
): Promise<SignIn> {
  const url = `${target.replace(/\/$/, "")}/api/auth/sign-in/email`;
  const answer = await ask("POST auth.sign-in", { method: "POST", url, body: identity });
  if (fieldOf(answer.json, "twoFactorRedirect") === true) return { outcome: "second-factor" };
  // The session's token alone: the second cookie is a cached copy of the user, up to ten minutes old.
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0] ?? "")
    .find((pair) => /session_token=./.test(pair));
  knownSecrets.add("session", cookie?.slice(cookie.indexOf("=") + 1));
  if (answer.status !== 200 || cookie === undefined)
    return {
      outcome: "refused",
      status: answer.status,
      code: textOf(fieldOf(answer.json, "code")),
    };
  const isEmailVerified = fieldOf(answer.json, "user", "emailVerified");
  return {
    outcome: "signed-in",
    cookie,
    isEmailVerified: typeof isEmailVerified === "boolean" ? isEmailVerified : undefined,
  };
}

export type CallResult =
  | { readonly ok: true; readonly output: unknown }
  | {
      readonly ok: false;
      readonly status: number;
      /** oRPC's: `USER_NOT_AUTHORIZED`. */
      readonly code?: string | undefined;
      readonly message?: string | undefined;
    };

/** One signed-in user's calls. */
export interface PlatformSession {
  /** @param name with dots (`token.read`), or `auth/…` below `/api` @throws TargetError where nothing answers */
  readonly call: (name: string, input: unknown) => Promise<CallResult>;
}

export function sessionOf(target: string, cookie: string | undefined): PlatformSession {
  const base = `${target.replace(/\/$/, "")}/api/`;
  return {
    call: async (name, input) => {
      const isAuth = name.startsWith("auth/");
      const { status, json } = await ask(`POST ${name.replaceAll("/", ".")}`, {
        method: "POST",
        url: base + (isAuth ? name : `rpc/${name.replaceAll(".", "/")}`),
        body: isAuth ? input : { json: input },
        cookie,
      });
      const output = isAuth ? json : fieldOf(json, "json");
      if (status === 200) return { ok: true, output };
      return {
        ok: false,
        status,
        code: textOf(fieldOf(output, "code")),
        message: textOf(fieldOf(output, "message")),
      };
    },
  };
}

/** `403 USER_NOT_AUTHORIZED`. */
export const refusalText = (refusal: {
  readonly status: number;
  readonly code?: string | undefined;
}): string => [refusal.status, refusal.code].filter((part) => part !== undefined).join(" ");
