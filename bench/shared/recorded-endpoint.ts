/**
 * A platform as it was once: the first answer of a target to each request is kept and given again, so that the cost of the
 * target is not in what is measured. It serves in this process.
 */
import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface RecordedRequest {
  /** Path with query. */
  readonly path: string;
  readonly body: string;
  readonly cookie: string;
}

interface Recorded {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

export interface RecordedEndpoint {
  readonly url: string;
  /** In the order in which they came, so far. */
  readonly requests: readonly RecordedRequest[];
  readonly stop: () => void;
}

/** @param target where an answer that was not given before comes from */
export async function startRecordedEndpoint(target: string): Promise<RecordedEndpoint> {
  const answers = new Map<string, Promise<Recorded>>();
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => {
      const body = Buffer.concat(chunks);
      const { url: path = "", headers } = incoming;
      const asked = { path, body: body.toString(), cookie: headers.cookie ?? "" };
      requests.push(asked);
      const key = JSON.stringify(asked);
      const answer = answers.get(key) ?? ask(target + path, incoming, body);
      answers.set(key, answer);
      answer.then(
        (recorded) =>
          outgoing.writeHead(recorded.status, { ...recorded.headers }).end(recorded.body),
        () => outgoing.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function ask(
  url: string,
  { method, headers }: IncomingMessage,
  body: Buffer,
): Promise<Recorded> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    request(url, { method, headers: { ...headers, host: new URL(url).host } }, resolve)
      .once("error", reject)
      .end(body),
  );
  const { "content-type": type = "", "set-cookie": cookies = [] } = answer.headers;
  const bytes = await buffer(answer);
  return {
    status: answer.statusCode ?? 0,
    headers: {
      "content-type": type,
      "content-length": String(bytes.length),
      "set-cookie": cookies,
    },
    body: bytes,
  };
}
