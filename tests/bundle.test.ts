/** The scenarios' bundle is a script of its own: it runs under plain k6. */
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bundleScenarios } from "../src/engine/bundle.ts";
import { locateK6 } from "../src/engine/locate-k6.ts";
import { newWorkplace, startHeadroom } from "./headroom.ts";

describe("the bundle without Headroom", () => {
  test("runs under plain k6 against a sandbox", { timeout: 120_000 }, async () => {
    const workplace = newWorkplace();
    const { child } = startHeadroom(workplace, [
      "sandbox",
      "--port",
      "4710",
      "--subgraph-port",
      "4711",
    ]);
    try {
      const k6 = await locateK6({
        cacheDirectory: path.join(homedir(), ".cache", "headroom"),
        path: process.env["PATH"] ?? "",
        progress: () => undefined,
      });
      const { file } = await bundleScenarios({
        packageRoot: path.resolve(import.meta.dirname, ".."),
        outDirectory: workplace,
      });
      await expect
        .poll(
          () =>
            fetch("http://127.0.0.1:4710/api/auth/ok")
              .then((answer) => answer.status)
              .catch(() => 0),
          { timeout: 30_000 },
        )
        .toBe(200);
      const { stdout } = await promisify(execFile)(
        k6.path,
        ["run", "--quiet", "--summary-mode=disabled", "--out=csv=-", file],
        {
          env: {
            ...process.env,
            HEADROOM_WEB_URL: "http://127.0.0.1:4710",
            HEADROOM_API_URL: "http://127.0.0.1:4710",
            HEADROOM_SUBGRAPH_URL: "http://127.0.0.1:4711/subgraphs/name/kit",
            K6_NO_USAGE_REPORT: "true",
          },
          maxBuffer: 1e9,
        },
      );
      const responses = stdout.split("\n").filter((line) => line.startsWith("response,"));
      expect(responses.length).toBeGreaterThan(50);
      expect(responses.filter((line) => !line.includes("outcome=ok"))).toEqual([]);
    } finally {
      child.kill("SIGINT");
    }
  });
});
