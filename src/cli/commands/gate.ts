import path from "node:path";
import { differenceText } from "../../../analysis/comparison/comparability.ts";
import { gradualRegressionFindings } from "../../../analysis/comparison/gate-findings.ts";
import { applySilence } from "../../../analysis/findings/silence.ts";
import { lineText } from "../../../reports/kit/inline.ts";
import { silencedLines } from "../../../reports/silenced.ts";
import { isUsable, type GateMember } from "../../../analysis/comparison/gate-members.ts";
import type { GateDocument } from "../../../reports/gate/document.ts";
import { gateTable } from "../../../reports/gate/table.ts";
import { checkBypass, readBypass } from "../../config/bypass.ts";
import type { Problems } from "../../config/problems.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { amend, gateFiles, storedGate, type FinishedGate } from "../../gate.ts";
import { silenceOf, type GateHead } from "../../gate/gate-document.ts";
import { annotateGate } from "../annotate.ts";
import { defineCommand, type Checked } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { openInBrowser } from "../open.ts";
import { checkLoadFiles } from "../run-options.ts";
import { differencesBetween, readBoth, readPinned, readTwoSets } from "../run-sets.ts";
import { headroomVersion } from "../version.ts";
import { runLive } from "./gate/live.ts";
import { checkGate, gateOptions, isLive, readGate, type GateValues } from "./gate/options.ts";
import { planFromHistory } from "./gate/plan.ts";

export const gateCommand = defineCommand({
  name: "gate",
  positionals: [],
  options: gateOptions,
  examples: [
    "headroom gate --sandbox-fault latency=api:x1.2 --pairs 6 --duration 10s",
    "headroom gate --baseline-target api=https://blue.example.test --candidate-target api=https://green.example.test --env staging",
    "headroom gate --sandbox-fault latency=api:x1.2 --pairs 6 --duration 10s --live --open",
    "headroom gate --baseline baseline:release-41 --candidate RUN,RUN,RUN,RUN,RUN",
    "headroom gate --plan --history RUN,RUN,RUN",
    "headroom gate --baseline GATE --candidate GATE --bypass accepted.json",
  ],
  stopsGently: isLive,
  check: checkGate,
  checkFiles,
  run: async (args, io) => {
    const options = readGate(args.options);
    if (options.plan) return planFromHistory(options, io);
    const { bypass: bypassFile } = options;
    // Both are read first: nobody should wait an hour to learn that a record has expired or a name is wrong.
    const bypass =
      bypassFile === undefined ? undefined : readBypass(path.resolve(io.cwd, bypassFile), io.now());
    const { reference } = options;
    const older =
      reference === undefined
        ? undefined
        : { name: reference, members: readPinned(reference, options, io).members };
    const whole = (finished: FinishedGate): FinishedGate =>
      older === undefined ? finished : withReference(finished, older, options.margin);
    const judged = isLive(args)
      ? await runLive(options, headOf(options, io), io, whole)
      : whole(compareSets(options, io));
    await annotateGate(judged.document, options, io);
    if (bypass === undefined || bypassFile === undefined) return show(judged, options, io);
    const { document } = judged;
    const blocking = document.metrics.filter(
      (metric) => metric.required && metric.outcome !== "pass",
    );
    if (document.outcome === "pass") {
      say(io, `${bypassFile}: not needed, the gate passes.`);
      return show(judged, options, io);
    }
    try {
      const { hash, candidateHash, outcome } = document;
      const label = options.candidateLabel;
      const metrics = blocking.map(({ id }) => id);
      const named = label === undefined ? {} : { candidateLabel: label };
      const isMoreThanMetrics = blocksBesideMetrics(document);
      const blocked = { hash, candidateHash, outcome, metrics, isMoreThanMetrics, ...named };
      checkBypass(bypass, blocked, bypassFile);
    } catch (error) {
      show(judged, options, io);
      throw error;
    }
    const { who, why, until, team } = bypass;
    return show(amend(judged, { bypass: { who, why, until, team }, exitStatus: 0 }), options, io);
  },
});

async function checkFiles(
  args: Checked<typeof gateOptions>,
  io: Io,
  problems: Problems,
): Promise<void> {
  const { bypass, reference, history, baseline, candidate, runs } = args.options;
  if (bypass !== undefined)
    problems.attempt(() => readBypass(path.resolve(io.cwd, bypass), io.now()));
  for (const name of [reference, history])
    if (name !== undefined) problems.attempt(() => readPinned(name, { runs }, io));
  if (baseline !== undefined && candidate !== undefined)
    problems.attempt(() => readBoth({ baseline, candidate, runs }, io));
  if (isLive(args)) await checkLoadFiles(args.options, io, problems);
}

/** Health and objectives of a candidate after its deployment. */
const blocksBesideMetrics = ({ quick }: GateDocument): boolean =>
  quick !== undefined &&
  (quick.services.some(({ isHealthy }) => !isHealthy) || quick.objectivesRun?.outcome !== "pass");

function headOf(options: GateValues, io: Io): GateHead {
  const { margin } = options;
  return {
    headroom: headroomVersion(io.packageRoot),
    runsRoot: runsRoot(options, io),
    command: ["headroom", ...io.commandLine].join(" "),
    margin,
    labels: {},
    now: io.now,
  };
}

function compareSets(options: GateValues, io: Io): FinishedGate {
  const { baseline: from, candidate: to } = options;
  if (from === undefined || to === undefined)
    throw new UsageError("a gate needs two sides", {
      code: "usage",
      hint: "Give --baseline and --candidate (stored runs), --baseline-target and --candidate-target, or --sandbox-fault.",
    });
  const { baseline, candidate } = readTwoSets({ ...options, baseline: from, candidate: to }, io);
  const earlier = baseline.gate?.id === candidate.gate?.id ? baseline.gate : undefined;
  const control = earlier?.control === undefined ? {} : { control: earlier.control };
  const label = options.candidateLabel ?? candidate.label;
  return storedGate({
    ...headOf(options, io),
    labels: { baseline: baseline.label, candidate: label },
    arms: { baseline: baseline.members, candidate: candidate.members, ...control },
    analyses: earlier?.analyses,
    again: earlier,
  });
}

/** An older baseline may have been made by an older k6 or Headroom; anything else is not comparable. */
const referenceMayDiffer: ReadonlySet<string> = new Set(["k6-version", "headroom-version"]);

interface Reference {
  readonly name: string;
  readonly members: readonly GateMember[];
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
  const found = gradualRegressionFindings(older, members, margin);
  const { findings, silenced } = applySilence(found, silenceOf(finished), document.startedAt);
  return amend(finished, {
    findings: [...document.findings, ...findings],
    silenced: silenced?.map((each, index) => ({
      ...each,
      findings: [...(document.silenced?.[index]?.findings ?? []), ...each.findings],
    })),
  });
}

function show(
  { directory, document }: FinishedGate,
  { json, open, live }: GateValues,
  io: Io,
): ExitStatus {
  if (json) io.stdout.write(`${toJson(document, 2)}\n`);
  else io.stdout.write(gateTable(document));
  for (const { sentence, evidence } of document.findings)
    say(io, `finding: ${sentence} ${evidence}`);
  for (const line of silencedLines(document.silenced)) say(io, lineText(line));
  for (const { message } of document.warnings) say(io, `warning: ${message}`);
  const { bypass } = document;
  if (bypass !== undefined)
    say(io, `BYPASSED by ${bypass.who} (${bypass.team}) until ${bypass.until}: ${bypass.why}`);
  say(io, `${document.outcome.toUpperCase()}: ${document.sentence}`);
  say(io, `Gate hash ${document.hash}, candidate hash ${document.candidateHash}`);
  say(io, `Report: ${path.relative(io.cwd, path.join(directory, gateFiles.html))}`);
  if (open && live === undefined) openInBrowser(path.join(directory, gateFiles.html), io);
  return io.interrupted.aborted ? exitStatus.interrupted : document.exitStatus;
}
