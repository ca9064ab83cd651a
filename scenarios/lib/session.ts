/**
 * Signing in is slow and limited (3 in 10 s from one address): a small pool of identities signs in before the load
 * starts, and virtual users share it. Cookies are sent by hand, because k6's jar keeps `Secure` ones from http targets.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { fillPattern, signInPauseSeconds, signInProblem } from "./sign-in.ts";
import type { FailedSignIn } from "./sign-in.ts";
import { hostOf } from "./guard.ts";
import type { PlatformIds, Writable } from "./ids.ts";
import { endpointOf, send } from "./measure.ts";
import type { Answer, Measured } from "./measure.ts";
import { password, plan } from "./plan.ts";

/** What `setup()` hands to every virtual user. */
export interface SetupData {
  /** `Cookie` headers, one per identity; empty where no flow needs one. */
  readonly cookies: readonly string[];
  /** E-mail addresses of the same identities, as the platform spells them. */
  readonly emails: readonly string[];
  readonly ids: PlatformIds;
  /** Empty lists where the plan has no writes. */
  readonly writable: Writable;
}

export interface SignedIn {
  /** The `Cookie` header. */
  readonly cookie: string;
  /** As the platform spells it. */
  readonly email: string;
}

const endpoint = endpointOf("api", "auth.sign-in", "sign-in");
/** After so many failures more attempts would tell nothing new. */
const toleratedFailures = 2;

/** @throws Error starting with "headroom:" that names the first failing request and says what to do */
export function signInAll(): readonly SignedIn[] {
  const { count, emailPattern, signInsPer10s } = plan.identities;
  const signedIn: SignedIn[] = [];
  const failures: FailedSignIn[] = [];
  for (let number = 1; number <= count; number++) {
    sleep(signInPauseSeconds(number - 1, signInsPer10s));
    const email = fillPattern(emailPattern, number);
    const measured = signIn(email);
    if (measured.outcome === "ok") signedIn.push(signedInAs(email, measured.response));
    else failures.push({ status: measured.response.status, outcome: measured.outcome });
    if (failures.length > toleratedFailures) break;
  }
  const [first] = failures;
  if (first !== undefined && (failures.length > toleratedFailures || signedIn.length === 0)) {
    const host = hostOf(plan.targets.api ?? plan.targets.web ?? "") ?? "";
    throw new Error(
      signInProblem(first, { host, failures: failures.length, identities: plan.identities }),
    );
  }
  return signedIn;
}

function signedInAs(email: string, response: Answer): SignedIn {
  const spelled = response.json("user.email");
  return {
    cookie: cookieHeader(setCookies(response)),
    email: typeof spelled === "string" ? spelled : email,
  };
}

function signIn(email: string): Measured {
  const target = (plan.targets.api ?? plan.targets.web ?? "").replace(/\/$/, "");
  return send(endpoint, {
    url: `${target}/api/auth/sign-in/email`,
    body: JSON.stringify({ email, password }),
    headers: { "content-type": "application/json" },
    responseType: "text",
    // With the cookie of the identity before, the platform would ask for an Origin.
    jar: new http.CookieJar(),
    judge: (response) =>
      typeof response.json("user.id") === "string" &&
      Object.keys(response.cookies).some((name) => name.endsWith("session_token"))
        ? "ok"
        : "wrong_shape",
  });
}

/** Which identity this virtual user has; `undefined` before its first iteration. */
let identity: number | undefined;
let cookiesByName: Record<string, string> | undefined;
const signedInApi: Record<string, string> = { "content-type": "application/json" };
const signedInPage: Record<string, string> = { "accept-encoding": "gzip", accept: "text/html" };
export const anonymousPage: Record<string, string> = {
  "accept-encoding": "gzip",
  accept: "text/html",
};

/** Gives this virtual user its identity, by its number, once. @returns the identity's number, from 0 */
export function useIdentity(cookies: readonly string[]): number {
  if (identity !== undefined) return identity;
  identity = cookies.length === 0 ? 0 : (exec.vu.idInTest - 1) % cookies.length;
  const cookie = cookies[identity];
  if (cookie !== undefined) wear(cookie);
  return identity;
}

function wear(cookie: string): void {
  signedInApi["cookie"] = cookie;
  signedInPage["cookie"] = cookie;
}

export const apiHeaders = (): Record<string, string> => signedInApi;
export const pageHeaders = (signedIn: boolean): Record<string, string> =>
  signedIn ? signedInPage : anonymousPage;

/** Takes over renewed cookies (the session's cached part lives ten minutes), as a browser does. */
export function keepCookies(response: Answer): void {
  const renewed = setCookies(response);
  if (Object.keys(renewed).length === 0) return;
  cookiesByName ??= parseCookies(signedInApi["cookie"] ?? "");
  Object.assign(cookiesByName, renewed);
  wear(cookieHeader(cookiesByName));
}

/** Name → value; those that the server takes away are left out. */
function setCookies({ cookies }: Answer): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(cookies)) {
    const value = cookies[name]?.[0]?.value;
    if (value !== undefined && value !== "") values[name] = value;
  }
  return values;
}

const parseCookies = (header: string): Record<string, string> =>
  Object.fromEntries(
    header
      .split("; ")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );

const cookieHeader = (cookies: Readonly<Record<string, string>>): string =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
