/** Requests to a cluster in which runners are started: objects made and removed, and the runners asked through it. */
import { buffer } from "node:stream/consumers";
import type { RunnerSettings } from "../domain/environment.ts";
import { EngineError, messageOf } from "../domain/errors.ts";
import { json, jsonApi, type JsonApi } from "../observe/kubernetes/json-api.ts";
import { openTransport, statusOf } from "../observe/kubernetes/transport.ts";
import { askDirectly } from "./ask-directly.ts";
import { answerLimitMs, headers as runnerHeaders, runnerPort } from "./runner-protocol.ts";
import type { KubernetesObject } from "./run-objects.ts";
import type { AskRunner } from "./runner-client.ts";

export interface ClusterApi extends Omit<JsonApi, "create" | "patch"> {
  /** @returns the object as the server has it @throws KubernetesFailure, with status 409 where it is there already */
  readonly create: (path: string, object: KubernetesObject) => Promise<unknown>;
  /** Requests to the runner in a pod, in the way that the settings name. */
  readonly runnerIn: (
    pod: { readonly name: string; readonly ip: string },
    token: string,
  ) => AskRunner;
}

const roles = "deploy/kubernetes/runners.yaml";

/** @throws EngineError where there is no usable kubeconfig */
export async function connectForRunners(settings: RunnerSettings): Promise<ClusterApi> {
  const transport = await openTransport(settings).catch((cause: unknown) => {
    throw new EngineError(`the runners could not be started: ${messageOf(cause)}`, {
      code: "no-cluster",
      hint: "Name a kubeconfig and a context in the environment file (runners.kubeconfig, runners.context).",
      cause,
    });
  });

  const throughApiServer =
    (pod: string, token: string): AskRunner =>
    async (method, path, body) => {
      const { namespace } = settings;
      const proxied = `/api/v1/namespaces/${namespace}/pods/${pod}:${runnerPort}/proxy${path}`;
      const { headers, body: text } = body === undefined ? {} : json(body);
      const response = await transport.open(proxied, {
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
    ...jsonApi(transport, roles, answerLimitMs),
    runnerIn: (pod, token) =>
      settings.reach === "pod" ? askDirectly(pod.ip, token) : throughApiServer(pod.name, token),
  };
}
