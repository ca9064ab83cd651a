/** Targets that refuse, limit, answer otherwise or are not there: real command, real k6. They wait more than they work. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, test } from "vitest";
import { headroom, newWorkplace, onlyRun, runFile } from "./headroom.ts";

const shortApiRun = "run smoke --scenario api --rate 600/min --warm-up 1s --duration 3s".split(" ");
const against = (url: string): string[] =>
  shortApiRun.concat("--target", `api=${url}`, "--target", `subgraph=${url}/subgraphs/name/kit`);

describe.concurrent("a target that does not play along ends with 3 and the first failing request", () => {
  const password = "planted-Secret-1234";

  test.for<[string, { readonly status: number; readonly body: string } | undefined, RegExp]>([
    ["down", undefined, /auth\.sign-in.*refused/s],
    [
      "with another password",
      { status: 401, body: '{"code":"INVALID_EMAIL_OR_PASSWORD"}' },
      /auth\.sign-in.*401/s,
    ],
    [
      "that limits sign-ins",
      { status: 429, body: '{"message":"Too many requests."}' },
      /auth\.sign-in.*429/s,
    ],
    [
      "of another shape",
      { status: 200, body: '{"hello":"world"}' },
      /auth\.sign-in.*(shape|cookie)/s,
    ],
  ])("%s", { timeout: 60_000 }, async ([, answer, message], { expect }) => {
    const server = createServer((_request, response) => {
      response
        .writeHead(answer?.status ?? 500, { "content-type": "application/json" })
        .end(answer?.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    if (answer === undefined) await new Promise((resolve) => server.close(resolve));
    const workplace = newWorkplace();
    const { status, err } = await headroom(workplace, against(`http://127.0.0.1:${port}`), {
      HEADROOM_PASSWORD: password,
    });
    server.close();
    expect(err).toMatch(message);
    expect(status).toBe(3);
    for (const file of readdirSync(onlyRun(workplace))) {
      expect(runFile(workplace, file), `${file} must not hold the password`).not.toContain(
        password,
      );
    }
  });

  test("without a password", { timeout: 60_000 }, async ({ expect }) => {
    const { status, err } = await headroom(newWorkplace(), against("http://127.0.0.1:9"));
    expect(err).toMatch(/HEADROOM_PASSWORD is not set/);
    expect(status).toBe(2);
  });

  test("that speaks no TLS", { timeout: 60_000 }, async ({ expect }) => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { status, err } = await headroom(newWorkplace(), against(`https://127.0.0.1:${port}`), {
      HEADROOM_PASSWORD: password,
    });
    server.close();
    expect(err).toMatch(/auth\.sign-in.*tls/s);
    expect(status).toBe(3);
  });

  test("whose name does not resolve", { timeout: 60_000 }, async ({ expect }) => {
    const workplace = newWorkplace();
    mkdirSync(path.join(workplace, "environments"));
    const facts = {
      allowedHosts: ["api.headroom.invalid"],
      targets: { api: "http://api.headroom.invalid:1" },
    };
    writeFileSync(path.join(workplace, "environments", "local.json"), JSON.stringify(facts));
    const { status, err } = await headroom(workplace, ["run", "smoke", "--scenario", "api"]);
    expect(err).toMatch(/the name api\.headroom\.invalid does not resolve/);
    expect(status).toBe(3);
  });
});
