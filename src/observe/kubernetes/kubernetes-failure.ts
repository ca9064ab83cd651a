/** What goes wrong with a Kubernetes API, each in one sentence with what to do. */
import { codeOf, messageOf } from "../../domain/errors.ts";
import { parsedJson } from "../../domain/json.ts";
import { shorten } from "../../domain/shorten.ts";
import { knownSecrets } from "../../secrets/known-secrets.ts";

/** How long one answer may take, ms of our time. */
export const answerLimitMs = 5_000;

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

/**
 * A status that is no answer, in one sentence with what to do.
 * @param roles the manifest that grants what is asked for
 */
export function refused(
  path: string,
  status: number,
  text: string,
  host: string,
  roles = "deploy/kubernetes/observer-rbac.yaml",
): KubernetesFailure {
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
        `${shownPath(path)} is forbidden (403)${said}: bind the roles of ${roles}`,
        "resource",
        status,
      );
    case 404:
      return new KubernetesFailure(
        `the cluster does not serve ${shownPath(path)} (404)${adviceOf(path)}`,
        "resource",
        status,
      );
    default:
      return new KubernetesFailure(
        `${shownPath(path)} answered ${status}${said}`,
        "resource",
        status,
      );
  }
}

function adviceOf(path: string): string {
  if (path.includes("/metrics.k8s.io/")) return ": install metrics-server";
  return /^\/apis\/(?:custom|external)\.metrics\.k8s\.io$/.test(path)
    ? ": install an adapter that serves it, such as prometheus-adapter or KEDA"
    : "";
}

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

export function asFailure(
  error: unknown,
  path: string,
  host: string,
  isLate: boolean,
): KubernetesFailure {
  if (error instanceof KubernetesFailure) return error;
  if (isLate)
    return new KubernetesFailure(
      `the cluster at ${host} did not answer ${shownPath(path)} within ${answerLimitMs / 1000} s`,
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
export const shownPath = (path: string): string => path.split("?")[0] ?? path;

export const firstLine = (error: unknown): string =>
  shorten(knownSecrets.clean(messageOf(error).split("\n")[0] ?? ""));
