/**
 * A few users with real browsers, in a k6 process of its own beside the protocol load. Every page is opened cold, as a
 * first-time visitor opens it. Each view is written as one line of JSON to k6's log; Headroom reads it there
 * (src/observe/browser).
 */
import { messageOf } from "../src/domain/errors.ts";
import { sleep } from "k6";
import { browser } from "k6/browser";
import type { BrowserContext, Cookie, Page } from "k6/browser";
import encoding from "k6/encoding";
import exec from "k6/execution";
import type { Options } from "k6/options";
import { pageViewMark, type PageView } from "../src/domain/page-view.ts";
import { discoverIds } from "./lib/discover.ts";
import { hostOf, refuseForeignHosts } from "./lib/guard.ts";
import type { PlatformIds } from "./lib/ids.ts";
import { pageCalls } from "./lib/page-calls.ts";
import type { PageName } from "./lib/page-calls.ts";
import { markOf } from "./lib/page-marks.ts";
import { pageTiming, signedInState } from "./lib/page-timing.ts";
import { baseUrl, password, plan } from "./lib/plan.ts";
import { signInAll } from "./lib/session.ts";
import { fillPattern } from "./lib/sign-in.ts";
import { IterationPicker } from "./lib/weighted.ts";

refuseForeignHosts(plan);

const users = plan.browserUsers ?? 1;
/** The protocol load signs its identities in first; the platform takes three sign-ins in ten seconds. */
const secondsPerSignIn =
  plan.identities.signInsPer10s === 0 ? 0 : 10 / plan.identities.signInsPer10s;
const pageTimeoutMs = plan.requestTimeoutMs;
const shownFailures = 3;

export const options: Options = {
  scenarios: {
    browser: {
      executor: "constant-vus",
      exec: "visit",
      vus: users,
      startTime: `${Math.ceil(plan.identities.count * secondsPerSignIn)}s`,
      duration: `${plan.durationMs}ms`,
      gracefulStop: `${pageTimeoutMs}ms`,
      options: { browser: { type: "chromium" } },
    },
  },
  systemTags: ["scenario"],
  maxRedirects: 0,
  userAgent: "headroom",
  setupTimeout: "120s",
};

/** Real ids: from the subgraph, which requires no sign-in, otherwise from the API. */
export function setup(): PlatformIds {
  return discoverIds(plan.targets.subgraph === undefined ? signInAll()[0]?.cookie : undefined);
}

/** The sign-in page comes with an interaction, the others are looked at. */
const rotation = ["dashboard", "token-list", "token", "sign-in"] as const satisfies PageName[];

const picker = new IterationPicker(plan.seed);
const origin = baseUrl("web");
let session: Cookie[] | undefined;
let failures = 0;
const slowestMs = new Map<PageName, number>();

/** One page view of one browser; the first of each user signs in. */
export async function visit(ids: PlatformIds): Promise<void> {
  const index = exec.vu.iterationInScenario;
  if (session === undefined) {
    sleep(index === 0 ? (exec.vu.idInTest - 1) * secondsPerSignIn : 5);
    session = await signIn();
    return;
  }
  const page = rotation[index % rotation.length] ?? "dashboard";
  const choices = picker.restart(index * users + exec.vu.idInTest);
  await openPage(page, origin + pageCalls[page].path(ids, choices), {
    cookies: pageCalls[page].signedIn ? session : [],
    interact: page === "sign-in" ? typeEmail : undefined,
  });
  sleep(0.5 + choices.next());
}

interface Visit {
  readonly cookies: Cookie[];
  /** What the user does on the page before it is measured: without it there is no INP. */
  readonly interact?: (page: Page) => Promise<void>;
  /** What the user does after it was measured. */
  readonly after?: (page: Page, context: BrowserContext) => Promise<void>;
}

/** Opens, measures, reports, and closes again. */
async function openPage(
  name: PageName,
  url: string,
  { cookies, interact, after }: Visit,
): Promise<void> {
  const at = Date.now();
  let context: BrowserContext | undefined;
  try {
    context = await browser.newContext();
    if (cookies.length > 0) await context.addCookies(cookies);
    const page = await context.newPage();
    try {
      const answer = await page.goto(url, { waitUntil: "load", timeout: pageTimeoutMs });
      const refused = problemOf(answer?.status(), await addressOf(answer));
      await interact?.(page);
      const timing = await page.evaluate(pageTiming);
      const isAccepted = refused !== undefined || (await isSignedIn(page, name, answer));
      const problem = refused ?? (isAccepted ? undefined : "unauthorized");
      report({ page: name, at, ...timing, problem });
      await keepPicture(page, name, { at, loadMs: timing.loadMs, isFailed: problem !== undefined });
      await after?.(page, context);
    } catch (error) {
      const isBrowserFault = isOfBrowser(error);
      report({ page: name, at, problem: firstLineOf(error), isBrowserFault });
      if (!isBrowserFault) await keepPicture(page, name, { at, loadMs: undefined, isFailed: true });
    }
  } catch (error) {
    // No page was requested yet, so the platform is not the cause.
    report({ page: name, at, problem: firstLineOf(error), isBrowserFault: true });
    sleep(1);
  } finally {
    await context?.close().catch(() => undefined);
  }
}

/** Where a name leads elsewhere than when Headroom checked it, nothing that came from there counts. */
function problemOf(status: number | undefined, address: string | undefined): string | undefined {
  if (status === undefined) return "no answer";
  if (status >= 400) return `http_${status}`;
  const allowed = plan.resolvedAddresses[hostOf(origin) ?? ""] ?? [];
  const isKnown = address === undefined || allowed.length === 0 || allowed.includes(address);
  return isKnown ? undefined : `answered from ${address}, which was not allowed`;
}

/** The application shows a user only once the browser has fetched the session: the mark is waited for. */
const markTimeoutMs = 10_000;
const pollMs = 100;

/** Is this page one of the signed-in user? The mark is in the served document, or in the rendered page. */
async function isSignedIn(page: Page, name: PageName, answer: PageAnswer): Promise<boolean> {
  const mark = markOf(name, emailOfUser(), plan);
  if (mark === undefined) return true;
  const isServed = (await textOf(answer)).toLowerCase().includes(mark.toLowerCase());
  for (const until = Date.now() + markTimeoutMs; ;) {
    const state = await page.evaluate(signedInState, mark).catch(unlessOfBrowser);
    if (state === "sign-in") return false;
    if (isServed || state === "marked") return true;
    if (Date.now() > until) return false;
    await page.waitForTimeout(pollMs);
  }
}

/** @returns empty where the browser has no body of it any more */
async function textOf(answer: PageAnswer): Promise<string> {
  const body = await answer?.body().catch(unlessOfBrowser);
  return body === undefined ? "" : encoding.b64decode(encoding.b64encode(body), "std", "s");
}

/** A page that is navigating cannot be evaluated. @throws if the browser is gone */
function unlessOfBrowser(error: unknown): undefined {
  if (isOfBrowser(error)) throw error;
}

type PageAnswer = Awaited<ReturnType<Page["goto"]>>;

async function addressOf(answer: PageAnswer): Promise<string | undefined> {
  const server = await answer?.serverAddr();
  return server?.ipAddress;
}

const emailOfUser = (): string =>
  fillPattern(plan.identities.emailPattern, ((exec.vu.idInTest - 1) % plan.identities.count) + 1);

/** As a person does it, with the form; what follows is opened with the session that it gave. */
async function signIn(): Promise<Cookie[] | undefined> {
  let given: Cookie[] | undefined;
  const email = emailOfUser();
  await openPage("sign-in", origin + pageCalls["sign-in"].path(), {
    cookies: [],
    after: async (page, context) => {
      await page.locator(emailField).fill(email);
      await page.locator('input[type="password"]').fill(password);
      await Promise.all([
        page.waitForNavigation({ timeout: pageTimeoutMs }),
        page.locator('button[type="submit"]').click(),
      ]);
      const cookies = await context.cookies();
      if (!cookies.some(({ name }) => name.endsWith("session_token")))
        throw new Error("the sign-in form gave no session");
      given = cookies;
    },
  });
  return given;
}

const emailField = 'input[type="email"]';

const typeEmail = (page: Page): Promise<void> =>
  page.locator(emailField).type("somebody@example.test");

/** Of failed views the first few, of good ones the slowest so far. Taken after the measurement. */
async function keepPicture(
  page: Page,
  name: PageName,
  {
    at,
    loadMs,
    isFailed,
  }: {
    readonly at: number;
    readonly loadMs: number | undefined;
    readonly isFailed: boolean;
  },
): Promise<void> {
  const kind = isFailed ? "failed" : "slowest";
  if (isFailed ? failures++ >= shownFailures : (loadMs ?? 0) <= (slowestMs.get(name) ?? 0)) return;
  if (loadMs !== undefined) slowestMs.set(name, loadMs);
  const number = isFailed ? `-${failures}` : "";
  const file = `${kind}-${name}-${exec.vu.idInTest}${number}.png`;
  try {
    await page.screenshot({ path: file });
    report({ page: name, at, loadMs, picture: { kind, file } });
  } catch {
    // No screenshot of a browser that is gone, which was already reported.
  }
}

const report = (view: PageView): void => {
  const line = JSON.stringify({ ...view, user: exec.vu.idInTest });
  // oxlint-disable-next-line no-console -- k6's log is the way out of a k6 process
  console.log(`${pageViewMark}${line}`);
};

/** Messages of k6 and of the DevTools protocol about a browser that is gone or was closed. */
const isOfBrowser = (error: unknown): boolean =>
  /target (?:closed|crashed)|websocket|context cancell?ed|browser .*(?:closed|ended|disconnected)|session closed|i\/o timeout|EOF/i.test(
    firstLineOf(error),
  );

const firstLineOf = (error: unknown): string => messageOf(error).split("\n")[0] ?? "";
