/**
 * Secrets from every source, through the real command and the real k6 against servers that repeat whatever they are sent.
 * Nothing that is written or printed may hold one of them, in any form. (src/secrets/every-source.test.ts is the same
 * without k6.)
 */
import { request, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { SANDBOX_PASSWORD } from "../src/domain/sandbox.ts";
import {
  closeServers,
  everything,
  expectedNames,
  leaksIn,
  openEntries,
  plant,
  planted,
  serve,
  sessions,
  textsBelow,
} from "../src/secrets/testdata/echoing-servers.ts";
import { headroom, newWorkplace, startHeadroom, type Finished } from "./headroom.ts";

afterAll(closeServers);

/** The sandbox's API below a path with a key, for a password of our own; one answer in forty is an error that repeats all. */
function platform(api: string) {
  let count = 0;
  return (asked: IncomingMessage, answer: ServerResponse): void => {
    const parts: Buffer[] = [];
    asked.on("data", (part: Buffer) => parts.push(part));
    asked.on("end", () => {
      const prefix = `/${encodeURIComponent(planted.targetKey)}`;
      const url = asked.url ?? "";
      const isSignIn = url.includes("/auth/");
      if (!url.startsWith(prefix) || (!isSignIn && ++count % 40 === 0)) {
        answer.writeHead(500).end(`${url} ${everything()}`);
        return;
      }
      const text = Buffer.concat(parts).toString();
      const body = isSignIn
        ? text.replace(JSON.stringify(planted.password), JSON.stringify(SANDBOX_PASSWORD))
        : text;
      const { host: _host, ...headers } = asked.headers;
      const sent = request(
        api + url.slice(prefix.length),
        {
          method: asked.method,
          headers: { ...headers, "content-length": Buffer.byteLength(body) },
        },
        (got) => {
          for (const cookie of got.headers["set-cookie"] ?? []) {
            const [, value = ""] = /session_token=([^;]+)/.exec(cookie) ?? [];
            if (value !== "") sessions.add(decodeURIComponent(value));
          }
          answer.writeHead(got.statusCode ?? 502, {
            ...got.headers,
            "x-repeated": Buffer.from(everything()).toString("base64"),
          });
          got.pipe(answer);
        },
      );
      sent.on("error", () => answer.writeHead(502).end());
      sent.end(body);
    });
  };
}

test(
  "secrets of every source are in no file of a run and in no line of output, in no form",
  { timeout: 300_000 },
  async () => {
    const umask = process.umask(0);
    const workplace = newWorkplace();
    const sandbox = startHeadroom(workplace, ["sandbox", "--json"]);
    const urls = await new Promise<{ api: string }>((resolve) => {
      sandbox.child.stdout?.once("data", (line: Buffer) =>
        resolve((JSON.parse(line.toString()) as { urls: { api: string } }).urls),
      );
    });
    const { env, load } = await plant(workplace, await serve(platform(urls.api)));
    const outputs: Finished[] = [await headroom(workplace, [...load, "--json"], env)];
    sandbox.child.kill("SIGTERM");
    await sandbox.finished;
    // The platform is gone: a message is made, and its receivers repeat what they get.
    outputs.push(await headroom(workplace, load, env));
    outputs.push(await headroom(workplace, ["report", "latest", "--format", "markdown"], env));
    process.umask(umask);

    const runs = path.join(workplace, ".runs");
    const texts = textsBelow(runs);
    outputs.forEach(({ out, err }, index) => texts.set(`output ${index}`, `${out}\n${err}`));
    expect(sessions.size).toBeGreaterThan(0);
    const { leaks, table } = leaksIn(texts, { ...planted, session: [...sessions][0] ?? "" });
    process.stdout.write(table);
    expect(leaks).toEqual([]);
    const all = [...texts.values()].join("\n");

    // They were really repeated: what stands in their places names them. (The database's own password is an ellipsis in its messages.)
    const named = expectedNames.filter((name) => name !== "[secret PLANTED_DATABASE_URL]");
    expect(named.filter((name) => !all.includes(name))).toEqual([]);

    expect(openEntries(runs)).toEqual([]);
  },
);
