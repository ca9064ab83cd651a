import path from "node:path";
import { differenceText, traits } from "../../../analysis/comparison/comparability.ts";
import { creepFindings } from "../../../analysis/comparison/gate-findings.ts";
import { isUsable, type GateMember } from "../../../analysis/comparison/gate-members.ts";
import type { GateDocument } from "../../../reports/gate/document.ts";
import { gateTable } from "../../../reports/gate/table.ts";
import { checkBypass, readBypass } from "../../config/bypass.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { amend, gateFiles, storedGate, type FinishedGate } from "../../gate.ts";
import type { GateHead } from "../../gate/gate-document.ts";
import type { Arguments, Command } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { openInBrowser } from "../open.ts";
import { loadOptions, runsOption } from "../run-options.ts";
import { differencesBetween, readRunSet, readTwoSets } from "../run-sets.ts";
import { headroomVersion } from "../version.ts";
import { isLive, runLive } from "./gate/live.ts";
import { readGateOptions, type GateOptions } from "./gate/options.ts";
import { planFromHistory } from "./gate/plan.ts";

const {
  env,
  "env-file": envFile,
  scenario,
  rate,
  duration,
  share,
  mix,
  "mix-left-out": mixLeftOut,
  approval,
  "stop-file": stopFile,
  seed,
  k6,
} = loadOptions;

export const gateCommand: Command = {
  name: "gate",
  positionals: [],
  options: {
    baseline: { value: "RUNS", help: "stored runs: RUN,RUN,…, baseline:NAME, or an earlier gate" },
    candidate: { value: "RUNS", help: "stored runs that are compared with it" },
    "baseline-target": {
      value: "SURFACE=URL",
      repeatable: true,
      help: "live: where the baseline runs; its host must be allowed in the environment",
    },
    "candidate-target": {
      value: "SURFACE=URL",
      repeatable: true,
      help: "live: where the candidate runs",
    },
    sandbox: { help: "live on the sandbox: baseline and candidate are the same (A/A)" },
    "sandbox-fault": {
      value: "FAULT",
      repeatable: true,
      help: "live on the sandbox: the candidate has this fault: latency=api:x1.2",
    },
    null: {
      help: "run the baseline twice in every block (A/A′): what differs there is no release",
    },
    profile: { value: "NAME", help: "profile of each run (default gate)" },
    pairs: { value: "N", help: "one look after N pairs (default: looks at 10, 15 and 20)" },
    quick: {
      help: "post-deployment, 15 minutes: health of all services, budgets in full, 5 pairs for regressions they can see",
    },
    "max-duration": { value: "TIME", help: "start no pair that would end later: 90m" },
    margin: { value: "SHARE", help: "the change that matters: 0.05 or 5% (default)" },
    plan: { help: "send nothing: how many pairs and minutes does an answer need?" },
    history: { value: "RUNS", help: "for --plan: stored runs of one build" },
    reference: {
      value: "RUNS",
      help: "an older baseline (baseline:NAME): do small steps add up since then?",
    },
    bypass: { value: "FILE", help: "reviewed record that lets this blocked release pass" },
    "candidate-label": {
      value: "TEXT",
      help: "name of the release, for the report and the bypass",
    },
    allow: {
      value: "TRAIT,…",
      help: `compare runs although they differ in these: ${Object.keys(traits).join(", ")}`,
    },
    env,
    "env-file": envFile,
    scenario,
    rate,
    duration,
    "warm-up": loadOptions["warm-up"],
    share,
    mix,
    "mix-left-out": mixLeftOut,
    approval,
    "stop-file": stopFile,
    seed,
    k6,
    runs: runsOption,
    json: { help: "one JSON document on stdout" },
    open: { help: "open the report in the browser" },
  },
  examples: [
    "headroom gate --sandbox-fault latency=api:x1.2 --pairs 6 --duration 10s",
    "headroom gate --baseline-target api=https://blue.example.test --candidate-target api=https://green.example.test --env staging",
    "headroom gate --baseline baseline:release-41 --candidate RUN,RUN,RUN,RUN,RUN",
    "headroom gate --plan --history RUN,RUN,RUN",
    "headroom gate --baseline GATE --candidate GATE --bypass accepted.json",
  ],
  stopsGently: isLive,
  run: async (args, io) => {
    const options = readGateOptions(args);
    if (args.flag("plan")) return planFromHistory(options, args, io);
    const { bypassFile } = options;
    // Both are read first: nobody should wait an hour to learn that a record has expired or a name is wrong.
    const bypass =
      bypassFile === undefined ? undefined : readBypass(path.resolve(io.cwd, bypassFile), io.now());
    const { reference } = options;
    const older = reference === undefined ? undefined : readReference(reference, args, io);
    const finished = isLive(args)
      ? await runLive(options, headOf(options, args, io), args, io)
      : compareSets(options, args, io);
    const judged = older === undefined ? finished : withReference(finished, older, options.margin);
    if (bypass === undefined || bypassFile === undefined) return show(judged, args, io);
    const { document } = judged;
    const blocking = document.metrics.filter(
      (metric) => metric.required && metric.outcome !== "pass",
    );
    if (document.outcome === "pass") {
      say(io, `${bypassFile}: not needed, the gate passes.`);
      return show(judged, args, io);
    }
    try {
      const { hash, candidateHash, outcome } = document;
      const label = args.value("candidate-label");
      const metrics = blocking.map(({ id }) => id);
      const named = label === undefined ? {} : { candidateLabel: label };
      const isMoreThanMetrics = blocksBesideMetrics(document);
      const blocked = { hash, candidateHash, outcome, metrics, isMoreThanMetrics, ...named };
      checkBypass(bypass, blocked, bypassFile);
    } catch (error) {
      show(judged, args, io);
      throw error;
    }
    const { who, why, until, team } = bypass;
    return show(amend(judged, { bypass: { who, why, until, team }, exitStatus: 0 }), args, io);
  },
};

/** Health and budgets of a candidate after its deployment. */
const blocksBesideMetrics = ({ quick }: GateDocument): boolean =>
  quick !== undefined &&
  (quick.services.some(({ isHealthy }) => !isHealthy) || quick.budgetRun?.outcome !== "pass");

function headOf(options: GateOptions, args: Arguments, io: Io): GateHead {
  const { margin } = options;
  return {
    headroom: headroomVersion(io.packageRoot),
    runsRoot: runsRoot(args, io),
    command: ["headroom", ...io.commandLine].join(" "),
    margin,
    labels: {},
    now: io.now,
  };
}

function compareSets(options: GateOptions, args: Arguments, io: Io): FinishedGate {
  const { baseline: from, candidate: to } = options;
  if (from === undefined || to === undefined)
    throw new UsageError("a gate needs two sides", {
      code: "usage",
      hint: "Give --baseline and --candidate (stored runs), --baseline-target and --candidate-target, or --sandbox-fault.",
    });
  const { baseline, candidate } = readTwoSets({ baseline: from, candidate: to }, args, io);
  const earlier = baseline.gate?.id === candidate.gate?.id ? baseline.gate : undefined;
  const nullArm = earlier?.nullArm === undefined ? {} : { nullArm: earlier.nullArm };
  const label = args.value("candidate-label") ?? candidate.label;
  return storedGate({
    ...headOf(options, args, io),
    labels: { baseline: baseline.label, candidate: label },
    arms: { baseline: baseline.members, candidate: candidate.members, ...nullArm },
    looks: earlier?.looks,
    again: earlier,
  });
}

/** An older baseline may have been made by an older k6 or Headroom; anything else is not comparable. */
const referenceMayDiffer: ReadonlySet<string> = new Set(["k6-version", "headroom-version"]);

interface Reference {
  readonly name: string;
  readonly members: readonly GateMember[];
}

/** It is pinned on purpose: it may have expired. @throws ConfigError, UsageError where it is not there */
function readReference(name: string, args: Arguments, io: Io): Reference {
  const source = { root: runsRoot(args, io), now: io.now(), mayBeExpired: true };
  return { name, members: readRunSet(name, "baseline", source).members };
}

function withReference(finished: FinishedGate, older: Reference, margin: number): FinishedGate {
  const { document } = finished;
  const members = finished.candidate.filter(isUsable);
  const unlike = differencesBetween(older, { members }).filter(
    ({ trait }) => !referenceMayDiffer.has(trait),
  );
  if (unlike.length > 0) {
    const message = `the reference ${older.name} cannot be compared: ${unlike.map(differenceText).join("; ")}`;
    return amend(finished, {
      warnings: [...document.warnings, { code: "reference-unlike", message }],
    });
  }
  const found = creepFindings(older, members, margin);
  return amend(finished, { findings: [...document.findings, ...found] });
}

function show({ directory, document }: FinishedGate, args: Arguments, io: Io): ExitStatus {
  if (args.flag("json")) io.stdout.write(`${toJson(document, 2)}\n`);
  else io.stdout.write(gateTable(document));
  for (const { sentence, evidence } of document.findings)
    say(io, `finding: ${sentence} ${evidence}`);
  for (const { message } of document.warnings) say(io, `warning: ${message}`);
  const { bypass } = document;
  if (bypass !== undefined)
    say(io, `BYPASSED by ${bypass.who} (${bypass.team}) until ${bypass.until}: ${bypass.why}`);
  say(io, `${document.outcome.toUpperCase()}: ${document.sentence}`);
  say(io, `Gate hash ${document.hash}, candidate hash ${document.candidateHash}`);
  say(io, `Report: ${path.relative(io.cwd, path.join(directory, gateFiles.html))}`);
  if (args.flag("open")) openInBrowser(path.join(directory, gateFiles.html), io);
  return io.interrupted.aborted ? exitStatus.interrupted : document.exitStatus;
}
