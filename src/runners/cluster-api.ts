/** Requests to a cluster in which runners are started: objects made and removed, and the runners asked through it. */
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import type { RunnerSettings } from "../domain/environment.ts";
import { EngineError, messageOf } from "../domain/errors.ts";
import { asFailure, refused } from "../observe/kubernetes/kubernetes-failure.ts";
import {
  openTransport,
  readAll,
  statusOf,
  type RequestOptions,
} from "../observe/kubernetes/transport.ts";
import { listOf } from "../observe/kubernetes/objects.ts";
import { askDirectly } from "./ask-directly.ts";
import type { KubernetesObject } from "./run-objects.ts";
import { answerLimitMs, headers as runnerHeaders, runnerPort } from "./runner-protocol.ts";
import type { AskRunner } from "./runner-client.ts";

export interface ClusterApi {
  /** Host and port, for sentences. */
  readonly server: string;
  /** @returns the object as the server has it @throws KubernetesFailure, with status 409 where it is there already */
  readonly create: (path: string, object: KubernetesObject) => Promise<unknown>;
  /** @throws KubernetesFailure */
  readonly get: <Item>(path: string, shape: z.ZodType<Item>) => Promise<Item>;
  /** @throws KubernetesFailure */
  readonly list: <Item>(path: string, shape: z.ZodType<Item>) => Promise<readonly Item[]>;
  /** What depends on it goes with it; one that is gone is no error. @throws KubernetesFailure */
  readonly remove: (path: string) => Promise<void>;
  /** Requests to the runner in a pod, in the way that the settings name. */
  readonly runnerIn: (
    pod: { readonly name: string; readonly ip: string },
    token: string,
  ) => AskRunner;
  readonly close: () => void;
}

const roles = "deploy/kubernetes/runners.yaml";

/** @throws EngineError where there is no usable kubeconfig */
export async function connectForRunners(settings: RunnerSettings): Promise<ClusterApi> {
  const { host, open, close } = await openTransport(settings).catch((cause: unknown) => {
    throw new EngineError(`the runners could not be started: ${messageOf(cause)}`, {
      code: "no-cluster",
      hint: "Name a kubeconfig and a context in the environment file (runners.kubeconfig, runners.context).",
      cause,
    });
  });

  const send = async (
    path: string,
    options: Omit<RequestOptions, "signal">,
  ): Promise<{ readonly status: number; readonly text: string }> => {
    const signal = AbortSignal.timeout(answerLimitMs);
    try {
      const response = await open(path, { ...options, signal });
      return { status: statusOf(response), text: await readAll(response) };
    } catch (error) {
      throw asFailure(error, path, host, signal.aborted);
    }
  };
  const answered = async (
    path: string,
    options: Omit<RequestOptions, "signal">,
    isFine = (status: number): boolean => status < 300,
  ): Promise<unknown> => {
    const { status, text } = await send(path, options);
    if (!isFine(status)) throw refused(path, status, text, host, roles);
    return JSON.parse(text) as unknown;
  };

  const throughApiServer =
    (pod: string, token: string): AskRunner =>
    async (method, path, body) => {
      const { namespace } = settings;
      const proxied = `/api/v1/namespaces/${namespace}/pods/${pod}:${runnerPort}/proxy${path}`;
      const { headers, body: text } = body === undefined ? {} : json(body);
      const response = await open(proxied, {
        method,
        signal: AbortSignal.timeout(answerLimitMs),
        headers: { ...headers, [runnerHeaders.token]: token },
        body: text,
      });
      return {
        status: statusOf(response),
        header: (name) => response.headers[name]?.toString(),
        body: await buffer(response),
      };
    };

  return {
    server: host,
    create: (path, object) =>
      // Strict: a field that an older definition does not have must not be dropped in silence.
      answered(`${path}?fieldValidation=Strict`, { method: "POST", ...json(object) }),
    get: async (path, shape) => parsed(path, shape, await answered(path, {})),
    list: async (path, shape) => parsed(path, listOf(shape), await answered(path, {})).items,
    remove: async (path) => {
      await answered(
        path,
        { method: "DELETE", ...json({ propagationPolicy: "Background" }) },
        (status) => status < 300 || status === 404,
      );
    },
    runnerIn: (pod, token) =>
      settings.reach === "pod" ? askDirectly(pod.ip, token) : throughApiServer(pod.name, token),
    close,
  };
}

const json = (object: object) => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(object),
});

function parsed<Item>(path: string, shape: z.ZodType<Item>, document: unknown): Item {
  const read = shape.safeParse(document);
  if (read.success) return read.data;
  throw new EngineError(`${path} answered in another shape: ${z.prettifyError(read.error)}`, {
    code: "unexpected-object",
  });
}
