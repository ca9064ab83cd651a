/**
 * Signing in is slow and limited (3 in 10 s from one address): a small pool of identities signs in before the load
 * starts, and virtual users share it. Cookies are sent by hand, because k6's jar keeps `Secure` ones from http targets.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import type { IdentityPools } from "./identity-roles.ts";
import {
  fillPattern,
  signInOutcome,
  signInPauseSeconds,
  signInProblem,
  signInsTogether,
} from "./sign-in.ts";
import type { FailedSignIn } from "./sign-in.ts";
import { hostOf } from "./guard.ts";
import type { PlatformIds, Writable } from "./ids.ts";
import { endpointOf, sendTogether } from "./measure.ts";
import type { Answer, Content } from "./measure.ts";
import { baseUrl, password, plan } from "./plan.ts";

/** What `setup()` hands to every virtual user. */
export interface SetupData {
  /** `Cookie` headers, one per identity; empty where no flow needs one. */
  readonly cookies: readonly string[];
  /** E-mail addresses of the same identities, as the platform spells them. */
  readonly emails: readonly string[];
  readonly ids: PlatformIds;
  /** Indices of the identities by role; empty lists if no flow requires a role. */
  readonly pools: IdentityPools;
  /** Empty lists where the plan has no writes. */
  readonly writable: Writable;
}

export interface SignedIn {
  /** In the pattern of the e-mail addresses, from 1. */
  readonly number: number;
  /** The `Cookie` header. */
  readonly cookie: string;
  /** As the platform spells it. */
  readonly email: string;
}

const endpoint = endpointOf("api", "auth.sign-in", "sign-in");
/** After this many failures further attempts give no information. */
const toleratedFailures = 2;

/** @throws Error starting with "headroom:" that names the first failing request and says what to do */
export function signInAll(): readonly SignedIn[] {
  const { count, emailPattern, signInsPer10s } = plan.identities;
  const signedIn: SignedIn[] = [];
  const failures: FailedSignIn[] = [];
  for (let index = 0, together = 0; index < count; index += together) {
    const mayFail = toleratedFailures + 1 - failures.length;
    if (mayFail === 0) break;
    sleep(signInPauseSeconds(index, signInsPer10s));
    together = signInsTogether(index, { count, per10s: signInsPer10s, mayFail });
    const numbers = Array.from({ length: together }, (_, place) => index + place + 1);
    const emails = numbers.map((number) => fillPattern(emailPattern, number));
    sendTogether(endpoint, emails.map(signIn)).forEach(({ response, outcome }, place) => {
      const [number = 0, email = ""] = [numbers[place], emails[place]];
      if (outcome === "ok") signedIn.push(signedInAs(number, email, response));
      else failures.push({ status: response.status, outcome });
    });
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

function signedInAs(number: number, email: string, response: Answer): SignedIn {
  const spelled = response.json("user.email");
  return {
    number,
    cookie: cookieHeader(setCookies(response)),
    email: typeof spelled === "string" ? spelled : email,
  };
}

function signIn(email: string): Content {
  const target = baseUrl(plan.targets.api === undefined ? "web" : "api");
  return {
    url: `${target}/api/auth/sign-in/email`,
    body: JSON.stringify({ email, password }),
    headers: { "content-type": "application/json" },
    responseType: "text",
    // With the cookie of the identity before, the platform would ask for an Origin.
    jar: new http.CookieJar(),
    judge: (response) => signInOutcome(response, Object.keys(response.cookies)),
  };
}

/** What this virtual user sends as one of its identities. */
interface Worn {
  readonly api: Record<string, string>;
  readonly page: Record<string, string>;
  /** Once the platform renewed some. */
  cookies?: Record<string, string>;
}

const documentHeaders = { "accept-encoding": "gzip", accept: "text/html" };
const jsonHeaders = { "content-type": "application/json" };
export const anonymousPage: Record<string, string> = { ...documentHeaders };

const anonymous: Worn = { api: { ...jsonHeaders }, page: { ...documentHeaders } };
/** By place of the identity. */
const wardrobe = new Map<number, Worn>();
let worn = anonymous;
/** Of this virtual user, from 0. Kept: k6 makes a new object of all that it knows whenever `exec.vu` is read. */
let user: number | undefined;

/**
 * Which identity the next requests are sent as: always the same one of the pool, by the number of the virtual user.
 * @param pool places of identities; absent: all
 * @returns the place of the identity, from 0
 */
export function useIdentity(cookies: readonly string[], pool?: readonly number[]): number {
  user ??= exec.vu.idInTest - 1;
  const place =
    pool === undefined || pool.length === 0
      ? user % Math.max(1, cookies.length)
      : (pool[user % pool.length] ?? 0);
  worn = wardrobe.get(place) ?? dress(place, cookies[place]);
  return place;
}

function dress(place: number, cookie: string | undefined): Worn {
  if (cookie === undefined) return anonymous;
  const made: Worn = { api: { ...jsonHeaders, cookie }, page: { ...documentHeaders, cookie } };
  wardrobe.set(place, made);
  return made;
}

export const apiHeaders = (): Record<string, string> => worn.api;
export const pageHeaders = (signedIn: boolean): Record<string, string> =>
  signedIn ? worn.page : anonymousPage;

/** Takes over renewed cookies (the session's cached part lives ten minutes), as a browser does. */
export function keepCookies(response: Answer): void {
  const renewed = setCookies(response);
  if (Object.keys(renewed).length === 0 || worn === anonymous) return;
  worn.cookies ??= parseCookies(worn.api["cookie"] ?? "");
  Object.assign(worn.cookies, renewed);
  worn.api["cookie"] = cookieHeader(worn.cookies);
  worn.page["cookie"] = worn.api["cookie"];
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
