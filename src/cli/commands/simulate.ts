import path from "node:path";
import type { Readable } from "node:stream";
import { parseTrace } from "../../../analysis/autoscaling/trace-schema.ts";
import { simulationPage } from "../../../reports/simulation/page.ts";
import { isSmall } from "../../config/input-encoding.ts";
import { suggestion } from "../../config/nearest.ts";
import { Problems } from "../../config/problems.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { defineCommand, type Checked } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { nowhere, say, type Io } from "../io.ts";
import { runsRoot } from "../context.ts";
import { headroomVersion } from "../version.ts";
import { simulateRequest } from "./simulate/build-document.ts";
import { openLines, shownName } from "./simulate/input-files.ts";
import { recordedTraces } from "./simulate/recorded-run.ts";
import { lint } from "./simulate/lint.ts";
import { replayLines } from "./simulate/replay.ts";
import { simulateOptions, type SimulateValues } from "./simulate/options.ts";
import {
  isManifestFile,
  raise,
  readManifests,
  readSubjects,
  simulationRequest,
  type Source,
} from "./simulate/request.ts";
import { checkSweep } from "./simulate/sweep-grid.ts";
import { simulationText } from "./simulate/text.ts";

/** The command with its standard input handed in. */
export const simulateFrom = (stdin: () => Readable) =>
  defineCommand({
    name: "simulate",
    positionals: ["[hpa|lint]"],
    options: simulateOptions,
    examples: [
      "headroom simulate",
      "headroom simulate --load day:10000/min --workload api=80% --workload web=20% -o day.html",
      "headroom simulate --cpu-per-request 40ms --sweep target=0.5..0.9,min=2..4 -o sweep.html",
      "kubectl get hpa api -o json | headroom simulate --hpa - --load traffic.csv --json",
      "headroom simulate hpa --replay traces.jsonl --json",
      "headroom simulate hpa --from-run latest -o traces.jsonl",
      "headroom simulate lint --hpa hpa.json",
    ],
    check,
    checkFiles: ({ positionals: [mode], options }, io, problems) =>
      checkFiles(mode, options, { io, stdin: stdin() }, problems),
    run: async ({ positionals: [mode], options }, io) => {
      const source = { io, stdin: stdin() };
      if (mode === "hpa") return replay(options, source);
      if (mode === "lint") return lint(options, source);
      return run(options, source);
    },
  });

export const simulateCommand = simulateFrom(() => process.stdin);

const modes = ["hpa", "lint"] as const;
type Mode = (typeof modes)[number] | "run";
type Flag = keyof typeof simulateOptions;

/** Options of each way to call the command; `json` belongs to all. */
const owned: Readonly<Record<Mode, readonly Flag[]>> = {
  hpa: ["replay", "from-run", "runs", "compare", "explain", "output", "kubernetes-version"],
  lint: ["hpa", "strict"],
  run: [
    "runs",
    "load",
    "hpa",
    "workload",
    "nodes",
    "price",
    "hours",
    "cpu-per-request",
    "base-p95",
    "pod-start",
    "sweep",
    "seed",
    "output",
    "kubernetes-version",
  ],
};

/** Notes an unknown word, and flags of another way to call it. */
function check(
  { positionals: [word], options, isGiven }: Checked<typeof simulateOptions>,
  problems: Problems,
): void {
  checkSweep(options.sweep ?? [], problems);
  const mode = word === undefined ? "run" : modes.find((known) => known === word);
  if (mode === undefined) problems.add(`unknown "${word}": ${suggestion(word ?? "", modes)}`);
  const own = owned[mode ?? "run"];
  for (const name of new Set(Object.values(owned).flat())) {
    if (mode === undefined || own.includes(name) || !isGiven(name)) continue;
    const places = Object.entries(owned).flatMap(([place, flags]) =>
      flags.includes(name)
        ? [place === "run" ? "headroom simulate" : `headroom simulate ${place}`]
        : [],
    );
    problems.add(`--${name} belongs to ${places.join(" and ")}`);
  }
  const sources = (["replay", "from-run"] as const).filter((name) => isGiven(name));
  if (mode === "hpa" && sources.length === 0)
    problems.add("--replay FILE is missing (or --from-run RUN)");
  if (sources.length === 2) problems.add("--replay and --from-run are two sources: give one");
  if (mode === "hpa" && isGiven("output") && !isGiven("from-run"))
    problems.add("--output writes the recording of --from-run RUN: there is none");
}

async function checkFiles(
  mode: string | undefined,
  options: Partial<SimulateValues>,
  source: Source,
  problems: Problems,
): Promise<void> {
  const { hpa = "spec", replay: name = "-", fromRun } = options;
  const file = isManifestFile(hpa) ? hpa : "spec";
  if (mode === "lint") await readManifests(file, source, problems);
  else if (mode === undefined) await readSubjects({ ...options, hpa: file }, source, problems);
  else if (fromRun !== undefined)
    problems.attempt(() => recordedTraces(runsRoot(options, source.io), fromRun));
  else if (name !== "-" && isSmall(path.resolve(source.io.cwd, name)))
    await problems.settled(checkTraces(name, source, problems));
}

async function checkTraces(name: string, { io, stdin }: Source, problems: Problems): Promise<void> {
  const refusals: string[] = [];
  let number = 0;
  for await (const line of openLines(name, { cwd: io.cwd, stdin }, problems) ?? []) {
    number++;
    const parsed = line.trim() === "" ? undefined : parseTrace(line.replace(/^\uFEFF/, ""), number);
    if (parsed?.ok === false) refusals.push(`${name}: ${parsed.error}`);
  }
  problems.addFirst(refusals);
}

async function replay(options: SimulateValues, { io, stdin }: Source): Promise<ExitStatus> {
  const { fromRun, replay: name = "-", json, compare, explain } = options;
  if (fromRun !== undefined) return replayRun(fromRun, options, io);
  const problems = new Problems();
  const lines = openLines(name, { cwd: io.cwd, stdin }, problems);
  raise(problems);
  if (lines === undefined) return exitStatus.usage;
  const controller = options.kubernetesVersion?.controller;
  return replayLines(lines, { shown: shownName(name), json, compare, explain, controller }, io);
}

/** What a run's autoscalers saw, decided again, beside what they decided then. @throws StoreError, UsageError */
function replayRun(name: string, options: SimulateValues, io: Io): Promise<ExitStatus> {
  const { output, json, explain, kubernetesVersion } = options;
  const lines = recordedTraces(runsRoot(options, io), name).map((trace) => JSON.stringify(trace));
  if (output === "-") io.stdout.write(`${lines.join("\n")}\n`);
  else if (output !== undefined)
    writeFile(output, `${lines.join("\n")}\n`, { io, what: "recording" });
  const silent = output === "-" ? { ...io, stdout: nowhere } : io;
  const controller = kubernetesVersion?.controller;
  return replayLines(
    oneByOne(lines),
    { shown: name, json, compare: true, controller, isOwnRun: true, explain },
    silent,
  );
}

async function* oneByOne(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function run(options: SimulateValues, source: Source): Promise<ExitStatus> {
  const { io } = source;
  const { output, json } = options;
  const request = await simulationRequest(options, source);
  const document = simulateRequest(request, headroomVersion(io.packageRoot));
  if (output !== undefined && output !== "-")
    writeFile(output, simulationPage(document), { io, what: "page" });
  if (output === "-") io.stdout.write(simulationPage(document));
  else if (json) io.stdout.write(`${toJson(document, 2)}\n`);
  else io.stdout.write(simulationText(document));
  if (!json) {
    for (const sentence of document.assumptions) say(io, `assumed: ${sentence}`);
    for (const { name, silentMetrics } of document.workloads)
      for (const metric of silentMetrics) say(io, `warning: ${name}: ${metric}`);
    if (document.workloads.some(({ hpa }) => hpa.losses.length > 0))
      say(io, "headroom simulate lint says what the policies lose as one HPA per workload");
  }
  return exitStatus.pass;
}

function writeFile(
  file: string,
  content: string,
  { io, what }: { readonly io: Io; readonly what: string },
): void {
  writeOutput(content, { option: "-o", named: file, cwd: io.cwd });
  say(io, `${what}: ${file}`);
}
