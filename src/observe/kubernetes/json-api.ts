/** Objects of a cluster, read, made, changed and removed. */
import * as z from "zod";
import { EngineError } from "../../domain/errors.ts";
import { answerLimitMs, asFailure, refused } from "./kubernetes-failure.ts";
import { listOf } from "./objects.ts";
import { readAll, statusOf, type RequestOptions, type Transport } from "./transport.ts";

export interface JsonApi {
  /** Host and port, for sentences. */
  readonly server: string;
  /** @returns the object as the server has it @throws KubernetesFailure, with status 409 where it is there already */
  readonly create: (path: string, object: object) => Promise<unknown>;
  /** @throws KubernetesFailure */
  readonly get: <Item>(path: string, shape: z.ZodType<Item>) => Promise<Item>;
  /** @throws KubernetesFailure */
  readonly list: <Item>(path: string, shape: z.ZodType<Item>) => Promise<readonly Item[]>;
  /** A JSON patch (a list of operations), or a merge patch. @throws KubernetesFailure */
  readonly patch: (path: string, change: object) => Promise<unknown>;
  /** What depends on it goes with it; one that is gone is no error. @throws KubernetesFailure */
  readonly remove: (path: string) => Promise<void>;
  readonly close: () => void;
}

/** @param roles the manifest that grants what is asked for */
export function jsonApi(
  { host, open, close }: Transport,
  roles: string,
  limitMs = answerLimitMs,
): JsonApi {
  const answered = async (
    path: string,
    options: Omit<RequestOptions, "signal">,
    isFine = (status: number): boolean => status < 300,
  ): Promise<unknown> => {
    const signal = AbortSignal.timeout(limitMs);
    const { status, text } = await (async () => {
      try {
        const response = await open(path, { ...options, signal });
        return { status: statusOf(response), text: await readAll(response) };
      } catch (error) {
        throw asFailure(error, path, host, signal.aborted);
      }
    })();
    if (!isFine(status)) throw refused(path, status, text, host, roles);
    return JSON.parse(text) as unknown;
  };
  return {
    server: host,
    create: (path, object) =>
      // Strict: a field that an older definition does not have must not be dropped in silence.
      answered(`${path}?fieldValidation=Strict`, { method: "POST", ...json(object) }),
    get: async (path, shape) => parsed(path, shape, await answered(path, {})),
    list: async (path, shape) => parsed(path, listOf(shape), await answered(path, {})).items,
    patch: (path, change) =>
      answered(path, {
        method: "PATCH",
        ...json(change, `application/${Array.isArray(change) ? "json-patch" : "merge-patch"}+json`),
      }),
    remove: async (path) => {
      await answered(
        path,
        { method: "DELETE", ...json({ propagationPolicy: "Background" }) },
        (status) => status < 300 || status === 404,
      );
    },
    close,
  };
}

/** With its length: Node sends none with DELETE, and the server takes the body for the connection's next request. */
export function json(object: object, type = "application/json") {
  const body = JSON.stringify(object);
  return {
    headers: { "content-type": type, "content-length": String(Buffer.byteLength(body)) },
    body,
  };
}

function parsed<Item>(path: string, shape: z.ZodType<Item>, document: unknown): Item {
  const read = shape.safeParse(document);
  if (read.success) return read.data;
  throw new EngineError(`${path} answered in another shape: ${z.prettifyError(read.error)}`, {
    code: "unexpected-object",
  });
}
