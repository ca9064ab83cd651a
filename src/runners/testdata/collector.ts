/** Collects a run of runners in a cluster, as `headroom run` does once its k6 is there. Arguments: directory, plan's file, settings. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { RunnerSettings } from "../../domain/environment.ts";
import { runnerNames, type Plan } from "../../domain/plan.ts";
import { driveLoad } from "../../engine/drive-load.ts";
import { keepCollected } from "../../store/collected.ts";
import { newRunRecord } from "../../store/new-run-record.ts";
import { RunWriter, writeRunRecord } from "../../store/run-writer.ts";
import { startKubernetesRunners } from "../runners-on-kubernetes.ts";

const [directory = "", planFile = "", settingsText = ""] = process.argv.slice(2);
/* Written by the test. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const plan = JSON.parse(readFileSync(planFile, "utf8")) as Plan;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const settings = JSON.parse(settingsText) as RunnerSettings;
const now = Date.now;
const generator = { cpuModel: "", cpuCores: 2, memoryBytes: 1, platform: "", nodeVersion: "" };
let record = newRunRecord({
  id: path.basename(directory),
  plan,
  scenarioHash: "",
  versions: { headroom: "0.1.0", k6: "2.2.0" },
  generator,
  targetLabels: {},
  startedAt: now(),
  command: "headroom run",
});
const cluster = await startKubernetesRunners({
  id: record.id,
  plan,
  settings,
  scenarioFile: planFile,
  variables: {},
  receiver: undefined,
  signal: new AbortController().signal,
  now,
  onStage: () => undefined,
  onGenerator: () => undefined,
});
writeRunRecord(directory, record);
await driveLoad({
  binary: { path: "", version: "", source: "path" },
  bundle: { file: "scenario.js" },
  plan,
  directory,
  variables: {},
  interrupted: new AbortController().signal,
  newRunner: cluster.newRunner,
  openWriter: (onFailure) => {
    const runners = runnerNames(plan);
    const writer = new RunWriter({ directory, keepSamples: false, runners, onFailure });
    keepCollected(directory, writer, { runners: cluster.collected, now });
    return writer;
  },
  observe: () => ({ stop: () => undefined }),
  startObservers: async () => ({ stop: async () => undefined }),
  abortRule: () => undefined,
  onLoadStart: (loadStartedAt) => {
    record = { ...record, loadStartedAt };
    writeRunRecord(directory, record);
  },
  onSecond: () => undefined,
  now,
});
