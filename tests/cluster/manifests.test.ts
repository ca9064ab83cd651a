/** `deploy/kubernetes` as its own comments say to apply it, and the Helm chart's objects, on a real API server. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binaryPath, missingBinaries } from "./binaries.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { namespace } from "./objects.ts";
import { eventually } from "./observed-run.ts";

const folder = path.resolve(import.meta.dirname, "../../deploy/kubernetes");
const files = readdirSync(folder).flatMap((name) => ["-f", path.join(folder, name)]);
const apply = ["apply", "--validate=strict", ...files];
const account = "system:serviceaccount:headroom:headroom-observer";
let plane: ControlPlane;
let applied: string;

const specOf = async (kind: string): Promise<unknown> =>
  JSON.parse(
    await plane.kubectl(["get", kind, "-n", "headroom", "-o", "jsonpath={.items[*].spec}"]),
  );

describe.skipIf(missingBinaries().length > 0)("deploy/kubernetes", () => {
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.kubectl(["create", "-f", "-"], namespace("atk"));
    applied = await plane.kubectl(apply);
  });
  afterAll(() => plane?.stop());

  test("every object is accepted in strict mode, without a warning", () => {
    expect(applied).not.toMatch(/warning/i);
    const lines = applied.trim().split("\n");
    expect(lines.length).toBeGreaterThan(12);
    for (const line of lines) expect(line).toMatch(/ (?:created|unchanged)$/);
  });

  test("applied again, nothing changes: the network policy keeps both protocols of port 53", async () => {
    const before = await specOf("networkpolicy");
    const again = await plane.kubectl(apply);
    for (const line of again.trim().split("\n")) expect(line).toMatch(/ unchanged$/);
    expect(await specOf("networkpolicy")).toEqual(before);
    expect(JSON.stringify(before)).toMatch(/"UDP".*"TCP"|"TCP".*"UDP"/);
  });

  test("a pod of the CronJob is admitted in its restricted namespace, and starts on a volume that an administrator made", async () => {
    await plane.kubectl(["create", "-f", "-"], volume);
    const job = ["job", "nightly-by-hand", "-n", "headroom"];
    await plane.kubectl(["create", ...job, "--from=cronjob/headroom-nightly"]);
    const phase = ["get", "pods", "-n", "headroom", "-o", "jsonpath={.items[*].status.phase}"];
    const running = await eventually(
      () => plane.kubectl(phase),
      (text) => text === "Running",
      30_000,
    );
    expect(running).toBe("Running");
  }, 40_000);

  test.each(Object.entries(chartValues))(
    "the chart's objects are accepted in strict mode, without a warning: %s",
    async (_, values) => {
      const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-chart-")), "objects.yaml");
      const words = ["template", "kit", chart, "-n", "headroom", "--kube-version", "1.37"];
      const sets = values.flatMap((each) => ["--set-json", each]);
      writeFileSync(file, execFileSync(binaryPath("helm"), [...words, ...sets]));
      const dryRun = [
        "apply",
        "--server-side",
        "--dry-run=server",
        "--validate=strict",
        "-f",
        file,
      ];
      const accepted = await plane.kubectl(dryRun);
      expect(accepted).not.toMatch(/warning/i);
      const lines = accepted.trim().split("\n");
      expect(lines.length).toBeGreaterThan(9);
      for (const line of lines) expect(line).toMatch(/ serverside-applied \(server dry run\)$/);
    },
  );

  test("Helm installs the chart, and its account may observe", async () => {
    const words = ["install", "kit", chart, "-n", "headroom", "--kubeconfig", plane.kubeconfig];
    expect(execFileSync(binaryPath("helm"), words, { encoding: "utf8" })).toContain(
      "STATUS: deployed",
    );
    const asked = ["auth", "can-i", "list", "pods", "-n", "atk"];
    const as = "--as=system:serviceaccount:headroom:kit-headroom-observer";
    expect((await plane.kubectl([...asked, as])).trim()).toBe("yes");
  });

  test.each([
    ["list pods -n atk", "yes"],
    ["watch events -n atk", "yes"],
    ["list horizontalpodautoscalers.autoscaling -n atk", "yes"],
    ["list nodes", "yes"],
    ["list secrets -n atk", "no"],
    ["delete pods -n atk", "no"],
    ["list pods -n kube-system", "no"],
  ])("may the observer %s? %s", async (asked, answer) => {
    const said = await plane
      .kubectl(["auth", "can-i", ...asked.split(" "), `--as=${account}`])
      // It ends with status 1 for "no".
      .catch((error: unknown) => (error as { stdout: string }).stdout);
    expect(said.split("\n")[0]).toBe(answer);
  });
});

const chart = path.join(folder, "../helm/headroom");
const chartValues = {
  "default values": [],
  "with all that is off by default": [
    'gate={"enabled":true,"baseline":{"api":"http://a:3000"},"candidate":{"api":"http://b:3000"}}',
    'serviceAccount={"create":false,"name":"headroom-observer"}',
    'tolerations=[{"key":"load","operator":"Exists","effect":"NoSchedule"}]',
    'nodeSelector={"pool":"load"}',
    'imagePullSecrets=["registry"]',
    'networkPolicy={"ports":[3000],"cidrs":["10.0.0.0/8"]}',
    'storage={"className":"fast","size":"1Ti"}',
    'nightly={"suspend":true,"args":["--repeat","5"]}',
  ],
};

/** Without a storage class of its own the claim waits for one. */
const volume = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "runs" },
  spec: {
    capacity: { storage: "50Gi" },
    accessModes: ["ReadWriteOnce"],
    hostPath: { path: "/runs" },
  },
};
