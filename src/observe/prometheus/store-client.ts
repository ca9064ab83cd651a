/** One question to a Prometheus-compatible store, and every way in which the answer can be none. */
import { parsedJson } from "../../domain/json.ts";
import { defined } from "../../domain/defined.ts";
import * as z from "zod";
import { knownSecrets } from "../../secrets/known-secrets.ts";
import { addUrlSecrets } from "../../secrets/url-secrets.ts";
import { pause } from "../pause.ts";

export interface StoreAddress {
  /** Root of the API, with its prefix where it has one. A user and password in it become a header. */
  readonly url: string;
  /** Bearer token. */
  readonly token?: string | undefined;
  /** Of a store with several tenants (Mimir, Cortex, Loki, Thanos Receive): the header X-Scope-OrgID. */
  readonly tenant?: string | undefined;
}

/** [epoch seconds, value as text] pairs of one series. */
export interface StoreSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [atSeconds: number, value: string])[];
  /** Of an instant query for native histograms. */
  readonly histogram?: NativeHistogram | undefined;
}

export interface NativeHistogram {
  /** Those with values; which edges belong to a bucket, its edges and its count. */
  readonly buckets?:
    | readonly (readonly [rule: number, low: string, high: string, count: string])[]
    | undefined;
}

export type StoreAnswer =
  | {
      readonly ok: true;
      readonly series: readonly StoreSeries[];
      /** What the store itself says against its answer; one sentence each. */
      readonly doubts: readonly string[];
      /**
       * VictoriaMetrics answers nothing where Prometheus has NaN (0/0), and says how many series it read for that. Absent
       * in all other stores, and where it does not say.
       */
      readonly seriesRead?: number | undefined;
      /** Epoch milliseconds of the store's clock, to the second. */
      readonly serverTime?: number;
    }
  | {
      readonly ok: false;
      readonly problem: string;
      /** Of its HTTP answer; absent where none came. */
      readonly status?: number | undefined;
    };

export interface AskOptions {
  readonly timeoutMs: number;
  /** Ends the question, and every wait for a second try. */
  readonly signal: AbortSignal;
}

/** A store that answers more than this to one question was asked for the wrong thing. */
const largestAnswerBytes = 32 * 1024 * 1024;
/** A store that wants a longer pause than this is not asked again. */
const longestPauseMs = 2000;
const defaultPauseMs = 500;

const point = z.tuple([z.number(), z.string()]);
const histogram = z.object({
  buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).optional(),
});
const answerSchema = z.object({
  status: z.literal("success"),
  /** VictoriaMetrics: some of its storage did not answer. */
  isPartial: z.boolean().optional(),
  /** VictoriaMetrics. */
  stats: z.object({ seriesFetched: z.string().optional() }).optional(),
  warnings: z.array(z.string()).optional(),
  data: z.object({
    resultType: z.enum(["matrix", "vector"]),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(point).optional(),
        value: point.optional(),
        histogram: z.tuple([z.number(), histogram]).optional(),
      }),
    ),
  }),
});
const refusalSchema = z.object({ error: z.string() });

/** GET `<url>/api/v1/<path>`; tries once more where the store is busy. Never throws. */
export async function ask(
  address: StoreAddress,
  path: "query" | "query_range",
  parameters: Readonly<Record<string, string>>,
  options: AskOptions,
): Promise<StoreAnswer> {
  const first = await attempt(address, path, parameters, options);
  if (first.retryAfterMs === undefined) return first.answer;
  if (first.retryAfterMs > longestPauseMs) return first.answer;
  await pause(first.retryAfterMs, options.signal);
  if (options.signal.aborted) return first.answer;
  return (await attempt(address, path, parameters, options)).answer;
}

interface Attempt {
  readonly answer: StoreAnswer;
  /** It may be asked again after this. */
  readonly retryAfterMs?: number;
}

const failed = (problem: string): Attempt => ({ answer: { ok: false, problem } });

async function attempt(
  address: StoreAddress,
  path: string,
  parameters: Readonly<Record<string, string>>,
  { timeoutMs, signal }: AskOptions,
): Promise<Attempt> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const { url, headers } = target(address, path, parameters);
    const both = AbortSignal.any([signal, late]);
    // A redirect leads to a sign-in page as a rule, and would carry the token elsewhere.
    const response = await fetch(url, { headers, redirect: "manual", signal: both });
    const body = await readBody(response);
    return body === undefined
      ? failed(`answered more than ${largestAnswerBytes / 1024 / 1024} MB`)
      : withStatus(judge(response, body, address), response.status);
  } catch (error) {
    if (late.aborted) return failed(`did not answer within ${timeoutMs / 1000} s`);
    if (signal.aborted) return failed("did not answer before the deadline");
    return failed(`could not be reached (${causeOf(error)})`);
  }
}

const withStatus = ({ answer, ...more }: Attempt, status: number): Attempt => ({
  ...more,
  answer: answer.ok ? answer : { ...answer, status },
});

function target(
  { url, token, tenant }: StoreAddress,
  path: string,
  parameters: Readonly<Record<string, string>>,
): { url: URL; headers: Record<string, string> } {
  knownSecrets.add("token of the metrics store", token);
  addUrlSecrets("URL of the metrics store", url);
  const whole = new URL(url);
  whole.pathname = `${whole.pathname.replace(/\/+$/, "")}/api/v1/${path}`;
  for (const [name, value] of Object.entries(parameters)) whole.searchParams.set(name, value);
  const { username, password } = whole;
  whole.username = "";
  whole.password = "";
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    token === undefined
      ? username === ""
        ? undefined
        : `Basic ${Buffer.from(user).toString("base64")}`
      : `Bearer ${token}`;
  return {
    url: whole,
    headers: {
      accept: "application/json",
      ...defined({ authorization, "x-scope-orgid": tenant }),
    },
  };
}

/** @returns `undefined` for an answer beyond all measure */
async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function judge(response: Response, body: string, address: StoreAddress): Attempt {
  const { status, headers } = response;
  const type = headers.get("content-type") ?? "no content type";
  if (status >= 300 && status < 400)
    return failed(`redirects elsewhere (${status}): a sign-in page or a proxy stands before it`);
  const said = ownWords(body, type);
  if (status === 401 || status === 403) return failed(refused(status, said, address));
  if (status === 429 || [502, 503, 504].includes(status)) {
    const words = status === 429 ? "is rate-limiting (429)" : `failed (${status})`;
    return {
      ...failed(`${words}${quoted(said)}`),
      retryAfterMs: pauseOf(headers.get("retry-after")),
    };
  }
  const json = parsedJson(body);
  if (json === undefined) {
    const what = /^\s*</.test(body) ? "HTML" : `something (${clean(type)})`;
    return failed(`answered ${what} instead of JSON (${status}): is this the root of its API?`);
  }
  const refusal = refusalSchema.safeParse(json);
  if (refusal.success) {
    const verb = status === 422 ? "could not evaluate it" : "refused it";
    return failed(`${verb} (${status}): ${clean(refusal.data.error)}`);
  }
  if (!response.ok) return failed(`failed (${status})${quoted(said)}`);
  const answer = answerSchema.safeParse(json);
  if (!answer.success) return failed("answered JSON that is no answer of the Prometheus API");
  return { answer: understood(answer.data, headers.get("date")) };
}

/**
 * Remarks about the wording of a query ("metric might not be a counter") say nothing about its data. Prometheus 2.48 to
 * 2.53 puts them among the warnings; later versions have a list of their own for them.
 */
const isRemark = (warning: string): boolean => /^\s*PromQL info:/i.test(warning);

function understood(
  { isPartial, stats, warnings = [], data }: z.output<typeof answerSchema>,
  date: string | null,
): StoreAnswer {
  const serverTime = Date.parse(date ?? "");
  return {
    ok: true,
    seriesRead: stats?.seriesFetched === undefined ? undefined : Number(stats.seriesFetched),
    series: data.result.map(({ metric, values, value, histogram: native }) => ({
      metric,
      histogram: native?.[1],
      values: values ?? (value === undefined ? [] : [value]),
    })),
    doubts: [
      ...(isPartial === true ? ["answered with a part of its data only"] : []),
      ...warnings
        .filter((warning) => !isRemark(warning))
        .map((warning) => `warns: ${clean(warning)}`),
    ],
    serverTime: Number.isNaN(serverTime) ? undefined : serverTime,
  };
}

const names = { 401: "requires authentication (401)", 403: "refuses access (403)" } as const;

/** What to change follows from what was sent, and from what the store says is missing. */
function refused(status: 401 | 403, said: string | undefined, address: StoreAddress): string {
  const { token, tenant, url } = address;
  const words = `${names[status]}${quoted(said)}`;
  if (tenant === undefined && /\borg(anization)?[ -]?id\b|tenant/i.test(said ?? ""))
    return `${words}: name the tenant in observers.prometheus.tenant, or in HEADROOM_PROMETHEUS_TENANT`;
  if (token !== undefined) return `${words}: is the bearer token of this store, and still valid?`;
  return URL.canParse(url) && new URL(url).username !== ""
    ? `${words}: are the user and password in its URL right?`
    : `${words}: name the variable of a bearer token in observers.prometheus.tokenVariable`;
}

const quoted = (said: string | undefined): string => (said === undefined ? "" : `: "${said}"`);

/** What the store itself said about a refusal: the error of its JSON, or a short plain text; never a page. */
function ownWords(body: string, type: string): string | undefined {
  const refusal = refusalSchema.safeParse(parsedJson(body));
  if (refusal.success) return clean(refusal.data.error);
  const isPlain = !/html/i.test(type) && !/^\s*[<{[]/.test(body);
  return isPlain && body.trim() !== "" ? clean(body) : undefined;
}

/** Seconds or a date; what is unreadable is the usual pause. */
function pauseOf(header: string | null): number {
  if (header === null) return defaultPauseMs;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : defaultPauseMs;
}

/** One short line of the store's words; a secret in it goes before it is cut. */
function clean(text: string): string {
  const line = knownSecrets.clean(text.replaceAll(/[\s\p{C}]+/gu, " ").trim());
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return error instanceof Error ? error.name : "unknown";
}

/** How the store is named in sentences: no user, no password, no query. */
export function placeOf(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return `the metrics store at ${origin}${pathname.replace(/\/+$/, "")}`;
  } catch {
    return "the metrics store";
  }
}
