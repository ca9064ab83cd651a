/**
 * Runs whose runners real k6-operator starts, on a real control plane, as processes of the kubelet for tests: initializer,
 * runners and starter. HEADROOM_K6_OPERATOR names the operator's repository, in which `go build -o bin/manager ./cmd` was
 * called; nothing of it is part of this project.
 */
import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadAllYaml } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Report } from "../../src/domain/report.ts";
import { realK6 } from "../../src/engine/testdata/real-k6.ts";
import { SANDBOX_PASSWORD } from "../../src/domain/sandbox.ts";
import {
  asReport,
  headroom,
  insidePhase,
  killed,
  newWorkplace,
  startHeadroom,
  type Finished,
} from "../headroom.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { startKubelet, type Kubelet } from "./kubelet.ts";
import { startLoadBalancer, type LoadBalancer } from "./load-balancer.ts";
import { onProcesses } from "./objects.ts";
import { eventually, observerToken } from "./observed-run.ts";
import { podNetwork } from "./pod-network.ts";

const repository = process.env["HEADROOM_K6_OPERATOR"];
const manager = path.join(repository ?? "", "bin/manager");
const isThere = repository !== undefined && existsSync(manager);
if (!isThere)
  process.stderr.write(
    `SKIPPED: no k6-operator (HEADROOM_K6_OPERATOR ${repository === undefined ? "is not set" : `has no bin/manager`}), its tests do not run\n`,
  );

const deploy = path.resolve(import.meta.dirname, "../../deploy/kubernetes");
const packageRoot = path.resolve(import.meta.dirname, "../..");
const of = "headroom-runners";

let plane: ControlPlane;
let kubelet: Kubelet;
let loadBalancer: LoadBalancer;
let operator: ChildProcess;
let sandbox: ChildProcess;
let environmentFile = "";

/** `k6` of the runner image, in front of everything else on the PATH of pods. */
async function imageOnPath(): Promise<void> {
  const k6 = await realK6();
  const bin = mkdtempSync(path.join(tmpdir(), "headroom-image-"));
  const file = path.join(bin, "k6");
  const main = path.join(packageRoot, "bin/k6-in-pod.mjs");
  writeFileSync(file, `#!/bin/sh\nHEADROOM_K6='${k6}' exec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(file, 0o755);
  process.env["PATH"] = `${bin}:${process.env["PATH"]}`;
}

async function startOperator(): Promise<ChildProcess> {
  await plane.kubectl([
    ..."apply --server-side -f".split(" "),
    path.join(repository ?? "", "config/crd/bases"),
  ]);
  const served = (): Promise<boolean> =>
    plane.kubectl(["get", "testruns", "--all-namespaces"]).then(
      () => true,
      () => false,
    );
  await eventually(served, Boolean, 30_000);
  return spawn(
    manager,
    [
      "--metrics-bind-address=0",
      "--health-probe-bind-address=0",
      `--kubeconfig=${plane.kubeconfig}`,
    ],
    {
      stdio: [
        "ignore",
        "ignore",
        process.env["HEADROOM_OPERATOR_LOG"] === undefined ? "ignore" : "inherit",
      ],
    },
  );
}

beforeAll(async () => {
  if (!isThere) return;
  const workplace = newWorkplace();
  const envFile = path.join(workplace, "sandbox.json");
  const started = startHeadroom(workplace, [
    ..."sandbox --port 0 --subgraph-port 0 --json --write-env".split(" "),
    envFile,
  ]);
  sandbox = started.child;
  await imageOnPath();
  plane = await startControlPlane();
  kubelet = await startKubelet(plane);
  loadBalancer = await startLoadBalancer(plane);
  for (const file of ["observer-rbac.yaml", "runners.yaml"])
    await plane
      .kubectl(["apply", "-f", path.join(deploy, file)])
      // The observer's namespace of a platform that is not here.
      .catch((error: unknown) => {
        if (!String(error).includes('namespaces "atk" not found')) throw error;
      });
  await eventually(async () => existsSync(envFile), Boolean, 60_000);
  const account = plane.kubeconfigOf({ token: await observerToken(plane) });
  const environment = JSON.parse(readFileSync(envFile, "utf8")) as object;
  const runners = {
    namespace: of,
    kubeconfig: account,
    image: "example.org/headroom:test",
    // The API server connects to no address of loopback.
    reach: podNetwork === undefined ? "pod" : "api-server",
    cpu: "1",
    memory: "1Gi",
    ...onProcesses,
  };
  environmentFile = JSON.stringify({ ...environment, runners });
}, 180_000);
afterAll(async () => {
  await killed(operator);
  await loadBalancer?.stop();
  await kubelet?.stop();
  await plane?.stop();
  await killed(sandbox);
});

const run =
  "run smoke --scenario api --rate 1500/min --warm-up 3s --duration 12s --on kubernetes --json".split(
    " ",
  );
const password = { HEADROOM_PASSWORD: SANDBOX_PASSWORD };

/** A working directory of its own that knows the environment. @param reach how the runners are asked */
function newPlace(reach: unknown = "pod"): string {
  const place = newWorkplace();
  mkdirSync(path.join(place, "environments"));
  const environment = JSON.parse(environmentFile) as { readonly runners: object };
  writeFileSync(
    path.join(place, "environments/local.json"),
    JSON.stringify({ ...environment, runners: { ...environment.runners, reach } }),
  );
  return place;
}

/** A claim in the runners' namespace whose volume is a folder of this machine. @returns the folder */
async function claimed(claim: string): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-shared-"));
  const accessModes = ["ReadWriteMany"];
  const storage = "1Gi";
  await plane.kubectl(["create", "-f", "-"], {
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: claim },
        spec: {
          capacity: { storage },
          accessModes,
          claimRef: { namespace: of, name: claim },
          hostPath: { path: directory },
        },
      },
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: claim, namespace: of },
        spec: {
          accessModes,
          storageClassName: "",
          volumeName: claim,
          resources: { requests: { storage } },
        },
      },
    ],
  });
  return directory;
}

/** @throws Error with what the command said where there is none */
function reportOf({ out, err }: Pick<Finished, "out" | "err">): Report {
  if (out === "") throw new Error(err);
  return asReport(out);
}

async function refusal(reach: object): Promise<Pick<Finished, "err" | "status">> {
  const { err, status } = await headroom(newPlace(reach), [...run, "--runners", "2"], password);
  return { err, status };
}

const ruleShape = z.object({
  kind: z.literal("Role"),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
    }),
  ),
});

describe.skipIf(!isThere).sequential("k6-operator", () => {
  test(
    "a cluster without it is one sentence, and no run is left",
    { timeout: 60_000 },
    async () => {
      const place = newPlace();
      const { err, status } = await headroom(place, [...run, "--runners", "2"], password);
      expect(err).toContain(
        "error: the runners could not be started: the cluster has no TestRun (k6.io/v1alpha1)\nhint: Install k6-operator",
      );
      expect(status).toBe(3);
      expect(readdirSync(path.join(place, ".runs")).filter((name) => /smoke/.test(name))).toEqual(
        [],
      );
    },
  );

  test(
    "two runners are one run with one verdict, and nothing of it is left",
    { timeout: 180_000 },
    async () => {
      operator = await startOperator();
      const { out, err, status } = await headroom(newPlace(), [...run, "--runners", "2"], password);
      const report = reportOf({ out, err });
      expect([status, report.run.state]).toEqual([report.exitStatus, "complete"]);
      expect(report.run.versions.k6).toMatch(/^2\./);
      expect(report.run.runners?.map(({ runner, k6ExitCode }) => [runner, k6ExitCode])).toEqual([
        ["1", 0],
        ["2", 0],
      ]);
      expect(report.verdicts.find(({ checkId }) => checkId === "api.errors")?.outcome).toBe("pass");
      const left = "get testruns,jobs,configmaps,secrets,networkpolicies -o name -n".split(" ");
      expect(await plane.kubectl([...left, of])).not.toMatch(/headroom-2/);
    },
  );

  test(
    "a Headroom that is killed half way: another one attaches, and the run has one verdict",
    { timeout: 120_000 },
    async () => {
      const place = newPlace();
      const first = startHeadroom(place, [...run, "--runners", "2"], password);
      await insidePhase(place, "hold", 3);
      first.child.kill("SIGKILL");
      await first.finished;
      const { out, err, status } = await headroom(place, ["attach", "latest", "--json"]);
      const report = reportOf({ out, err });
      expect([status, report.run.state]).toEqual([report.exitStatus, "complete"]);
      expect(report.verdicts.find(({ checkId }) => checkId === "api.errors")?.outcome).toBe("pass");
      expect(JSON.stringify(report.validity)).not.toMatch(/counts-disagree|damaged|runner-share/);
      const left = "get testruns,jobs,configmaps,secrets,networkpolicies -o name -n".split(" ");
      expect(await plane.kubectl([...left, of])).not.toMatch(/headroom-2/);
    },
  );

  test("rights are those that runners.yaml grants, but for the way through the API server", () => {
    const manifest = loadAllYaml(readFileSync(path.join(deploy, "runners.yaml"), "utf8"));
    const granted = manifest.flatMap((document) => {
      const role = ruleShape.safeParse(document);
      return (role.data?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group} ${resource}`)),
        ),
      );
    });
    const asked = plane.audit().filter(({ objectRef }) => objectRef?.namespace === of);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const used = asked.map(
      ({ verb, objectRef }) => `${verb} ${objectRef?.apiGroup ?? ""} ${objectRef?.resource}`,
    );
    expect([...new Set(used)].toSorted()).toEqual(
      granted.filter((right) => !right.includes("pods/proxy")).toSorted(),
    );
  });

  test(
    "a runner whose pod is removed half way is named, and the rest is judged as partial",
    { timeout: 180_000 },
    async () => {
      const place = newPlace();
      const running = headroom(place, [...run, "--runners", "3"], password);
      const runners = "get pods -l runner=true -o name -n".split(" ");
      await eventually(
        () => plane.kubectl([...runners, of]),
        (text) => text.trim().split("\n").length === 3,
        60_000,
      );
      await insidePhase(place, "hold", 5);
      const names = (await plane.kubectl([...runners, of])).trim().split("\n");
      const second = names.find((name) => /-2-\w+$/.test(name)) ?? "";
      await plane.kubectl(["delete", second, "-n", of, "--grace-period=0", "--force"]);
      const { out, err, status } = await running;
      const report = reportOf({ out, err });
      expect(report.run.interruption?.message).toMatch(
        /^runner 2 of 3 (?:is gone: its pod was removed|was deleted|ended: Error).* after .*; its load is missing from then on$/,
      );
      expect([status, report.outcome]).toEqual([3, "incomplete"]);
      // The seconds that it did not deliver are not held against it.
      expect(JSON.stringify(report.validity)).not.toContain("generator-paused");
    },
  );

  test(
    "two runners asked by files of a shared volume are one run, without the runners' port",
    { timeout: 180_000 },
    async () => {
      const directory = await claimed("shared");
      const before = plane.audit().length;
      const { out, err, status } = await headroom(
        newPlace({ claim: "shared", directory }),
        [...run, "--runners", "2"],
        password,
      );
      const report = reportOf({ out, err });
      expect([status, report.run.state]).toEqual([report.exitStatus, "complete"]);
      expect(report.run.runners?.map(({ runner, k6ExitCode }) => [runner, k6ExitCode])).toEqual([
        ["1", 0],
        ["2", 0],
      ]);
      expect(report.verdicts.find(({ checkId }) => checkId === "api.errors")?.outcome).toBe("pass");
      const asked = plane.audit().slice(before);
      expect(asked.filter(({ objectRef }) => objectRef?.subresource === "proxy")).toEqual([]);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test(
    "a claim that is missing, a directory that is not, and another volume are one sentence each",
    { timeout: 120_000 },
    async () => {
      const directory = mkdtempSync(path.join(tmpdir(), "headroom-not-shared-"));
      expect(await refusal({ claim: "absent", directory })).toMatchObject({
        err: expect.stringMatching(
          /the 2 runners could not be started: \S+ has no node: .*persistentvolumeclaim "absent" not found/,
        ) as string,
        status: 3,
      });
      expect(await refusal({ claim: "shared", directory: "/no/such/volume" })).toMatchObject({
        err: expect.stringContaining(
          "runners.reach.directory: the volume of claim shared cannot be used at /no/such/volume: ENOENT",
        ) as string,
        status: 2,
      });
      expect(await refusal({ claim: "shared", directory })).toMatchObject({
        // Its message is in /dev/termination-log, which processes of this machine do not have.
        err: expect.stringMatching(/headroom-\S+ did not get to the load: it ended/) as string,
        status: 3,
      });
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test("a quota that is too small is one sentence", { timeout: 60_000 }, async () => {
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "small" } };
    await plane.kubectl(["create", "-n", of, "-f", "-"], {
      ...quota,
      spec: { hard: { pods: "1" } },
    });
    const { err, status } = await headroom(newPlace(), [...run, "--runners", "2"], password);
    await plane.kubectl(["delete", "resourcequota", "small", "-n", of]);
    expect(err).toMatch(
      /the 2 runners could not be started: a runner's pod could not be created: .*exceeded quota: small.*; raise the quota, or use fewer or smaller runners/,
    );
    expect(status).toBe(3);
  });
});
