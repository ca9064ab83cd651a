/** Classification of a logged request: part of the mix, excluded from it, or unknown. */
import { procedureAt } from "./api-routes.ts";
import type { LoggedRequest } from "./logged-request.ts";
import { pageAt } from "./page-routes.ts";

export type Classified =
  | { readonly kind: "page"; readonly name: string }
  | { readonly kind: "procedure"; readonly name: string }
  /** `name` is absent where the log does not show the operation. */
  | { readonly kind: "operation"; readonly name: string | undefined }
  | { readonly kind: "apart"; readonly reason: Apart }
  | { readonly kind: "unknown" };

export type Apart = "assets" | "probes" | "preflights" | "redirects" | "other-hosts" | "cached";

/** Health checks of Kubernetes, load balancers and monitors. */
const probes =
  /kube-probe|ELB-HealthChecker|GoogleHC|HealthCheck|Prometheus\/|Blackbox|UptimeRobot|Pingdom|StatusCake|Datadog/i;
const assets =
  /^\/(?:assets|fonts|backgrounds|logos|_build|@vite|favicon)\b|\.(?:js|mjs|css|map|svg|png|jpe?g|gif|webp|avif|ico|woff2?|ttf|otf|webmanifest|txt|xml)$/i;
const operationName = /^[A-Za-z_]\w{0,79}$/;

export function classify(request: LoggedRequest): Classified {
  const { method, target, status, userAgent = "" } = request;
  if (probes.test(userAgent)) return { kind: "apart", reason: "probes" };
  if (method === "OPTIONS") return { kind: "apart", reason: "preflights" };
  // An ingress redirects http to https, or one host to another: the request is repeated.
  if (status === 301 || status === 308) return { kind: "apart", reason: "redirects" };
  const path = pathOf(target);
  if (/^\/subgraphs\/(?:name|id)\/./.test(path))
    return { kind: "operation", name: operationOf(request) };
  if (path.startsWith("/api/")) return apiRequest(method, path.slice("/api/".length));
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && assets.test(path)) return { kind: "apart", reason: "assets" };
  const page = isRead ? pageAt(path) : undefined;
  return page === undefined ? { kind: "unknown" } : { kind: "page", name: page };
}

function apiRequest(method: string, path: string): Classified {
  // The stylesheet of the theme.
  if (path.endsWith(".css")) return { kind: "apart", reason: "assets" };
  const procedure = procedureAt(method, path);
  return procedure === undefined ? { kind: "unknown" } : { kind: "procedure", name: procedure };
}

/** Without host, query, doubled and trailing slashes. */
function pathOf(target: string): string {
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return `/${path
    .replaceAll(/\/{2,}/g, "/")
    .replace(/^\//, "")
    .replace(/\/$/, "")}`;
}

function operationOf({ operation, target }: LoggedRequest): string | undefined {
  const name = operation ?? /[?&]operationName=(\w+)/.exec(target)?.[1];
  return name !== undefined && operationName.test(name) ? name : undefined;
}
