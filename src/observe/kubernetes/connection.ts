/**
 * Reading from a Kubernetes API: sign-in and TLS by @kubernetes/client-node (it knows the exec and OIDC sign-ins of
 * managed clusters), requests by node:http, because an answer's Date, its status and a JSON that ends in the middle must
 * be distinguished. Nothing but GET is ever sent.
 */
import { parsedJson } from "../../domain/json.ts";
import { messageOf, codeOf } from "../../domain/errors.ts";
import type { Cluster, Context, KubeConfig } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { ObserverSettings } from "../../domain/environment.ts";
import { shorten } from "../../domain/shorten.ts";
import { knownSecrets } from "../../secrets/known-secrets.ts";
import { addKubeconfigSecrets } from "../../secrets/kubeconfig-secrets.ts";
import { kubeconfigFiles } from "./kubeconfig-files.ts";
import { readToken, tokenFileOf } from "./user-token.ts";

export type KubernetesSettings = NonNullable<ObserverSettings["kubernetes"]>;

/** Why something could not be read; `scope` "cluster" where nothing else can be read either. */
export class KubernetesFailure extends Error {
  readonly scope: "cluster" | "resource";
  readonly status: number | undefined;

  constructor(message: string, scope: "cluster" | "resource", status?: number) {
    super(message);
    this.name = "KubernetesFailure";
    this.scope = scope;
    this.status = status;
  }
}

export interface Answer {
  readonly document: unknown;
  /** Epoch milliseconds, ours. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The server's Date, epoch milliseconds, whole seconds; absent: it sent none. */
  readonly serverDate?: number;
}

export interface Connection {
  /** Host and port, for sentences. */
  readonly server: string;
  /** @throws KubernetesFailure with one sentence */
  get(path: string): Promise<Answer>;
  /**
   * A watch: calls back for each line until the server ends it or `signal` aborts.
   * @throws KubernetesFailure where it cannot begin or breaks
   */
  watch(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** How long one answer may take, ms of our time. */
const answerPatienceMs = 5_000;
/** A watch is asked to end by then (seconds of the server); one that stays silent longer is given up. */
const watchSeconds = 240;
/** Sign-ins may expire: the client library is asked again this often. */
const signInMs = 60_000;
/** An answer longer than this is not read to its end. */
const mostBytes = 64 * 1024 ** 2;

/** @throws KubernetesFailure where there is no usable kubeconfig */
export async function connect(settings: KubernetesSettings): Promise<Connection> {
  // Large, and only those load it who observe a cluster.
  const { KubeConfig: Kube, loadYaml } = await import("./client-library.ts");
  addKubeconfigSecrets(kubeconfigFiles(settings.kubeconfig));
  const config = new Kube();
  readConfig(config, settings);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const where = settings.context === undefined ? "no current context" : settings.context;
    throw new KubernetesFailure(
      `the kubeconfig names no cluster (${where}): kubectl config get-contexts lists what there is`,
      "cluster",
    );
  }
  const base = serverOf(cluster.server);
  if (base.protocol === "http:") allowPlainHttp(config, cluster, base);
  const tokenFile = tokenFileOf(config, settings.kubeconfig, loadYaml);
  const signIn = signInOf(config, tokenFile);
  const isSecure = base.protocol === "https:";
  const agent = isSecure
    ? new https.Agent({ keepAlive: true })
    : new http.Agent({ keepAlive: true });
  const hasProxy = cluster.proxyUrl !== undefined;

  const open = async (
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly response: http.IncomingMessage; readonly url: URL }> => {
    const url = new URL(base.pathname.replace(/\/$/, "") + path, base);
    const options = await signIn();
    const request = (isSecure ? https : http).request(url, {
      ...options,
      ...(hasProxy ? {} : { agent }),
      method: "GET",
      signal,
      headers: { ...headersOf(options), accept: "application/json", "user-agent": "headroom" },
    });
    return new Promise((resolve, reject) => {
      request.once("response", (response) => resolve({ response, url }));
      request.once("error", reject);
      request.end();
    });
  };

  const get = async (path: string): Promise<Answer> => {
    const sentAt = Date.now();
    const timeout = AbortSignal.timeout(answerPatienceMs);
    try {
      const { response } = await open(path, timeout);
      const text = await readAll(response);
      const receivedAt = Date.now();
      const status = response.statusCode ?? 0;
      if (status !== 200) throw refused(path, status, text, base.host);
      const date = Date.parse(response.headers.date ?? "");
      return {
        document: parsed(path, text),
        sentAt,
        receivedAt,
        serverDate: Number.isNaN(date) ? undefined : date,
      };
    } catch (error) {
      throw asFailure(error, path, base.host, timeout.aborted);
    }
  };

  const watch: Connection["watch"] = async (path, onLine, signal) => {
    const silence = new AbortController();
    const deadline = setTimeout(() => silence.abort(), (watchSeconds + 60) * 1000);
    deadline.unref();
    const beginning = setTimeout(() => silence.abort(), answerPatienceMs);
    beginning.unref();
    try {
      const separator = path.includes("?") ? "&" : "?";
      const query = `${separator}watch=true&allowWatchBookmarks=true&timeoutSeconds=${watchSeconds}`;
      const { response } = await open(path + query, AbortSignal.any([signal, silence.signal]));
      clearTimeout(beginning);
      const status = response.statusCode ?? 0;
      if (status !== 200) throw refused(path, status, await readAll(response), base.host);
      let rest = "";
      for await (const chunk of response.setEncoding("utf8")) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.trim() !== "") onLine(line);
      }
    } catch (error) {
      if (signal.aborted) return;
      throw asFailure(error, path, base.host, silence.signal.aborted);
    } finally {
      clearTimeout(deadline);
      clearTimeout(beginning);
    }
  };

  return { server: base.host, get, watch, close: () => agent.destroy() };
}

function readConfig(config: KubeConfig, { kubeconfig, context }: KubernetesSettings): void {
  try {
    if (kubeconfig !== undefined) {
      if (!existsSync(kubeconfig))
        throw new KubernetesFailure(`kubeconfig ${kubeconfig}: there is no such file`, "cluster");
      config.loadFromFile(kubeconfig);
    } else config.loadFromDefault();
    if (context === undefined) return;
    const known = (config.contexts as readonly Context[] | undefined) ?? [];
    if (known.every(({ name }) => name !== context)) {
      const names = known.map(({ name }) => name).join(", ") || "none";
      throw new KubernetesFailure(
        `the kubeconfig has no context ${context}; it has ${names}`,
        "cluster",
      );
    }
    config.setCurrentContext(context);
  } catch (error) {
    if (error instanceof KubernetesFailure) throw error;
    const where = kubeconfig ?? "the default kubeconfig";
    throw new KubernetesFailure(`${where} cannot be read: ${firstLine(error)}`, "cluster");
  }
}

/** What a plug-in of the client library or a file of tokens gave. */
function addHeaders(options: https.RequestOptions): void {
  for (const [name, value] of Object.entries(headersOf(options)))
    if (/^authorization$/i.test(name))
      knownSecrets.add("kubeconfig credentials", String(value).replace(/^\w+ /, ""));
  const { key, passphrase } = options;
  if (typeof key === "string" || Buffer.isBuffer(key))
    knownSecrets.add("kubeconfig client key", key.toString());
  knownSecrets.add("kubeconfig client key", passphrase);
}

function serverOf(server: string): URL {
  if (URL.canParse(server)) return new URL(server);
  throw new KubernetesFailure(`the kubeconfig's server "${server}" is not a URL`, "cluster");
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);

/**
 * As kubectl does: `kubectl proxy` and its like serve http. The client library wants `insecure-skip-tls-verify` for that,
 * which says nothing where there is no TLS. @throws KubernetesFailure where credentials would travel unencrypted to another host
 */
function allowPlainHttp(config: KubeConfig, cluster: Cluster, base: URL): void {
  if (cluster.skipTLSVerify) return;
  const user = config.getCurrentUser();
  const hasCredentials =
    user !== null &&
    [user.token, user.username, user.certData, user.certFile, user.exec, user.authProvider].some(
      (credential) => credential !== undefined && credential !== null && credential !== "",
    );
  if (hasCredentials && !isLoopback(base.hostname))
    throw new KubernetesFailure(
      `the kubeconfig's server ${base.origin} is not encrypted and its user has credentials: use its https address, or set insecure-skip-tls-verify: true to send them all the same`,
      "cluster",
    );
  config.clusters = config.clusters.map((one) =>
    one.name === cluster.name ? { ...one, skipTLSVerify: true } : one,
  );
}

/** Headers and TLS material, asked for anew once in a while: tokens of cloud providers live for minutes. */
function signInOf(
  config: KubeConfig,
  tokenFile: string | undefined,
): () => Promise<https.RequestOptions> {
  let known: { readonly at: number; readonly options: https.RequestOptions } | undefined;
  return async () => {
    if (known !== undefined && Date.now() - known.at < signInMs) return known.options;
    const options: https.RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options);
      // Read again each time: what writes the file renews it.
      if (tokenFile !== undefined)
        options.headers = {
          ...headersOf(options),
          Authorization: `Bearer ${readToken(tokenFile)}`,
        };
    } catch (error) {
      throw new KubernetesFailure(
        `signing in to the cluster failed: ${firstLine(error)}; check the user of the kubeconfig with kubectl auth whoami`,
        "cluster",
      );
    }
    addHeaders(options);
    known = { at: Date.now(), options };
    return options;
  };
}

/** The client library writes them as an object. */
function headersOf({ headers = {} }: https.RequestOptions): http.OutgoingHttpHeaders {
  const kept: http.OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") kept[name] = value;
  }
  return kept;
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > mostBytes) throw new Error("the answer is longer than 64 MiB");
  }
  return text;
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubernetesFailure(
      `${shown(path)} answered ${text.length} characters that are no whole JSON document`,
      "resource",
      200,
    );
  }
}

/** A status that is no answer, in one sentence with what to do. */
function refused(path: string, status: number, text: string, host: string): KubernetesFailure {
  const said = statusMessageOf(text);
  switch (status) {
    case 401:
      return new KubernetesFailure(
        `the cluster at ${host} does not accept our credentials (401): the token has expired or belongs to another cluster; sign in again`,
        "cluster",
        status,
      );
    case 403:
      if (said.includes("system:anonymous"))
        return new KubernetesFailure(
          `the cluster at ${host} took the request as anonymous (403)${said}: the kubeconfig's user has no credentials that it accepts`,
          "cluster",
          status,
        );
      return new KubernetesFailure(
        `${shown(path)} is forbidden (403)${said}: bind the roles of deploy/kubernetes/observer-rbac.yaml`,
        "resource",
        status,
      );
    case 404:
      return new KubernetesFailure(
        `the cluster does not serve ${shown(path)} (404)${adviceOf(path)}`,
        "resource",
        status,
      );
    default:
      return new KubernetesFailure(`${shown(path)} answered ${status}${said}`, "resource", status);
  }
}

const adviceOf = (path: string): string =>
  path.includes("/metrics.k8s.io/") ? ": install metrics-server" : "";

/** What the API's own Status object says; nothing of other bodies, which may hold anything. */
function statusMessageOf(text: string): string {
  const document = parsedJson(text);
  const message =
    typeof document === "object" && document !== null && "message" in document
      ? document.message
      : undefined;
  return typeof message === "string" ? `: ${shorten(knownSecrets.clean(message))}` : "";
}

const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "host not found",
  EAI_AGAIN: "its name cannot be looked up",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "there is no way to that network",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not signed by the kubeconfig's authority",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not signed by the kubeconfig's authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not signed by the kubeconfig's authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function asFailure(error: unknown, path: string, host: string, isLate: boolean): KubernetesFailure {
  if (error instanceof KubernetesFailure) return error;
  if (isLate)
    return new KubernetesFailure(
      `the cluster at ${host} did not answer ${shown(path)} within ${answerPatienceMs / 1000} s`,
      "cluster",
    );
  const code = codeOf(error);
  const words = networkWords[code] ?? firstLine(error);
  return new KubernetesFailure(
    `the cluster at ${host} cannot be reached: ${words}; check the kubeconfig's server`,
    "cluster",
  );
}

/** `/apis/apps/v1/namespaces/atk/pods?…` without its query, which may be long. */
const shown = (path: string): string => path.split("?")[0] ?? path;

const firstLine = (error: unknown): string =>
  shorten(knownSecrets.clean(messageOf(error).split("\n")[0] ?? ""));
