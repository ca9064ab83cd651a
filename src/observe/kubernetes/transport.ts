/**
 * Requests to a Kubernetes API: sign-in and TLS by @kubernetes/client-node (it knows the exec and OIDC sign-ins of managed
 * clusters), requests by node:http, because an answer's Date, its status and a JSON that ends in the middle must be
 * distinguished.
 */
import type { Cluster, Context, KubeConfig } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { ObserverSettings } from "../../domain/environment.ts";
import { knownSecrets } from "../../secrets/known-secrets.ts";
import { addKubeconfigSecrets } from "../../secrets/kubeconfig-secrets.ts";
import { kubeconfigFiles } from "./kubeconfig-files.ts";
import { firstLine, KubernetesFailure } from "./kubernetes-failure.ts";
import { readToken, tokenFileOf } from "./user-token.ts";

/** Which cluster, and as whom. */
export type ClusterAccess = Pick<
  NonNullable<ObserverSettings["kubernetes"]>,
  "kubeconfig" | "context"
>;

export interface RequestOptions {
  readonly signal: AbortSignal;
  /** Absent: GET. */
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface Transport {
  /** Host and port, for sentences. */
  readonly host: string;
  /** Any status is an answer. @throws Error where there is none, KubernetesFailure where signing in failed */
  readonly open: (path: string, options: RequestOptions) => Promise<http.IncomingMessage>;
  readonly close: () => void;
}

/** Sign-ins may expire: the client library is asked again this often. */
const signInMs = 60_000;
/** An answer longer than this is not read to its end. */
const mostBytes = 64 * 1024 ** 2;

/** @throws KubernetesFailure where there is no usable kubeconfig */
export async function openTransport(settings: ClusterAccess): Promise<Transport> {
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

  const open: Transport["open"] = async (path, { signal, method = "GET", headers, body }) => {
    const url = new URL(base.pathname.replace(/\/$/, "") + path, base);
    const options = await signIn();
    const request = (isSecure ? https : http).request(url, {
      ...options,
      ...(hasProxy ? {} : { agent }),
      method,
      signal,
      headers: {
        ...headersOf(options),
        accept: "application/json",
        "user-agent": "headroom",
        ...headers,
      },
    });
    return new Promise((resolve, reject) => {
      request.once("response", resolve);
      request.once("error", reject);
      request.end(body);
    });
  };
  return { host: base.host, open, close: () => agent.destroy() };
}

function readConfig(config: KubeConfig, { kubeconfig, context }: ClusterAccess): void {
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

export const statusOf = ({ statusCode = 0 }: http.IncomingMessage): number => statusCode;

/** @throws Error where it is longer than 64 MiB */
export async function readAll(response: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > mostBytes) throw new Error("the answer is longer than 64 MiB");
  }
  return text;
}
