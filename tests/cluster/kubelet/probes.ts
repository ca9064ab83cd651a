/** Probes and hooks of containers, as a kubelet runs them. */
import { once } from "node:events";
import { get } from "node:http";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { V1LifecycleHandler, V1Probe } from "@kubernetes/client-node";

/** Where a handler finds its container. */
export interface ProbedContainer {
  readonly address: string;
  /** @param port number, or name of one of its ports */
  portOf(port: number | string): number;
  /** @returns exit code of a command in the container */
  execute(command: readonly string[], signal: AbortSignal): Promise<number>;
}

/** Calls back with each result that its thresholds make one, until the signal aborts. */
export async function runProbe(
  probe: V1Probe,
  container: ProbedContainer,
  onResult: (isSuccess: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1 } = probe;
  const { successThreshold = 1, failureThreshold = 3 } = probe;
  let next = Date.now() + initialDelaySeconds * 1000;
  let last: boolean | undefined;
  let inARow = 0;
  while (await reached(next, signal)) {
    next = Date.now() + periodSeconds * 1000;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    const isSuccess = await succeeds(probe, container, limit);
    if (signal.aborted) return;
    inARow = isSuccess === last ? inARow + 1 : 1;
    last = isSuccess;
    if (inARow >= (isSuccess ? successThreshold : failureThreshold)) onResult(isSuccess);
  }
}

/** @returns whether it was, before the signal aborted */
const reached = (instant: number, signal: AbortSignal): Promise<boolean> =>
  wait(Math.max(0, instant - Date.now()), true, { signal }).catch(() => false);

/** @returns whether a probe's or a hook's handler succeeded before the signal aborted */
export async function succeeds(
  { exec, httpGet, tcpSocket, ...rest }: V1Probe | V1LifecycleHandler,
  container: ProbedContainer,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (exec !== undefined) return (await container.execute(exec.command ?? [], signal)) === 0;
    if (httpGet !== undefined) {
      const { host = container.address, port, path = "/", httpHeaders = [] } = httpGet;
      const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
      const url = new URL(path, `http://${host}:${container.portOf(port)}`);
      const status = await statusOf(url, headers, signal);
      return status >= 200 && status < 400;
    }
    if (tcpSocket !== undefined) {
      const { host = container.address, port } = tcpSocket;
      const socket = connect(container.portOf(port), host);
      await once(socket, "connect", { signal }).finally(() => socket.destroy());
    }
    if ("sleep" in rest && rest.sleep !== undefined)
      await wait(rest.sleep.seconds * 1000, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** On a connection of its own. */
const statusOf = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = get(url, { headers, signal, agent: false }, (response) => {
      response.on("error", reject).resume();
      resolve(response.statusCode ?? 0);
    });
    request.once("error", reject);
  });
