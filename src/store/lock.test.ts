import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { Outbox } from "../notify/outbox.ts";
import { readBaseline } from "./baselines.ts";
import { decisionsOf } from "./decisions.ts";
import { whileLocked } from "./lock.ts";
import { bundleProgram } from "../testdata/bundle.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");
/** Inside the package: what is not bundled is found from there. */
const program = path.join(packageRoot, "dist", "test", "write-decisions.js");
const each = 200;
const stream = { profile: "nightly", environment: "staging" };
const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-lock-"));

beforeAll(async () => {
  await bundleProgram(
    fileURLToPath(new URL("testdata/write-decisions.ts", import.meta.url)),
    program,
  );
});

async function inTwoProcesses(kind: string, root: string): Promise<void> {
  const ends = ["a", "b"].map(
    (name) =>
      new Promise<number | null>((resolve) => {
        spawn(process.execPath, [program, kind, root, name, String(each)], {
          stdio: ["ignore", "ignore", "inherit"],
        }).once("exit", resolve);
      }),
  );
  expect(await Promise.all(ends)).toEqual([0, 0]);
}

describe("two processes that write at the same time lose nothing", () => {
  test("200 accepted changes each", { timeout: 60_000 }, async () => {
    const root = newRoot();
    await inTwoProcesses("decisions", root);
    expect(decisionsOf(root, stream).accepted).toHaveLength(2 * each);
    expect(existsSync(path.join(root, "decisions.json.lock"))).toBe(false);
  });

  test("200 promotions of one baseline each", { timeout: 60_000 }, async () => {
    const root = newRoot();
    await inTwoProcesses("baselines", root);
    const { current, earlier } = readBaseline(root, "release");
    const reasons = new Set([current, ...earlier].map(({ reason }) => reason));
    expect(reasons.size).toBe(2 * each);
  });

  test("200 notifications each, of which half are the same", { timeout: 60_000 }, async () => {
    const root = newRoot();
    await inTwoProcesses("outbox", root);
    const outbox = new Outbox(root);
    expect(outbox.messages()).toHaveLength(1.5 * each);
    expect(outbox.problems()).toEqual([]);
  });
});

describe("a lock that its process left behind", () => {
  const file = path.join(newRoot(), "file");
  const lock = `${file}.lock`;
  const holder = { token: "t", pid: 2 ** 22 + 1, host: hostname() };

  test.each<[string, object, Date]>([
    ["of a process that is gone", holder, new Date()],
    ["of another machine, not touched for ten minutes", { ...holder, host: "x" }, new Date(0)],
  ])("%s is taken over", (_reason, content, touched) => {
    writeFileSync(lock, JSON.stringify(content));
    utimesSync(lock, touched, touched);
    expect(whileLocked(file, () => readFileSync(lock, "utf8"))).toContain(String(process.pid));
    expect(existsSync(lock)).toBe(false);
  });

  test("work that fails gives its lock back", () => {
    expect(() => whileLocked(file, () => JSON.parse("no") as unknown)).toThrow(SyntaxError);
    expect(existsSync(lock)).toBe(false);
  });
});
