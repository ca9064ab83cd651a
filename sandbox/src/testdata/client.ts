/** A client as small as a load generator's: no browser headers, one cookie jar by hand. */
import { parsedJson } from "../../../src/domain/json.ts";
import { defined } from "../../../src/domain/defined.ts";
import { request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly json: unknown;
  readonly ms: number;
}

export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `node:http` rather than fetch, which sends what only browsers send and is treated as one. */
export function call(url: string, options: CallOptions = {}): Promise<Answer> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: options.method ?? (body === undefined ? "GET" : "POST"),
        headers: {
          ...defined({ "content-type": body === undefined ? undefined : "application/json" }),
          ...options.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: parsedJson(text),
            ms: performance.now() - startedAt,
          });
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

export async function signIn(base: string, email: string, password: string): Promise<string> {
  const answer = await call(`${base}/api/auth/sign-in/email`, { body: { email, password } });
  if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
  const cookies = [answer.headers["set-cookie"] ?? []].flat();
  return cookies.map((cookie) => cookie.split(";")[0]).join("; ");
}
