import { answerLimitMs, headers as runnerHeaders, runnerPort } from "./runner-protocol.ts";
import type { AskRunner } from "./runner-client.ts";

/** Requests to a runner at its pod's own address. @param ip IPv4 or IPv6 */
export const askDirectly =
  (ip: string, token: string): AskRunner =>
  async (method, path, body) => {
    const host = ip.includes(":") ? `[${ip}]` : ip;
    const response = await fetch(`http://${host}:${runnerPort}${path}`, {
      method,
      signal: AbortSignal.timeout(answerLimitMs),
      headers: { "content-type": "application/json", [runnerHeaders.token]: token },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
