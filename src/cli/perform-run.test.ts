import path from "node:path";
import { expect, test } from "vitest";
import { parseArguments } from "./command.ts";
import { runCommand } from "./commands/run.ts";
import { performRun, statusOf } from "./perform-run.ts";
import { testIo } from "./testdata/io.ts";
import { smokeRequest } from "../testdata/smoke-request.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");

test("a stop by hand before the last repetition is no pass", async () => {
  const stopper = new AbortController();
  stopper.abort();
  const { io, out } = testIo({ packageRoot, cwd: packageRoot, interrupted: stopper.signal });
  const { options } = parseArguments(runCommand, ["smoke", "--json"]);
  expect(await performRun(smokeRequest, options, io, 3)).toBe(130);
  expect(out()).toBe("");
});

test("without a run nothing passed", () => {
  expect(statusOf([])).toBe(3);
});
