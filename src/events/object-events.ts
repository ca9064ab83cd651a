/** Events that an object makes, of Chaos Mesh or Litmus: it is applied, awaited and removed. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { ConfigError, messageOf } from "../domain/errors.ts";
import type { JsonApi } from "../observe/kubernetes/json-api.ts";
import { KubernetesFailure } from "../observe/kubernetes/kubernetes-failure.ts";
import { pause } from "../observe/pause.ts";
import type { EventMaker } from "./event-maker.ts";

const pollMs = 500;

const object = z.looseObject({
  apiVersion: z.string().regex(/^[^/]+\/[^/]+$/, "expected group/version"),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
const resources = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string() })),
});
const conditions = z.object({
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .prefault({}),
});

interface ObjectOptions {
  readonly file: string;
  /** `AllRecovered`: a condition that becomes true; `status.engineStatus=completed`: a field's value. */
  readonly until: string;
  readonly namespace: string;
}

export function objectEvents(api: JsonApi, { file, until, namespace }: ObjectOptions): EventMaker {
  const read = async (): Promise<z.output<typeof object>> => {
    const { loadYaml } = await import("../observe/kubernetes/client-library.ts");
    try {
      return object.parse(loadYaml(readFileSync(file, "utf8")));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
      throw new ConfigError(`${file} is not one object of Kubernetes: ${why}`, {
        code: "bad-event-object",
        cause,
      });
    }
  };
  const pathOf = async ({ apiVersion, kind, metadata }: z.output<typeof object>) => {
    const served = await api.get(`/apis/${apiVersion}`, resources);
    const resource = served.resources.find(
      (each) => each.kind === kind && !each.name.includes("/"),
    );
    if (resource === undefined)
      throw new ConfigError(`${file}: the cluster serves no ${kind} in ${apiVersion}`, {
        code: "bad-event-object",
      });
    return `/apis/${apiVersion}/namespaces/${metadata.namespace ?? namespace}/${resource.name}`;
  };
  const isThere = async (path: string): Promise<boolean> => {
    try {
      await api.get(path, z.looseObject({}));
      return true;
    } catch (error) {
      if (error instanceof KubernetesFailure && error.status === 404) return false;
      throw error;
    }
  };
  return {
    check: async () => {
      const document = await read();
      const { name } = document.metadata;
      if (!(await isThere(`${await pathOf(document)}/${name}`))) return undefined;
      throw new ConfigError(
        `${file}: ${document.kind} ${name} is in the cluster already, made by somebody else or by a run that was killed: kubectl delete ${document.kind.toLowerCase()} ${name} -n ${document.metadata.namespace ?? namespace}`,
        { code: "bad-event-object" },
      );
    },
    make: async (_event, { signal, step }) => {
      const document = await read();
      const path = await pathOf(document);
      const own = `${path}/${document.metadata.name}`;
      await api.create(path, document);
      try {
        while (!signal.aborted) {
          const state = await api.get(own, z.looseObject({}));
          if (isReached(state, until)) {
            step("ready");
            return undefined;
          }
          await pause(pollMs, signal);
        }
        return `${document.kind} ${document.metadata.name} was removed before ${until}`;
      } finally {
        await api.remove(own);
      }
    },
    close: api.close,
  };
}

export function isReached(state: unknown, until: string): boolean {
  const [, field, wanted] = /^([^=]+)=(.*)$/.exec(until) ?? [];
  if (field === undefined)
    return conditions
      .parse(state)
      .status.conditions.some(({ type, status }) => type === until && status === "True");
  const value = field
    .split(".")
    .reduce<unknown>(
      (at, key) =>
        typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(key) : undefined,
      state,
    );
  return String(value) === wanted;
}
