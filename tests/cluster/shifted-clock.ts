/** The API server as one whose clock is wrong: a proxy that moves every time stamp of its answers. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import { Transform } from "node:stream";
import { listening } from "../../src/testdata/free-port.ts";

export interface ShiftedServer {
  readonly url: string;
  stop(): void;
}

/** @param server of the cluster @param ca file of the certificate that signed the server's */
export async function shiftedServer(
  server: string,
  ca: string,
  shiftMs: number,
): Promise<ShiftedServer> {
  const moved = (date: number): Date => new Date(date + shiftMs);
  const stamps = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=(?:\.\d+)?Z)/g;
  const movedText = (text: string): string =>
    text.replaceAll(stamps, (stamp) =>
      moved(Date.parse(`${stamp}Z`))
        .toISOString()
        .slice(0, 19),
    );
  const proxy = createServer((asked, response) => {
    const forwarded = request(
      new URL(asked.url ?? "/", server),
      { ca: readFileSync(ca), headers: { authorization: asked.headers.authorization } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, {
          "content-type": answer.headers["content-type"],
          date: moved(Date.parse(answer.headers.date ?? "")).toUTCString(),
        });
        response.flushHeaders();
        answer.pipe(byLine(movedText)).pipe(response);
      },
    );
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    forwarded.end();
  });
  const port = await listening(proxy);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

/** A line may come in pieces. */
function byLine(change: (line: string) => string): Transform {
  let rest = "";
  return new Transform({
    transform(chunk, _, done) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      done(null, lines.map((line) => `${change(line)}\n`).join(""));
    },
    flush(done) {
      done(null, change(rest));
    },
  });
}
