/** Runners that are asked through the API server, as a Headroom outside of the cluster does: the operator's run, in a network of its own. */
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { canMakeNetwork, inPodNetwork, podNetwork } from "./pod-network.ts";

const canRun = podNetwork === undefined && canMakeNetwork();
if (podNetwork === undefined && !canRun)
  process.stderr.write(
    "SKIPPED: no network namespace with a route of its own (root, unshare, ip): runners are not asked through the API server\n",
  );
const hasOperator = process.env["HEADROOM_K6_OPERATOR"] !== undefined;

test.skipIf(!canRun || !hasOperator)(
  "two runners that are asked through the API server are one run",
  { timeout: 150_000 },
  () => {
    const vitest = path.resolve("node_modules/vitest/vitest.mjs");
    const { status, stdout, stderr } = inPodNetwork(
      `exec '${process.execPath}' '${vitest}' run --project cluster tests/cluster/operator.test.ts -t 'two runners are one run'`,
    );
    expect(stripVTControlCharacters(`${stdout}${stderr}`)).toMatch(/Tests +1 passed/);
    expect(status).toBe(0);
  },
);
