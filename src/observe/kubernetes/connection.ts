/** Reading from a Kubernetes API. Nothing but GET is ever sent. */
import type { ObserverSettings } from "../../domain/environment.ts";
import {
  answerLimitMs,
  asFailure,
  KubernetesFailure,
  refused,
  shownPath,
} from "./kubernetes-failure.ts";
import { openTransport, readAll, statusOf } from "./transport.ts";

export type KubernetesSettings = NonNullable<ObserverSettings["kubernetes"]>;

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

/** A watch is asked to end by then (seconds of the server); one that stays silent longer is given up. */
const watchSeconds = 240;

/** @throws KubernetesFailure where there is no usable kubeconfig */
export async function connect(settings: KubernetesSettings): Promise<Connection> {
  const { host, open, close } = await openTransport(settings);
  const get = async (path: string): Promise<Answer> => {
    const sentAt = Date.now();
    const timeout = AbortSignal.timeout(answerLimitMs);
    try {
      const response = await open(path, { signal: timeout });
      const text = await readAll(response);
      const receivedAt = Date.now();
      if (statusOf(response) !== 200) throw refused(path, statusOf(response), text, host);
      const date = Date.parse(response.headers.date ?? "");
      return {
        document: parsed(path, text),
        sentAt,
        receivedAt,
        serverDate: Number.isNaN(date) ? undefined : date,
      };
    } catch (error) {
      throw asFailure(error, path, host, timeout.aborted);
    }
  };

  const watch: Connection["watch"] = async (path, onLine, signal) => {
    const silence = new AbortController();
    const deadline = setTimeout(() => silence.abort(), (watchSeconds + 60) * 1000);
    deadline.unref();
    const beginning = setTimeout(() => silence.abort(), answerLimitMs);
    beginning.unref();
    try {
      const separator = path.includes("?") ? "&" : "?";
      const query = `${separator}watch=true&allowWatchBookmarks=true&timeoutSeconds=${watchSeconds}`;
      const response = await open(path + query, {
        signal: AbortSignal.any([signal, silence.signal]),
      });
      clearTimeout(beginning);
      if (statusOf(response) !== 200)
        throw refused(path, statusOf(response), await readAll(response), host);
      let rest = "";
      for await (const chunk of response.setEncoding("utf8")) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.trim() !== "") onLine(line);
      }
    } catch (error) {
      if (signal.aborted) return;
      throw asFailure(error, path, host, silence.signal.aborted);
    } finally {
      clearTimeout(deadline);
      clearTimeout(beginning);
    }
  };

  return { server: host, get, watch, close };
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubernetesFailure(
      `${shownPath(path)} answered ${text.length} characters that are no whole JSON document`,
      "resource",
      200,
    );
  }
}
