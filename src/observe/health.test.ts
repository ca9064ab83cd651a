import { defined } from "../domain/defined.ts";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkHealth } from "./health.ts";

let server: Server;
let base = "";

const pages: Readonly<
  Record<string, { status?: number; type?: string; body: string; cookie?: string }>
> = {
  "/": { type: "text/html", body: "<html>hello</html>" },
  "/half": { type: "text/html", body: "<html>hel" },
  "/api/auth/ok": { body: '{"ok":true}' },
  "/api/auth/sign-in/email": { body: "{}", cookie: "session=1" },
  "/graph": {
    body: '{"data":{"_meta":{"deployment":"QmKit","hasIndexingErrors":false,"block":{"number":7}}}}',
  },
  "/behind": { body: '{"data":{"_meta":{"hasIndexingErrors":true,"block":{"number":7}}}}' },
  "/broken": { body: '{"errors":[{"message":"no"}]}' },
  "/unhealthy/api/auth/ok": { status: 503, body: "" },
  "/odd/api/auth/ok": { body: "<html></html>" },
  "/odd/api/auth/sign-in/email": { body: "{}" },
};

const answer: RequestListener = ({ url = "", method, headers: { origin } }, response) => {
  if (url === "/slow") return;
  // As the platform does: a POST without its own origin is refused.
  const page = method === "POST" && origin !== base ? { status: 403, body: "" } : pages[url];
  response.writeHead(page?.status ?? (page === undefined ? 404 : 200), {
    "content-type": page?.type ?? "application/json",
    server: "kit 2.0.1",
    ...defined({ "set-cookie": page?.cookie }),
  });
  response.end(page?.body ?? "");
};

beforeAll(async () => {
  server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const identity = { email: "load-1@example.test", password: "secret" };

describe("the health of services", () => {
  test("each surface and signing in, with the versions they report", async () => {
    const targets = { web: `${base}/`, api: base, subgraph: `${base}/graph` };
    const services = await checkHealth({ targets, identity });
    expect(
      services.map(({ service, isHealthy, version }) => [service, isHealthy, version]),
    ).toEqual([
      ["web", true, "kit 2.0.1"],
      ["api", true, "kit 2.0.1"],
      ["subgraph", true, "QmKit"],
      ["sign-in", true, "kit 2.0.1"],
    ]);
    expect(JSON.stringify(services)).not.toContain("secret");
  });

  test("only what is there is asked", async () => {
    expect(await checkHealth({ targets: {}, identity })).toEqual([]);
    const [only, ...others] = await checkHealth({ targets: { api: base } });
    expect([only?.service, others]).toEqual(["api", []]);
  });

  test.each([
    ["web", "/half", "status 200: expected a whole HTML page"],
    ["api", "/unhealthy", "status 503: expected 200"],
    ["api", "/odd", 'status 200: expected {"ok": true}'],
    ["subgraph", "/behind", "status 200: it reports indexing errors"],
    ["subgraph", "/broken", "status 200: expected an answer without errors"],
    ["subgraph", "/nowhere", "status 404: expected 200"],
    ["web", "/slow", "no answer within 0.2 s"],
  ])("%s at %s: %s", async (surface, path, detail) => {
    const targets = { [surface]: `${base}${path}` };
    const [service] = await checkHealth({ targets, timeoutMs: 200 });
    expect(service).toMatchObject({ service: surface, isHealthy: false, detail });
  });

  test("a sign-in without a session, and nobody there", async () => {
    const services = await checkHealth({ targets: { api: `${base}/odd` }, identity });
    expect(services[1]).toMatchObject({ detail: "status 200: expected a session cookie" });
    const [nobody] = await checkHealth({ targets: { web: "http://127.0.0.1:1" } });
    expect(nobody?.detail).toMatch(/^no answer: /);
  });
});
