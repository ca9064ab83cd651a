import { inSentence, plural, signedPercent } from "../../domain/number-text.ts";
import { textTable } from "../../../reports/kit/text-table.ts";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { indicesOf, judgeNightly } from "../../../analysis/history/judge-nightly.ts";
import { dateOf, newestNightlyRuns, streamsOf } from "../../../analysis/history/streams.ts";
import { trendsOf } from "../../../analysis/history/trends.ts";
import type { SiteDocument, SiteTrend } from "../../../reports/site/document.ts";
import { sitePages } from "../../../reports/site/site.ts";
import { sparkline } from "../../../reports/site/trend-words.ts";
import { suggestion } from "../../config/nearest.ts";
import { Problems } from "../../config/problems.ts";
import { StoreError, UsageError } from "../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import type { Stream, Trend } from "../../domain/history.ts";
import { toJson } from "../../domain/json.ts";
import { gateFiles } from "../../gate.ts";
import { storedGates } from "../../gate/stored-gates.ts";
import { readDecisions, type StoredDecisions } from "../../nightly.ts";
import { leftOutTexts, readHistory, type History } from "../../store/history.ts";
import { applyPrune, planPrune, type AgedRun } from "../../store/retention.ts";
import { writeWhole } from "../../store/run-writer.ts";
import { defineCommand, type Checked, type Values } from "../command.ts";
import { runsRoot } from "../context.ts";
import { nowhere, say, type Io } from "../io.ts";
import { flag, option, repeatable, string, wholeNumber } from "../options.ts";
import { jsonOption, runsOption } from "../run-options.ts";
import { headroomVersion } from "../version.ts";
import { decide } from "../history-decisions.ts";

const count = wholeNumber({ min: 1 }, "N");

const options = {
  profile: option(string("NAME"), "nightly runs of this profile (default: the one with the most)"),
  env: option(string("NAME"), "nightly runs in this environment (default: the one with the most)"),
  metric: repeatable(string("NAME"), "only this metric: api.response.p95"),
  "nightly-runs": option(count, "newest nightly runs to include", {
    default: "400",
    aliases: ["--nights"],
  }),
  accept: option(
    string("METRIC@DATE"),
    "accept this change as the new normal: no longer an open regression; the date as 2026-03-22",
  ),
  pin: option(
    string("BASELINE"),
    "baseline that the last week is compared with from now on, to detect slow regressions",
  ),
  reason: option(string("TEXT"), "accept, pin: why; kept with the decision", {
    aliases: ["--because"],
  }),
  by: option(string("WHO"), "accept, pin: who decided it (default: git's user, or USER)"),
  site: option(string("DIR"), "write a static site to DIR; open DIR/index.html"),
  "keep-samples": option(count, "prune: nightly runs that keep raw samples", { default: "30" }),
  "keep-windows": option(count, "prune: nightly runs that keep windows and observations", {
    default: "180",
  }),
  apply: flag("prune: remove the files instead of only naming them"),
  "dry-run": flag("prune: only name the files that would be removed (default)"),
  runs: runsOption,
  json: jsonOption,
};
type HistoryValues = Values<typeof options>;

export const historyCommand = defineCommand({
  name: "history",
  positionals: ["[prune]"],
  options,
  examples: [
    "headroom history",
    "headroom history --metric api.response.p95 --json",
    "headroom history --site public",
    'headroom history --accept api.response.p95@2026-03-22 --reason "twice the catalogue, agreed"',
    'headroom history --pin release-41 --reason "the last release before the rewrite"',
    "headroom history prune --keep-samples 30 --keep-windows 180",
  ],
  check,
  checkFiles: ({ positionals: [action], options: values }, io, problems) => {
    if (action === "prune") return;
    const quiet = { ...io, stderr: nowhere };
    const stream = problems.attempt(() =>
      chosenStream(readHistory(runsRoot(values, io)), values, quiet),
    );
    if (stream !== undefined) problems.attempt(() => chosenTrends(stream, values.metric ?? []));
  },
  run: async ({ positionals: [action], options: values }, io) => {
    const root = runsRoot(values, io);
    const history = readHistory(root);
    for (const problem of leftOutTexts(history.leftOut)) say(io, `left out: ${problem}`);
    if (action === "prune") return prune({ root, history, values, io });
    const stream = chosenStream(history, values, io);
    if (values.accept !== undefined || values.pin !== undefined)
      return decide({ root, stream, runs: history.runs, values, io });
    const { decisions, problems } = readDecisions(root, stream, history.runs);
    for (const problem of problems) say(io, problem);
    const trends = explained(stream, chosenTrends(stream, values.metric), decisions);
    const { site } = values;
    if (site !== undefined)
      writeSite({ directory: path.resolve(io.cwd, site), root, history, stream, trends, io });
    else if (values.json)
      io.stdout.write(
        `${toJson({ schemaVersion: 1, ...stream, trends, problems: leftOutTexts(history.leftOut), leftOut: history.leftOut }, 2)}\n`,
      );
    else io.stdout.write(table(stream, trends));
    return exitStatus.pass;
  },
});

const ofPrune = ["keep-samples", "keep-windows", "apply", "dry-run"] as const;
const choices = ["accept", "pin"] as const;
const ofDecisions = ["reason", "by"] as const;
const ofTrends = ["metric", "site"] as const;
const ofStreams = ["profile", "env", "nightly-runs"] as const;

/** Flags without effect: ignoring them would hide a mistake. */
function check(
  { positionals: [action], options: values, isGiven }: Checked<typeof options>,
  problems: Problems,
): void {
  const refuse = (names: readonly (keyof typeof options)[], why: string): void => {
    for (const name of names.filter((each) => isGiven(each))) problems.add(`--${name} ${why}`);
  };
  if (action !== undefined && action !== "prune")
    problems.add(`unexpected "${action}": the only argument is prune`);
  if (action === "prune") {
    const others = [...ofStreams, ...ofTrends, ...choices, ...ofDecisions];
    refuse(others, "has no effect on history prune, which covers all runs");
    if (isGiven("apply")) refuse(["dry-run"], "removes nothing, --apply removes: give one of them");
  } else {
    refuse(ofPrune, "is for headroom history prune");
    if (choices.some((name) => isGiven(name)))
      refuse(ofTrends, "has no effect with --accept and --pin");
    else refuse(ofDecisions, "is for --accept and --pin");
  }
  const { keepSamples = 0, keepWindows = Infinity } = values;
  if (keepWindows < keepSamples)
    problems.add(
      `--keep-windows ${keepWindows} is less than --keep-samples ${keepSamples}: raw samples are of no use without their windows`,
    );
}

/** @throws UsageError for a profile or environment without nightly runs, StoreError without any run */
function chosenStream(
  history: History,
  { profile, env: environment, nightlyRuns = Infinity }: Partial<HistoryValues>,
  io: Io,
): Stream {
  const streams = streamsOf(history.runs);
  const fitting = streams.filter(
    (stream) =>
      (profile === undefined || stream.profile === profile) &&
      (environment === undefined || stream.environment === environment),
  );
  const [stream] = fitting;
  const names = streams.map(
    (each) => `${each.profile} on ${each.environment} (${each.nightlyRuns.length})`,
  );
  if (stream === undefined && streams.length > 0)
    throw new UsageError(
      `no nightly run of ${profile ?? "any profile"} on ${environment ?? "any environment"}; available: ${names.join(", ")}`,
      { code: "no-such-history" },
    );
  if (stream === undefined)
    throw new StoreError("there is no run yet", {
      code: "no-runs",
      hint: "headroom nightly makes the first nightly run; headroom import imports plain k6 results.",
    });
  if (fitting.length > 1)
    say(
      io,
      `${names[streams.indexOf(stream)]}; others: ${names.filter((_, i) => streams[i] !== stream).join(", ")}; --profile and --env choose`,
    );
  return newestNightlyRuns(stream, nightlyRuns);
}

/** Trends with the status after the latest nightly run and the accepted changes. */
function explained(
  stream: Stream,
  trends: readonly Trend[],
  decisions: StoredDecisions,
): readonly SiteTrend[] {
  const { metrics } = judgeNightly(stream, trends, decisions);
  return trends.map((trend, order): SiteTrend => {
    const nightlyRun = metrics[order];
    return {
      ...trend,
      accepted: decisions.accepted.flatMap((each) =>
        indicesOf(trend, [each]).map((index) => ({ index, because: each.because })),
      ),
      remark:
        nightlyRun === undefined || nightlyRun.kind === "steady" ? undefined : nightlyRun.sentence,
    };
  });
}

/** @throws UsageError with every metric that was never measured */
function chosenTrends(stream: Stream, wanted: readonly string[]): readonly Trend[] {
  const trends = trendsOf(stream, wanted.length === 0 ? undefined : wanted);
  const missing = wanted.filter((metric) => !trends.some((trend) => trend.metric === metric));
  if (missing.length === 0) return trends;
  const known = trendsOf(stream).map(({ metric }) => metric);
  const problems = new Problems();
  for (const metric of missing)
    problems.add(`--metric: no nightly run has "${metric}": ${suggestion(metric, known)}`);
  problems.raise((message) => new UsageError(message, { code: "no-such-metric" }));
  return trends;
}

const sparkWidth = 40;

function table(stream: Stream, trends: readonly SiteTrend[]): string {
  const first = stream.nightlyRuns[0]?.date ?? "";
  const last = stream.nightlyRuns.at(-1)?.date ?? "";
  const rows = trends.map((trend): string[] => {
    const values = trend.points.map(({ value }) => value);
    const latest = values.findLast((value) => value !== undefined);
    return [
      trend.metric,
      latest === undefined ? "–" : inSentence(latest, trend.unit),
      sparkline(values, sparkWidth).padStart(Math.min(sparkWidth, values.length)),
      trend.changePoints
        .slice(-3)
        .map((change) => changeWords(change, trend))
        .join("; ") || "no change",
    ];
  });
  const marks = stream.marks
    .slice(-5)
    .map(
      ({ index, trait, from, to }) =>
        `  ${stream.nightlyRuns[index]?.date ?? ""}  ${trait}: ${from} → ${to}`,
    );
  return [
    `${stream.profile} on ${stream.environment}: ${plural(stream.nightlyRuns.length, "nightly run")}, ${first} to ${last}`,
    "",
    textTable(rows, [0, 2, 3]).trimEnd(),
    ...remarksOf(trends),
    ...(marks.length === 0 ? [] : ["", "Environment changes:", ...marks]),
    "",
  ].join("\n");
}

function remarksOf(trends: readonly SiteTrend[]): string[] {
  const remarks = trends.flatMap(({ remark }) => (remark === undefined ? [] : [`  ${remark}`]));
  return remarks.length === 0 ? [] : ["", "Latest run:", ...remarks];
}

function changeWords(change: Trend["changePoints"][number], { points, worse }: Trend): string {
  const { index, before, after, ratio } = change;
  const direction = after > before === (worse === "higher") ? "worse" : "better";
  return `${points[index]?.date ?? ""} ${direction}${ratio === undefined ? "" : ` ${signedPercent(ratio - 1)}`}`;
}

interface SiteRequest {
  readonly directory: string;
  readonly root: string;
  readonly history: History;
  readonly stream: Stream;
  readonly trends: readonly SiteTrend[];
  readonly io: Io;
}

function writeSite({ directory, root, history, stream, trends, io }: SiteRequest): void {
  const stored = storedGates(root);
  const document: SiteDocument = {
    ...stream,
    gates: stored.gates
      .filter(({ environment }) => environment === stream.environment)
      .map(({ id, startedAt, outcome, sentence, candidate }) => ({
        id,
        at: startedAt,
        outcome,
        sentence,
        candidate: candidate.label,
        report: relativeUrl(directory, path.join(root, id, gateFiles.html)),
      })),
    headroom: headroomVersion(io.packageRoot),
    writtenAt: io.now(),
    trends,
    problems: [...leftOutTexts(history.leftOut), ...stored.problems],
    nightlyRuns: stream.nightlyRuns.map((nightlyRun) => ({
      ...nightlyRun,
      runs: nightlyRun.runs.map(({ id, outcome, report }) => ({
        id,
        outcome,
        report: report === undefined ? undefined : relativeUrl(directory, path.join(root, report)),
      })),
    })),
  };
  mkdirSync(directory, { recursive: true });
  const pages = sitePages(document);
  for (const [name, text] of pages) writeWhole(directory, name, text);
  say(
    io,
    `${plural(pages.size, "page")}, ${plural(stream.nightlyRuns.length, "nightly run")}: ${path.join(directory, "index.html")}`,
  );
}

const relativeUrl = (from: string, to: string): string =>
  path.relative(from, to).split(path.sep).map(encodeURIComponent).join("/").replaceAll("%2E", ".");

interface PruneRequest {
  readonly root: string;
  readonly history: History;
  readonly values: HistoryValues;
  readonly io: Io;
}

function prune({ root, history, values, io }: PruneRequest): ExitStatus {
  const plan = planPrune(root, agedRuns(history), {
    keepSamplesRuns: values.keepSamples,
    keepWindowsRuns: values.keepWindows,
  });
  const isApplied = values.apply;
  const removals = isApplied ? applyPrune(root, plan) : plan.removals;
  const leftAlone = [...history.leftOut, ...plan.leftAlone];
  const bytes = removals.reduce((sum, removal) => sum + removal.bytes, 0);
  if (values.json) {
    const document = { schemaVersion: 1, applied: isApplied, bytes, ...plan, removals, leftAlone };
    io.stdout.write(`${toJson(document, 2)}\n`);
    return exitStatus.pass;
  }
  for (const { id, file } of removals) io.stdout.write(`${id}/${file}\n`);
  for (const id of plan.protectedIds) say(io, `${id} is kept whole: a baseline needs it`);
  for (const { name, reason } of plan.leftAlone) say(io, `left alone: ${name}: ${reason}`);
  say(
    io,
    `${removals.length} files, ${inSentence(bytes, "bytes")}${isApplied ? " removed" : " would be removed; --apply removes them"}. Results and reports stay.`,
  );
  return exitStatus.pass;
}

/** Nightly runs are counted in each stream: a profile that runs once a week keeps as many nightly runs as one that runs daily. */
function agedRuns(history: History): AgedRun[] {
  return streamsOf(history.runs).flatMap(({ nightlyRuns }) => {
    const dates = [...new Set(nightlyRuns.map(({ at }) => dateOf(at)))];
    return nightlyRuns.flatMap(({ runs, date }) =>
      runs.map(({ id }) => ({ id, newerNightlyRuns: dates.length - 1 - dates.indexOf(date) })),
    );
  });
}
