/**
 * Replays of a real autoscaler: one Kubernetes control plane, an observed autoscaler of each kind side by side, healthy
 * ones and ones with a planted fault. `headroom simulate hpa --from-run` decides each run again; its decisions are compared
 * with the observed status and with the controller's own log, the checks A1–A13 with what was planted.
 *
 *   node bench/run.mjs cluster-replay [--minutes 14] [--seed 1] [--only NAME,NAME] [--folder DIR]
 *   node bench/run.mjs cluster-replay judge --folder DIR
 *
 * Needs the control plane's binaries (npm run test:cluster builds them) and `npm run build`. DIR keeps the runs, the
 * controller's log and, of the first run, the report beside `kubectl get -w`'s own record; `judge` compares them again.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { parseNumber, parseWholeNumber } from "../src/domain/quantity.ts";
import type { Parsed } from "../src/domain/parsed.ts";
import { storeRun } from "../src/store/testdata/store-run.ts";
import { binariesFolder, binaryPath, missingBinaries } from "../tests/cluster/binaries.ts";
import { startControlPlane, type ControlPlane } from "../tests/cluster/control-plane.ts";
import { autoscaler, list, workload } from "../tests/cluster/objects.ts";
import { eventually, observedRun, type ObservedRun } from "../tests/cluster/observed-run.ts";
import { controllerLog, judgeRuns, kubectlRecord, resultText } from "./cluster-replay-judge.ts";
import { clusterRuns, disturbance, loadAt, type ClusterRun } from "./shared/cluster-runs.ts";
import { writeResult } from "./shared/results.ts";

const { positionals, values: given } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "14" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    folder: { type: "string" },
  },
});
const minutes = valueOf("minutes", parseNumber(given.minutes, { min: 3, max: 120 }));
const seed = valueOf("seed", parseWholeNumber(given.seed, { min: 0 }));
const all = clusterRuns(seed);
const names = all.map(({ name }) => name);
const chosen = given.only?.split(",") ?? names;
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined)
  throw new RangeError(`--only: there is no run "${unknown}": ${names.join(", ")}`);
const runs = all.filter(({ name }) => chosen.includes(name));

const [task = "record", ...more] = positionals;
if (!["record", "judge"].includes(task) || more.length > 0)
  throw new RangeError(`"${positionals.join(" ")}" is nothing to do: give judge, or nothing`);
if (task === "judge" && given.folder === undefined)
  throw new RangeError("judge needs --folder DIR: that of a recording");

const missing = missingBinaries().filter((name) => name !== "helm");
if (task === "record" && missing.length > 0) {
  process.stderr.write(
    `no control plane: ${binariesFolder} has no ${missing.join(", ")}; npm run test:cluster builds it\n`,
  );
  process.exit(2);
}

function valueOf<Value>(name: string, parsed: Parsed<Value>): Value {
  if (!parsed.ok) throw new RangeError(`--${name}: ${parsed.problem}`);
  return parsed.value;
}

const durationMs = minutes * 60_000;
/** What a pod uses at its target. */
const atTarget = { cpuMilli: 35, memoryMi: 51.2, rate: 1000, queue: 100, p95Ms: 200 } as const;
const deniedLabel = "headroom.test/scaling";

/** The controller may not write sizes in namespaces with the label. */
const denial: readonly unknown[] = [
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "deny-scaling" },
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ["apps"],
            apiVersions: ["v1"],
            operations: ["UPDATE"],
            resources: ["deployments/scale"],
          },
        ],
      },
      validations: [
        {
          expression: '!request.userInfo.username.endsWith(":horizontal-pod-autoscaler")',
          message: "the autoscaler may not scale here",
        },
      ],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: "deny-scaling" },
    spec: {
      policyName: "deny-scaling",
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: { matchLabels: { [deniedLabel]: "denied" } } },
    },
  },
];

function objectsOf({ name, fields, fault }: ClusterRun): readonly unknown[] {
  const api = { namespace: name, name: "api", ...fields };
  const { isScalingDenied = false, quota } = fault ?? {};
  const labels = { [deniedLabel]: isScalingDenied ? "denied" : "allowed" };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
    workload(api),
    autoscaler(api),
    ...(fault?.hasSecondAutoscaler === true ? [autoscaler({ ...api, autoscaler: "second" })] : []),
    ...(quota === undefined
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "ResourceQuota",
            metadata: { name: "pods", namespace: name },
            spec: { hard: { pods: String(quota) } },
          },
        ]),
  ];
}

/** Sets a run's metrics to its load, and closes the loop: pods that are ready share it. */
class Loaded {
  readonly #run: ClusterRun;
  readonly #metrics: ControlPlane["metrics"]["values"];
  readonly #disturbed: (elapsedMs: number) => number;
  readyPods: number;
  hasUsage = true;
  startedAt = Infinity;

  constructor(run: ClusterRun, plane: ControlPlane, ownSeed: number) {
    this.#run = run;
    this.#metrics = plane.metrics.values;
    this.#disturbed = disturbance(run, ownSeed);
    this.readyPods = run.fields.replicas ?? 2;
  }

  tick(): void {
    const { name, load, metrics } = this.#run;
    const elapsedMs = Math.max(0, Date.now() - this.startedAt);
    const level = loadAt(load, elapsedMs / durationMs) * this.#disturbed(elapsedMs);
    const perPod = level / Math.max(1, this.readyPods);
    const { usage, pods, objects, external } = this.#metrics;
    const cpuMilli = level * atTarget.cpuMilli;
    // The first of two containers does nine tenths of the work.
    const cpu = this.#run.fields.hasSidecar === true ? cpuMilli / 0.9 : cpuMilli;
    const memoryMi = metrics.includes("memory") ? perPod * atTarget.memoryMi : 20;
    if (this.hasUsage) usage.set(`${name}/api`, { cpuMilli: cpu, memoryMi });
    else usage.delete(`${name}/api`);
    pods.set(`${name}/api/requests_per_minute`, String(Math.round(perPod * atTarget.rate)));
    external.set(`${name}/queue_depth`, String(Math.round(level * atTarget.queue)));
    external.set(`${name}/lag`, String(Math.round(perPod * atTarget.queue)));
    objects.set(`${name}/services/api/p95_ms`, String(Math.round(perPod * atTarget.p95Ms)));
  }
}

/** Observes the run to its end, while its load and its incidents happen. */
async function observe(run: ClusterRun, loaded: Loaded, plane: ControlPlane): Promise<ObservedRun> {
  loaded.startedAt = Date.now();
  let over = 0;
  const phases = run.load.map(({ share, from, to }) => {
    over += share;
    const until = loaded.startedAt + over * durationMs;
    return { load: from, to, during: () => wait(until - Date.now()) };
  });
  const incidents = (run.fault?.incidents ?? []).map(async (incident) => {
    await wait(incident.share * durationMs);
    if (incident.kind === "no-usage") loaded.hasUsage = false;
    else if (incident.kind === "allow-scaling")
      await plane.kubectl([
        "label",
        "--overwrite",
        "namespace",
        run.name,
        `${deniedLabel}=allowed`,
      ]);
    else {
      const size = `--replicas=${incident.replicas}`;
      await plane.kubectl(["scale", "deployment/api", "-n", run.name, size]);
    }
  });
  const observed = await observedRun({
    namespace: run.name,
    kubeconfig: plane.kubeconfig,
    phases,
    onRecord: (record) => {
      if (record.type === "workload-ready-replicas") loaded.readyPods = record.value;
    },
  });
  await Promise.all(incidents);
  return observed;
}

/** As `headroom run` leaves it. */
function store({ name }: ClusterRun, { data }: ObservedRun, root: string): void {
  const { run } = data;
  const startedAt = run.target.clock?.startedAt ?? 0;
  const endedAt = (run.loadStartedAt ?? 0) + run.plan.durationMs;
  const plan = { ...run.plan, profile: "cluster-replay", seed };
  const command = "node bench/run.mjs cluster-replay";
  storeRun(root, { ...data, run: { ...run, id: name, plan, startedAt, endedAt, command } });
}

/** `kubectl get KIND -w` into a file. @returns what ends it */
function kubectlWatch(plane: ControlPlane, kind: string, of: string, file: string): () => void {
  const output = openSync(file, "w");
  const args = ["--kubeconfig", plane.kubeconfig, "get", kind, "-n", of, "-w"];
  const child = spawn(binaryPath("kubectl"), args, { stdio: ["ignore", output, output] });
  closeSync(output);
  return () => void child.kill();
}

async function recordAll(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { name } of all) rmSync(path.join(folder, name), { recursive: true, force: true });

  const plane = await startControlPlane();
  try {
    const loads = runs.map((run, index) => new Loaded(run, plane, seed * 1000 + index));
    const ticking = setInterval(() => {
      for (const loaded of loads) loaded.tick();
    }, 1000);
    for (const loaded of loads) loaded.tick();
    await plane.kubectl(["create", "-f", "-"], list(denial));
    await plane.kubectl(["create", "-f", "-"], list(runs.flatMap(objectsOf)));
    // A pod's usage is served from its second scrape on.
    const active = 'jsonpath={.items[*].status.conditions[?(@.type=="ScalingActive")].status}';
    const expected = runs.filter(({ fault }) => fault?.hasSecondAutoscaler !== true).length;
    await eventually(
      () => plane.kubectl(["get", "hpa", "-A", "-o", active]),
      (text) => text.split(" ").filter((status) => status === "True").length >= expected,
      120_000,
    );
    const ends = ["hpa", "events"].map((kind) =>
      kubectlWatch(plane, kind, runs[0]?.name ?? "", path.join(folder, kubectlRecord(kind))),
    );
    process.stderr.write(`${runs.length} runs of ${minutes} minutes, in ${folder}\n`);
    await Promise.all(
      runs.map(async (run, index) => {
        const loaded = loads[index];
        if (loaded === undefined) return;
        // Observers poll at different times.
        await wait((index * 5000) / runs.length);
        store(run, await observe(run, loaded, plane), folder);
      }),
    );
    for (const end of ends) end();
    clearInterval(ticking);
    const log = plane
      .log("kube-controller-manager")
      .split("\n")
      .filter((line) => line.includes("horizontal.go"))
      .join("\n");
    writeFileSync(path.join(folder, controllerLog), log);
  } finally {
    await plane.stop();
  }
}

const folder = path.resolve(given.folder ?? mkdtempSync(path.join(tmpdir(), "headroom-replay-")));
if (task === "record") await recordAll(folder);
const { result, isReached } = await judgeRuns(all, folder);
process.stdout.write(resultText(result));
writeResult("cluster-replay", result);
if (!isReached) process.exitCode = 1;
