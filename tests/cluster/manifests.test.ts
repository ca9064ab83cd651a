/** `deploy/kubernetes` as its own comments say to apply it, and the Helm chart's objects, on a real API server. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manifestsCommand } from "../../src/cli/commands/manifests.ts";
import { answerOf } from "../../src/cli/testdata/answer.ts";
import { binaryPath, missingBinaries } from "./binaries.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { list, namespace } from "./objects.ts";
import { eventually } from "./observed-run.ts";

const folder = path.resolve(import.meta.dirname, "../../deploy/kubernetes");
const files = ["nightly.yaml", "observer-rbac.yaml"].flatMap((name) => [
  "-f",
  path.join(folder, name),
]);
const volume = path.join(folder, "volume.yaml");
const apply = ["apply", "--validate=strict", ...files];
const account = "system:serviceaccount:headroom:headroom-observer";
let plane: ControlPlane;
let applied: string;

const specOf = async (kind: string): Promise<unknown> =>
  JSON.parse(
    await plane.kubectl(["get", kind, "-n", "headroom", "-o", "jsonpath={.items[*].spec}"]),
  );

const missing = missingBinaries();
describe.skipIf(missing.some((name) => name !== "helm"))("deploy/kubernetes", () => {
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

  test("the network policy of an environment's hosts takes the place of that of nightly.yaml, and is stable", async () => {
    const policy = await policyOf(plane.kubeconfig);
    const applyPolicy = ["apply", "--validate=strict", "-f", "-"];
    expect(await plane.kubectl(applyPolicy, policy)).toMatch(/ configured\n$/);
    const before = JSON.stringify(await specOf("networkpolicy"));
    expect(before).toContain('"192.0.2.10/32"');
    const service = ["get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}"];
    expect(before).toContain(`"${await plane.kubectl(service)}/32"`);
    expect(await plane.kubectl(applyPolicy, await policyOf(plane.kubeconfig))).toMatch(
      / unchanged\n$/,
    );
    expect(JSON.stringify(await specOf("networkpolicy"))).toBe(before);
  });

  test("a pod of the CronJob is admitted in its restricted namespace, waits without a storage class, and starts on volume.yaml", async () => {
    await startByHand();
    const events = ["get", "events", "-n", "headroom", "-o", "jsonpath={.items[*].message}"];
    await eventually(
      () => plane.kubectl(events),
      (text) => /no storage class is set/.test(text),
      30_000,
    );
    // The claim may wait before the pod is there.
    expect(await eventually(phases, (text) => text !== "", 30_000)).toBe("Pending");
    expect(await plane.kubectl(["apply", "--validate=strict", "-f", volume])).toMatch(
      / created\n$/,
    );
    expect(await eventually(phases, (text) => text === "Running", 30_000)).toBe("Running");
  }, 70_000);

  test("it starts on the default storage class", async () => {
    const standard = "storage.k8s.io/v1";
    await plane.kubectl(["delete", "job", "nightly-by-hand", "-n", "headroom", "--wait"]);
    await plane.kubectl(["delete", "pvc", "headroom-runs", "-n", "headroom", "--wait"]);
    await plane.kubectl(["delete", "-f", volume, "--wait"]);
    await plane.kubectl(
      ["create", "-f", "-"],
      list([
        {
          apiVersion: standard,
          kind: "StorageClass",
          metadata: {
            name: "standard",
            annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
          },
          provisioner: "kubernetes.io/no-provisioner",
        },
        // What a provisioner makes.
        {
          apiVersion: "v1",
          kind: "PersistentVolume",
          metadata: { name: "provisioned" },
          spec: {
            storageClassName: "standard",
            capacity: { storage: "50Gi" },
            accessModes: ["ReadWriteOnce"],
            hostPath: { path: "/runs" },
          },
        },
      ]),
    );
    await plane.kubectl(apply);
    await startByHand();
    expect(await eventually(phases, (text) => text === "Running", 30_000)).toBe("Running");
  }, 90_000);

  test.skipIf(missing.includes("helm")).each(Object.entries(chartValues))(
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

  test.skipIf(missing.includes("helm"))(
    "Helm installs the chart, and its account may observe",
    async () => {
      const words = ["install", "kit", chart, "-n", "headroom", "--kubeconfig", plane.kubeconfig];
      expect(execFileSync(binaryPath("helm"), words, { encoding: "utf8" })).toContain(
        "STATUS: deployed",
      );
      const asked = ["auth", "can-i", "list", "pods", "-n", "atk"];
      const as = "--as=system:serviceaccount:headroom:kit-headroom-observer";
      expect((await plane.kubectl([...asked, as])).trim()).toBe("yes");
    },
  );

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
    'environments.staging.runners={"namespace":"atk","image":"example.org/headroom:0.1.0"}',
  ],
};

const job = ["job", "nightly-by-hand", "-n", "headroom"];
const startByHand = (): Promise<string> =>
  plane.kubectl(["create", ...job, "--from=cronjob/headroom-nightly"]);
const phases = (): Promise<string> =>
  plane.kubectl(["get", "pods", "-n", "headroom", "-o", "jsonpath={.items[*].status.phase}"]);

async function policyOf(kubeconfig: string): Promise<string> {
  const cwd = mkdtempSync(path.join(tmpdir(), "headroom-policy-"));
  const file = path.join(cwd, "staging.json");
  const staging = {
    targets: { web: "https://192.0.2.10", api: "https://192.0.2.10" },
    allowedHosts: ["192.0.2.10"],
    observers: { kubernetes: { namespace: "atk" } },
  };
  writeFileSync(file, JSON.stringify(staging));
  const before = process.env["KUBECONFIG"];
  process.env["KUBECONFIG"] = kubeconfig;
  try {
    const argv = ["network-policy", "--env", "staging", "--env-file", file];
    const { status, out, err } = await answerOf(manifestsCommand, argv, { cwd, env: {} });
    if (status !== 0) throw new Error(err);
    return out;
  } finally {
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
  }
}
