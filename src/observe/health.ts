/** Is every service of a platform there, after a deployment? One cheap question to each, nothing is changed. */
import { parsedJson } from "../domain/json.ts";
import type { Targets } from "../domain/environment.ts";
import type { ServiceHealth } from "../domain/health.ts";

export interface HealthCheckOptions {
  /** The caller has made sure that their hosts may be asked. */
  readonly targets: Targets;
  /** Absent: nobody signs in. */
  readonly identity?: { readonly email: string; readonly password: string };
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 10_000;
/** Where services like to say their version. */
const versionHeaders = ["x-app-version", "x-version", "server"] as const;
const indexingStatus = "{ _meta { deployment hasIndexingErrors block { number } } }";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Question {
  readonly service: string;
  readonly address: string;
  readonly request?: RequestInit;
  /** What is wrong with an answer of status 200; `undefined`: nothing. */
  readonly fault: (answer: Answer) => string | undefined;
  readonly versionOf?: (answer: Answer) => string | undefined;
}

/** One entry for each target, and one for signing in where an identity is given. Never throws: no answer is an answer. */
export async function checkHealth(options: HealthCheckOptions): Promise<ServiceHealth[]> {
  return Promise.all(
    questionsOf(options).map((question) => ask(question, options.timeoutMs ?? usualTimeoutMs)),
  );
}

function questionsOf({ targets, identity }: HealthCheckOptions): Question[] {
  const { web, api, subgraph } = targets;
  return [
    ...(web === undefined ? [] : [{ service: "web", address: web, fault: notHtml }]),
    ...(api === undefined ? [] : [{ service: "api", address: `${api}/api/auth/ok`, fault: notOk }]),
    ...(subgraph === undefined
      ? []
      : [
          {
            service: "subgraph",
            address: subgraph,
            request: posted(subgraph, { query: indexingStatus }),
            fault: notIndexing,
            versionOf: deploymentOf,
          },
        ]),
    ...(api === undefined || identity === undefined
      ? []
      : [
          {
            service: "sign-in",
            address: `${api}/api/auth/sign-in/email`,
            request: posted(api, identity),
            fault: ({ headers }: Answer) =>
              headers.getSetCookie().length === 0 ? "expected a session cookie" : undefined,
          },
        ]),
  ];
}

/** Node says that it fetches as a page would, so that who answers may ask from which origin. */
const posted = (address: string, body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", origin: new URL(address).origin },
  body: JSON.stringify(body),
});

async function ask(
  { service, address, request = {}, fault, versionOf = headerVersion }: Question,
  timeoutMs: number,
): Promise<ServiceHealth> {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(address, { ...request, redirect: "manual", signal });
    const { status, headers } = response;
    const answer = { status, headers, text: await response.text() };
    const wrong = status === 200 ? fault(answer) : "expected 200";
    const version = versionOf(answer);
    return {
      service,
      address,
      isHealthy: wrong === undefined,
      milliseconds: elapsed(),
      detail: `status ${status}${wrong === undefined ? "" : `: ${wrong}`}`,
      version,
    };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const detail = isLate
      ? `no answer within ${timeoutMs / 1000} s`
      : `no answer: ${reasonOf(error)}`;
    return { service, address, isHealthy: false, milliseconds: elapsed(), detail };
  }
}

/** Node's fetch hides the reason ("connect ECONNREFUSED …") in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== ""
    ? error.cause.message
    : error.message;
}

const notHtml = ({ headers, text }: Answer): string | undefined =>
  (headers.get("content-type") ?? "").includes("text/html") && text.includes("</html>")
    ? undefined
    : "expected a whole HTML page";

const notOk = ({ text }: Answer): string | undefined =>
  member(parsedJson(text), "ok") === true ? undefined : 'expected {"ok": true}';

function notIndexing({ text }: Answer): string | undefined {
  const answer = parsedJson(text);
  if (member(answer, "errors") !== undefined) return "expected an answer without errors";
  const meta = member(member(answer, "data"), "_meta");
  if (member(meta, "hasIndexingErrors") === true) return "it reports indexing errors";
  const block = member(member(meta, "block"), "number");
  return typeof block === "number" ? undefined : "expected the number of its block";
}

function deploymentOf({ text }: Answer): string | undefined {
  const deployment = member(member(member(parsedJson(text), "data"), "_meta"), "deployment");
  return typeof deployment === "string" ? deployment : undefined;
}

const headerVersion = ({ headers }: Answer): string | undefined =>
  versionHeaders.flatMap((name) => headers.get(name) ?? [])[0];

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
