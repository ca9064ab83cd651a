import { inSentence, plural, signedPercent } from "../../domain/number-text.ts";
import { textTable } from "../../../reports/kit/text-table.ts";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { indicesOf, judgeNightly } from "../../../analysis/history/judge-nightly.ts";
import { dateOf, newestNights, streamsOf } from "../../../analysis/history/streams.ts";
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
import { readDecisions, type StoredDecisions } from "../../nightly.ts";
import { leftOutTexts, readHistory, type History } from "../../store/history.ts";
import { applyPrune, planPrune, type AgedRun, type RetentionRules } from "../../store/retention.ts";
import { writeWhole } from "../../store/run-writer.ts";
import type { Arguments, Command } from "../command.ts";
import { runsRoot } from "../context.ts";
import { say, type Io } from "../io.ts";
import { runsOption } from "../run-options.ts";
import { headroomVersion } from "../version.ts";
import { decide } from "../history-decisions.ts";

const defaultNights = 400;
const defaultKeepSamples = 30;
const defaultKeepWindows = 180;

export const historyCommand: Command = {
  name: "history",
  positionals: ["[prune]"],
  options: {
    profile: {
      value: "NAME",
      help: "nightly runs of this profile (default: the one with the most)",
    },
    env: {
      value: "NAME",
      help: "nightly runs in this environment (default: the one with the most)",
    },
    metric: { value: "NAME", repeatable: true, help: "only this metric: api.response.p95" },
    nights: { value: "N", help: `newest nightly runs to include (default ${defaultNights})` },
    accept: {
      value: "METRIC@DATE",
      help: "accept this change as the new normal: no longer an open regression; the date as 2026-03-22",
    },
    pin: {
      value: "BASELINE",
      help: "baseline that the last week is compared with from now on, to detect slow regressions",
    },
    because: { value: "TEXT", help: "accept, pin: why; kept with the decision" },
    by: { value: "WHO", help: "accept, pin: who decided it (default: git's user, or USER)" },
    site: { value: "DIR", help: "write a static site to DIR; open DIR/index.html" },
    "keep-samples": {
      value: "N",
      help: `prune: nightly runs that keep raw samples (default ${defaultKeepSamples})`,
    },
    "keep-windows": {
      value: "N",
      help: `prune: nightly runs that keep windows and observations (default ${defaultKeepWindows})`,
    },
    apply: { help: "prune: remove the files instead of only naming them" },
    "dry-run": { help: "prune: only name the files that would be removed (default)" },
    runs: runsOption,
    json: { help: "one JSON document on stdout" },
  },
  examples: [
    "headroom history",
    "headroom history --metric api.response.p95 --json",
    "headroom history --site public",
    'headroom history --accept api.response.p95@2026-03-22 --because "twice the catalogue, agreed"',
    'headroom history --pin release-41 --because "the last release before the rewrite"',
    "headroom history prune --keep-samples 30 --keep-windows 180",
  ],
  run: async (args, io) => {
    const [action] = args.positionals;
    if (action !== undefined && action !== "prune")
      throw new UsageError(`unexpected "${action}": the only argument is prune`, {
        code: "usage",
      });
    refuseIdleFlags(args);
    const root = runsRoot(args, io);
    const history = readHistory(root);
    for (const problem of leftOutTexts(history.leftOut)) say(io, `left out: ${problem}`);
    if (action === "prune") return prune({ root, history, args, io });
    const stream = chosenStream(history, args, io);
    if (args.value("accept") !== undefined || args.value("pin") !== undefined)
      return decide({ root, stream, runs: history.runs, args, io });
    const { decisions, problems } = readDecisions(root, stream, history.runs);
    for (const problem of problems) say(io, problem);
    const trends = explained(stream, chosenTrends(stream, args), decisions);
    const site = args.value("site");
    if (site !== undefined)
      writeSite({ directory: path.resolve(io.cwd, site), root, history, stream, trends, io });
    else if (args.flag("json"))
      io.stdout.write(
        `${toJson({ schemaVersion: 1, ...stream, trends, problems: leftOutTexts(history.leftOut), leftOut: history.leftOut }, 2)}\n`,
      );
    else io.stdout.write(table(stream, trends));
    return exitStatus.pass;
  },
};

const ofPrune = ["keep-samples", "keep-windows", "apply", "dry-run"];
const ofDecisions = ["because", "by"];
const ofTrends = ["metric", "site"];
const ofStreams = ["profile", "env", "nights"];

/** Flags without effect: ignoring them would hide a mistake. @throws UsageError naming all of them */
function refuseIdleFlags(args: Arguments): void {
  const problems = new Problems();
  const refuse = (names: readonly string[], why: string): void => {
    for (const name of names.filter((each) => args.flag(each))) problems.add(`--${name} ${why}`);
  };
  const decisions = ["accept", "pin"];
  const isDecision = decisions.some((name) => args.flag(name));
  if (args.positionals[0] === "prune") {
    const others = [...ofStreams, ...ofTrends, ...decisions, ...ofDecisions];
    refuse(others, "has no effect on history prune, which covers all runs");
    if (args.flag("apply"))
      refuse(["dry-run"], "removes nothing, --apply removes: give one of them");
  } else {
    refuse(ofPrune, "is for headroom history prune");
    if (isDecision) refuse(ofTrends, "has no effect with --accept and --pin");
    else refuse(ofDecisions, "is for --accept and --pin");
  }
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom history --help" }),
  );
}

/** @throws UsageError for a profile or environment without nightly runs, StoreError without any run */
function chosenStream(history: History, args: Arguments, io: Io): Stream {
  const streams = streamsOf(history.runs);
  const [profile, environment] = [args.value("profile"), args.value("env")];
  const fitting = streams.filter(
    (stream) =>
      (profile === undefined || stream.profile === profile) &&
      (environment === undefined || stream.environment === environment),
  );
  const [stream] = fitting;
  const names = streams.map(
    (each) => `${each.profile} on ${each.environment} (${each.nights.length})`,
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
  return newestNights(stream, wholeNumber(args, "nights", defaultNights));
}

/** @throws UsageError */
function wholeNumber(args: Arguments, name: string, usual: number): number {
  const text = args.value(name);
  const value = text === undefined ? usual : Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`--${name}: "${text}" is not a whole number ≥ 1`, { code: "usage" });
}

/** Trends with the status after the latest nightly run and the accepted changes. */
function explained(
  stream: Stream,
  trends: readonly Trend[],
  decisions: StoredDecisions,
): readonly SiteTrend[] {
  const { metrics } = judgeNightly(stream, trends, decisions);
  return trends.map((trend, order): SiteTrend => {
    const night = metrics[order];
    return {
      ...trend,
      accepted: decisions.accepted.flatMap((each) =>
        indicesOf(trend, [each]).map((index) => ({ index, because: each.because })),
      ),
      remark: night === undefined || night.kind === "steady" ? undefined : night.sentence,
    };
  });
}

/** @throws UsageError with every metric that was never measured */
function chosenTrends(stream: Stream, args: Arguments): readonly Trend[] {
  const wanted = args.values("metric");
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
  const first = stream.nights[0]?.date ?? "";
  const last = stream.nights.at(-1)?.date ?? "";
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
        `  ${stream.nights[index]?.date ?? ""}  ${trait}: ${from} → ${to}`,
    );
  return [
    `${stream.profile} on ${stream.environment}: ${plural(stream.nights.length, "nightly run")}, ${first} to ${last}`,
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
  const document: SiteDocument = {
    ...stream,
    headroom: headroomVersion(io.packageRoot),
    writtenAt: io.now(),
    trends,
    problems: leftOutTexts(history.leftOut),
    nights: stream.nights.map((night) => ({
      ...night,
      runs: night.runs.map(({ id, outcome, report }) => ({
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
    `${plural(pages.size, "page")}, ${plural(stream.nights.length, "nightly run")}: ${path.join(directory, "index.html")}`,
  );
}

const relativeUrl = (from: string, to: string): string =>
  path.relative(from, to).split(path.sep).map(encodeURIComponent).join("/").replaceAll("%2E", ".");

interface PruneRequest {
  readonly root: string;
  readonly history: History;
  readonly args: Arguments;
  readonly io: Io;
}

function prune({ root, history, args, io }: PruneRequest): ExitStatus {
  const plan = planPrune(root, agedRuns(history), retentionRules(args));
  const isApplied = args.flag("apply");
  const removals = isApplied ? applyPrune(root, plan) : plan.removals;
  const leftAlone = [...history.leftOut, ...plan.leftAlone];
  const bytes = removals.reduce((sum, removal) => sum + removal.bytes, 0);
  if (args.flag("json")) {
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

/** @throws UsageError where windows would go before the samples that they were made of */
function retentionRules(args: Arguments): RetentionRules {
  const keepSamplesNights = wholeNumber(args, "keep-samples", defaultKeepSamples);
  const keepWindowsNights = wholeNumber(args, "keep-windows", defaultKeepWindows);
  if (keepWindowsNights >= keepSamplesNights) return { keepSamplesNights, keepWindowsNights };
  throw new UsageError(
    `--keep-windows ${keepWindowsNights} is less than --keep-samples ${keepSamplesNights}: raw samples without their windows help nobody`,
    { code: "usage", hint: "Keep windows at least as long as samples." },
  );
}

/** Nights are counted in each stream: a profile that runs once a week keeps as many nights as one that runs daily. */
function agedRuns(history: History): AgedRun[] {
  return streamsOf(history.runs).flatMap(({ nights }) => {
    const dates = [...new Set(nights.map(({ at }) => dateOf(at)))];
    return nights.flatMap(({ runs, date }) =>
      runs.map(({ id }) => ({ id, nightsAgo: dates.length - 1 - dates.indexOf(date) })),
    );
  });
}
