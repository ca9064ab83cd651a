/**
 * The API server over HTTP: what an observer reads of a real cluster, at the same paths and in the same form, and the
 * changes of `mutations.ts`. Without sign-in: it listens on loopback.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cluster } from "../cluster/cluster.ts";
import type { RequestHandler } from "../http.ts";
import { bodyOf, describe, respond, respondJson } from "../http.ts";
import { mutate } from "./mutations.ts";
import type { MakeEvent } from "./mutations.ts";
import { ObjectStore } from "./object-store.ts";
import type { Change } from "./object-store.ts";
import { momentOf } from "./objects.ts";
import type { KubernetesObject } from "./objects.ts";
import { customMetricValues } from "./custom-metrics.ts";
import { discovery, groupVersionOf, resources } from "./resources.ts";
import type { Resource } from "./resources.ts";
import { tableOf } from "./tables.ts";
import { selectorOf } from "./selectors.ts";
import type { Selects } from "./selectors.ts";
import { timerMs } from "../../../src/domain/timer.ts";

export interface KubernetesApi {
  readonly handle: RequestHandler;
  /** Takes over what changed in the cluster; watches are notified. */
  refresh(): void;
}

const version = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.2+headroom-sandbox",
  platform: "sandbox/simulated",
};

/** Where a client asks whether it may do something: here anybody may do anything. */
const accessReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** What the path asks for. */
interface Question {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/**
 * @param startedAt of the cluster, epoch milliseconds: its time 0
 * @param make what is changed through the API; absent: it is read only
 */
export function createKubernetesApi(
  cluster: Cluster,
  startedAt: number,
  make?: MakeEvent,
): KubernetesApi {
  const store = new ObjectStore();
  const refresh = (): void => {
    const moment = momentOf(cluster.model, startedAt, cluster.now);
    for (const resource of resources) {
      if (resource.isWatchable) store.update(resource, resource.objects(cluster, moment));
    }
  };
  refresh();
  const now = (): number => startedAt + cluster.now;
  const current = (resource: Resource): readonly KubernetesObject[] =>
    resource.isWatchable
      ? store.list(resource)
      : resource.objects(cluster, momentOf(cluster.model, startedAt, cluster.now));

  const change = async (
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<void> => {
    const { method = "" } = request;
    if (method === "POST" && url.pathname === accessReviews) {
      const kind = "SelfSubjectAccessReview";
      const apiVersion = "authorization.k8s.io/v1";
      return respondJson(response, 201, { kind, apiVersion, status: { allowed: true } });
    }
    const question = questionOf(url.pathname);
    const { name, subresource, resource } = question ?? {};
    if (
      question === undefined ||
      name === undefined ||
      resource === undefined ||
      make === undefined
    )
      return fail(response, 405, "MethodNotAllowed", "the sandbox cannot change this");
    const isDry = url.searchParams.get("dryRun") === "All";
    const { plural } = resource;
    const body = method === "DELETE" ? undefined : await bodyOf(request);
    const answer = mutate(cluster, { method, plural, name, subresource, body, isDry }, make);
    if (answer === undefined)
      return fail(response, 405, "MethodNotAllowed", "the sandbox cannot change this");
    if (answer !== "done") return fail(response, answer.code, answer.reason, answer.message);
    if (subresource === "eviction") {
      const success = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" };
      return respondJson(response, 201, { ...success, code: 201 });
    }
    const changed = resource
      .objects(cluster, momentOf(cluster.model, startedAt, cluster.now))
      .find((object) => isOf(question, object));
    return respondJson(response, 200, changed);
  };

  const handle: RequestHandler = (request, response) => {
    const url = new URL(request.url ?? "/", "http://sandbox");
    if (request.method !== "GET" && request.method !== "HEAD") {
      return change(request, response, url).catch((error: unknown) =>
        fail(response, 400, "BadRequest", describe(error)),
      );
    }
    if (/^\/(healthz|livez|readyz)$/.test(url.pathname)) {
      return respond(response, 200, "text/plain", "ok");
    }
    if (url.pathname === "/version") return respondJson(response, 200, version);
    const document = discovery.get(url.pathname.replace(/\/$/, ""));
    if (document !== undefined) return respondJson(response, 200, document);
    const question = questionOf(url.pathname);
    const selects = selectorOf(url.searchParams);
    const moment = momentOf(cluster.model, startedAt, cluster.now);
    const values = customMetricValues(url.pathname, { cluster, moment, selects });
    if (values !== undefined) return respondJson(response, 200, values);
    if (question === undefined || question.subresource !== undefined) {
      return fail(response, 404, "NotFound", "the server could not find the requested resource");
    }
    if (selects === undefined) {
      return fail(response, 400, "BadRequest", "unable to parse the selector");
    }
    refresh();
    const { resource, name } = question;
    const belongs: Selects = (object) => isOf(question, object) && selects(object);
    const objects = current(resource).filter(belongs);
    const asTable = request.headers.accept?.includes("as=Table") === true;
    const shown = (object: KubernetesObject): unknown =>
      asTable ? tableOf(resource.kind, [object], { now: now() }) : object;
    const { watch } = Object.fromEntries(url.searchParams);
    if (watch === "true" || watch === "1") {
      return startWatch({ store, resource, belongs, shown, response, query: url.searchParams });
    }
    if (name === undefined) {
      const resourceVersion = String(store.revision);
      const list = asTable
        ? tableOf(resource.kind, objects, { now: now(), resourceVersion })
        : listOf(resource, resourceVersion, objects);
      return respondJson(response, 200, list);
    }
    const [found] = objects;
    if (found !== undefined) return respondJson(response, 200, shown(found));
    const { plural, group } = resource;
    const kind = group === "" ? plural : `${plural}.${group}`;
    return fail(response, 404, "NotFound", `${kind} "${name}" not found`);
  };
  return { handle, refresh };
}

/** `/api/v1/namespaces/atk/pods/web-1`, `/apis/apps/v1/deployments`. */
function questionOf(path: string): Question | undefined {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  const [root, ...rest] = parts;
  const isCore = root === "api";
  if (!isCore && root !== "apis") return undefined;
  const groupVersion = isCore ? rest[0] : rest.slice(0, 2).join("/");
  const tail = rest.slice(isCore ? 1 : 2);
  const isInNamespace = tail[0] === "namespaces" && tail.length > 2;
  const namespace = isInNamespace ? tail[1] : undefined;
  const [plural, name, subresource, ...more] = isInNamespace ? tail.slice(2) : tail;
  const resource = resources.find(
    (one) => groupVersionOf(one) === groupVersion && one.plural === plural,
  );
  if (resource === undefined || more.length > 0) return undefined;
  if (isInNamespace && !resource.isNamespaced) return undefined;
  return { resource, namespace, name, subresource };
}

function isOf({ namespace, name }: Question, { metadata }: KubernetesObject): boolean {
  return (
    (namespace === undefined || metadata.namespace === namespace) &&
    (name === undefined || metadata.name === name)
  );
}

/** Items of a list do not repeat their kind. */
function listOf(
  resource: Resource,
  resourceVersion: string,
  objects: readonly KubernetesObject[],
): unknown {
  return {
    kind: `${resource.kind}List`,
    apiVersion: groupVersionOf(resource),
    metadata: resource.isWatchable ? { resourceVersion } : {},
    items: objects.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
  };
}

interface Watch {
  readonly store: ObjectStore;
  readonly resource: Resource;
  readonly belongs: Selects;
  readonly shown: (object: KubernetesObject) => unknown;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** From a revision: what changed since. Without one, or from 0: first everything as added. */
function startWatch({ store, resource, belongs, shown, response, query }: Watch): void {
  if (!resource.isWatchable) {
    return fail(response, 405, "MethodNotAllowed", `${resource.plural} cannot be watched`);
  }
  const from = Number(query.get("resourceVersion") ?? "0");
  const timeoutSeconds = Number(query.get("timeoutSeconds") ?? "0");
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();
  const send = (line: unknown): boolean => response.write(`${JSON.stringify(line)}\n`);
  if (from > 0 && from < store.oldestRevision) {
    const message = `too old resource version: ${from} (${store.oldestRevision})`;
    send({ type: "ERROR", object: status(410, "Expired", message) });
    response.end();
    return undefined;
  }
  const tell = (change: Change): void => {
    const { type, object } = change;
    if (change.resource === resource && belongs(object)) send({ type, object: shown(object) });
  };
  if (from > 0) store.since(from).forEach(tell);
  else {
    for (const object of store.list(resource).filter(belongs))
      send({ type: "ADDED", object: shown(object) });
  }
  const stop = store.listen(tell);
  const ending =
    timeoutSeconds > 0
      ? setTimeout(() => response.end(), timerMs(timeoutSeconds * 1000))
      : undefined;
  response.once("close", () => {
    stop();
    clearTimeout(ending);
  });
  return undefined;
}

function status(code: number, reason: string, message: string): unknown {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code,
  };
}

function fail(response: ServerResponse, code: number, reason: string, message: string): void {
  respondJson(response, code, status(code, reason, message));
}
