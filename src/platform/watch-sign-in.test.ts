import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import { watchSignIn } from "./watch-sign-in.ts";

let status = 200;
const bodies: string[] = [];
const server = createServer((request, response) => {
  request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()));
  request.on("end", () => {
    if (status === 200) response.setHeader("set-cookie", "better-auth.session_token=abc; Path=/");
    response.writeHead(status, { "content-type": "application/json" });
    response.end("{}");
  });
});
beforeEach(async () => {
  status = 200;
  bodies.length = 0;
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const watch = () => {
  const { port } = server.address() as AddressInfo;
  return watchSignIn({
    target: `http://127.0.0.1:${port}`,
    identities: { emailPattern: "load-{n}@example.test" },
    password: "only-for-the-probe",
    now: () => Date.now(),
    everyMs: 5,
  });
};

async function observed(until: (values: readonly number[]) => boolean, change: () => void) {
  const lines: ObservationLine[] = [];
  const values = () => lines.flatMap((line) => ("value" in line ? [line.value ?? Number.NaN] : []));
  const observer = await watch().start({
    observation: (line) => void lines.push(line),
    gap: () => expect.unreachable("no gap"),
  });
  change();
  const deadline = Date.now() + 5_000;
  while (!until(values()) && Date.now() < deadline) await delay(5);
  await observer.stop();
  return values();
}

test("success and failure are recorded, one sign-in after the other", async () => {
  const values = await observed(
    (seen) => seen.includes(1) && seen.includes(0),
    () => setTimeout(() => (status = 503), 60),
  );
  expect(values[0]).toBe(1);
  expect(values.at(-1)).toBe(0);
  expect(JSON.parse(bodies[0] ?? "")).toEqual({
    email: "load-1@example.test",
    password: "only-for-the-probe",
  });
});

test("a limit on sign-ins is neither success nor failure", async () => {
  const before = bodies.length;
  const values = await observed(
    () => bodies.length > before + 8,
    () => (status = 429),
  );
  expect(values.filter((value) => value === 0)).toEqual([]);
});

const nothing = () => expect.unreachable("nothing is recorded");

test("who is refused before the load is not watched, with the reason", async () => {
  status = 401;
  const sink = { observation: nothing, gap: nothing };
  await expect(watch().start(sink)).rejects.toThrow(
    "sign-in is not watched: load-1@example.test was refused before the load (401)",
  );
});
