import type { Readable } from "node:stream";
import { simulationPage } from "../../../reports/simulation/page.ts";
import { newestKubernetes, oldestKubernetes } from "../../../analysis/autoscaling/types.ts";
import { suggestion } from "../../config/nearest.ts";
import { Problems } from "../../config/problems.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import type { Arguments, Command } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { say, type Io } from "../io.ts";
import { runsRoot } from "../context.ts";
import { headroomVersion } from "../version.ts";
import { simulateRequest } from "./simulate/build-document.ts";
import { openLines, shownName } from "./simulate/input-files.ts";
import { recordedTraces } from "./simulate/recorded-run.ts";
import { lint } from "./simulate/lint.ts";
import { replayLines } from "./simulate/replay.ts";
import { chosenController } from "./simulate/controller.ts";
import { defaultLoad, raise, simulationRequest, type Source } from "./simulate/request.ts";
import { simulationText } from "./simulate/text.ts";
import { runsOption } from "../run-options.ts";

/** The command with its standard input handed in. */
export const simulateFrom = (stdin: () => Readable): Command => ({
  name: "simulate",
  positionals: ["[hpa|lint]"],
  options: {
    load: {
      value: "SHAPE",
      help: `traffic: a load profile, FILE.csv (seconds,requestsPerMinute), day:10000/min, step:LOW..HIGH[@10m..30m], run:RUN (default ${defaultLoad})`,
    },
    hpa: {
      value: "POLICY",
      help: "spec (the specification's policies, default) or an autoscaling/v2 manifest: FILE.json, - for standard input, cluster:NAMESPACE by KUBECONFIG",
    },
    workload: {
      value: "NAME[=SHARE]",
      repeatable: true,
      help: "web, api or subgraph, and its share of the load (default api)",
    },
    nodes: {
      value: "RANGE",
      help: "nodes: 2..10 (default, of 8 cores), 1..5x4 for nodes of 4 cores, none for no limit",
    },
    price: { value: "NUMBER", help: "price of a node and hour, for the cost over time" },
    hours: { value: "NUMBER", help: "simulated time (default 1, or the length of the traffic)" },
    "cpu-per-request": { value: "TIME", help: "CPU time of a request, measured (default 8ms)" },
    "base-p95": { value: "TIME", help: "p95 of the idle platform, measured (default 60ms)" },
    "pod-start": { value: "TIME", help: "from a pod's start to ready, measured (default 15s)" },
    sweep: {
      value: "GRID",
      repeatable: true,
      help: "vary the policy: target=0.5..0.9,min=2..4,max=8,12,up=2/30s,4/30s,down=1/60s,window=0s,300s",
    },
    "kubernetes-version": {
      value: "VERSION",
      help: `whose autoscaler: ${oldestKubernetes} to ${newestKubernetes} (default: the cluster's or recording's own where known, else ${newestKubernetes})`,
    },
    seed: { value: "NUMBER", help: "makes delays and noise repeatable (default 1)" },
    output: { value: "FILE", short: "o", help: "write a page with pictures; - is stdout" },
    json: { help: "one JSON document on stdout (hpa: one line per trace)" },
    replay: { value: "FILE", help: "hpa: recorded inputs, one JSON object a line; - is stdin" },
    "from-run": {
      value: "RUN",
      help: "hpa: replay what a recorded run's autoscalers saw, and compare with what they decided",
    },
    runs: runsOption,
    compare: { help: "hpa: compare with the field expected; status 1 below 95 % of ticks" },
    explain: { help: "hpa: with --json, say why at every tick" },
    strict: { help: "lint: status 1 where a finding is a P1" },
  },
  examples: [
    "headroom simulate",
    "headroom simulate --load day:10000/min --workload api=80% --workload web=20% -o day.html",
    "headroom simulate --cpu-per-request 40ms --sweep target=0.5..0.9,min=2..4 -o sweep.html",
    "kubectl get hpa api -o json | headroom simulate --hpa - --load traffic.csv --json",
    "headroom simulate hpa --replay traces.jsonl --json",
    "headroom simulate hpa --from-run latest -o traces.jsonl",
    "headroom simulate lint --hpa hpa.json",
  ],
  run: async (args, io) => {
    const source = { io, stdin: stdin() };
    const mode = modeOf(args);
    if (mode === "hpa") return replay(args, source);
    if (mode === "lint") return lint(args, source);
    return run(args, source);
  },
});

export const simulateCommand: Command = simulateFrom(() => process.stdin);

const modes = ["hpa", "lint"] as const;
type Mode = (typeof modes)[number] | "run";

/** Options of each way to call the command; `json` belongs to all. */
const owned: Readonly<Record<Mode, readonly string[]>> = {
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

/** @throws UsageError for an unknown word, and for flags of another way to call it */
function modeOf(args: Arguments): Mode {
  const problems = new Problems();
  const [word] = args.positionals;
  const mode = word === undefined ? "run" : modes.find((known) => known === word);
  if (mode === undefined) problems.add(`unknown "${word}": ${suggestion(word ?? "", modes)}`);
  const own = owned[mode ?? "run"];
  for (const flag of new Set(Object.values(owned).flat())) {
    if (mode === undefined || own.includes(flag) || !args.flag(flag)) continue;
    const places = Object.entries(owned).flatMap(([place, flags]) =>
      flags.includes(flag)
        ? [place === "run" ? "headroom simulate" : `headroom simulate ${place}`]
        : [],
    );
    problems.add(`--${flag} belongs to ${places.join(" and ")}`);
  }
  const given = ["replay", "from-run"].filter((flag) => args.value(flag) !== undefined);
  if (mode === "hpa" && given.length === 0)
    problems.add("--replay FILE is missing (or --from-run RUN)");
  if (given.length === 2) problems.add("--replay and --from-run are two sources: give one");
  if (mode === "hpa" && args.value("output") !== undefined && !args.flag("from-run"))
    problems.add("--output writes the recording of --from-run RUN: there is none");
  raise(problems);
  if (mode === undefined) throw new UsageError(`unknown "${word}"`, { code: "usage" });
  return mode;
}

async function replay(args: Arguments, { io, stdin }: Source): Promise<ExitStatus> {
  if (args.value("from-run") !== undefined) return replayRun(args, io);
  const problems = new Problems();
  const file = args.value("replay") ?? "-";
  const controller = chosenController(args, problems);
  const lines = openLines(file, { cwd: io.cwd, stdin }, problems);
  raise(problems);
  if (lines === undefined) return exitStatus.usage;
  const flags = { json: args.flag("json"), compare: args.flag("compare") };
  return replayLines(
    lines,
    { shown: shownName(file), ...flags, explain: args.flag("explain"), controller },
    io,
  );
}

/** What a run's autoscalers saw, decided again, beside what they decided then. @throws StoreError, UsageError */
function replayRun(args: Arguments, io: Io): Promise<ExitStatus> {
  const name = args.value("from-run") ?? "";
  const problems = new Problems();
  const controller = chosenController(args, problems);
  raise(problems);
  const lines = recordedTraces(runsRoot(args, io), name).map((trace) => JSON.stringify(trace));
  const file = args.value("output");
  if (file === "-") io.stdout.write(`${lines.join("\n")}\n`);
  else if (file !== undefined) writeFile(file, `${lines.join("\n")}\n`, { io, what: "recording" });
  const silent = file === "-" ? { ...io, stdout: { isTTY: false, write: () => undefined } } : io;
  const options = {
    shown: name,
    json: args.flag("json"),
    compare: true,
    controller,
    isOwnRun: true,
  };
  return replayLines(oneByOne(lines), { ...options, explain: args.flag("explain") }, silent);
}

async function* oneByOne(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function run(args: Arguments, source: Source): Promise<ExitStatus> {
  const { io } = source;
  const request = await simulationRequest(args, source);
  const document = simulateRequest(request, headroomVersion(io.packageRoot));
  const file = args.value("output");
  if (file !== undefined && file !== "-")
    writeFile(file, simulationPage(document), { io, what: "page" });
  if (file === "-") io.stdout.write(simulationPage(document));
  else if (args.flag("json")) io.stdout.write(`${toJson(document, 2)}\n`);
  else io.stdout.write(simulationText(document));
  if (!args.flag("json")) {
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
