/** `headroom history --accept` and `--pin`: decisions of people about the history, kept beside it. */
import { plural } from "../domain/number-text.ts";
import { minReferenceNightlyRuns, referenceValues } from "../../analysis/history/reference.ts";
import { dateOf } from "../../analysis/history/streams.ts";
import { trendsOf } from "../../analysis/history/trends.ts";
import { suggestion } from "../config/nearest.ts";
import { Problems } from "../config/problems.ts";
import { UsageError } from "../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../domain/exit-status.ts";
import type { HistoryRun, Stream, Trend } from "../domain/history.ts";
import { toJson } from "../domain/json.ts";
import { readBaseline } from "../store/baselines.ts";
import type { Acceptance, Pin } from "../domain/history.ts";
import { keepAcceptance, keepPin } from "../store/decisions.ts";
import { gitUser } from "./git.ts";
import { say, type Io } from "./io.ts";

interface DecisionRequest {
  readonly root: string;
  readonly stream: Stream;
  readonly runs: readonly HistoryRun[];
  readonly values: {
    readonly reason?: string | undefined;
    readonly by?: string | undefined;
    readonly accept?: string | undefined;
    readonly pin?: string | undefined;
    readonly json: boolean;
  };
  readonly io: Io;
}

/** @throws UsageError with everything that is wrong; nothing is kept then */
export function decide(request: DecisionRequest): ExitStatus {
  const { root, values, io } = request;
  const problems = new Problems();
  const { reason: because = "" } = values;
  if (because === "") problems.add("--reason is missing: say why, for whoever reads it next year");
  const { profile, environment } = request.stream;
  const by = values.by ?? gitUser(io) ?? io.env["USER"] ?? "unknown";
  const head = { profile, environment, because, by, decidedAt: io.now() };
  const acceptance = acceptanceOf(request, head, problems);
  const pin = pinOf(request, head, problems);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom history --help" }),
  );
  if (acceptance !== undefined) {
    keepAcceptance(root, acceptance);
    const since = dateOf(acceptance.at);
    say(io, `Accepted: ${acceptance.metric} as it is since ${since}, because ${because}`);
  }
  if (pin !== undefined) {
    keepPin(root, pin);
    say(
      io,
      `Pinned: the last week of ${profile} on ${environment} is compared with ${pin.baseline}`,
    );
  }
  if (values.json)
    io.stdout.write(`${toJson({ schemaVersion: 1, accepted: acceptance, reference: pin }, 2)}\n`);
  return exitStatus.pass;
}

type Head = Omit<Pin, "baseline">;

function acceptanceOf(
  { stream, values: { accept: text } }: DecisionRequest,
  head: Head,
  problems: Problems,
): Acceptance | undefined {
  if (text === undefined) return undefined;
  const at = text.lastIndexOf("@");
  const [metric, nightlyRun] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (at < 1 || nightlyRun === "") {
    problems.add(`--accept: "${text}" is not METRIC@NIGHT, as in api.response.p95@2026-03-22`);
    return undefined;
  }
  const [trend] = trendsOf(stream, [metric]);
  if (trend === undefined) {
    const known = trendsOf(stream).map((each) => each.metric);
    problems.add(`--accept: no nightly run has "${metric}": ${suggestion(metric, known)}`);
    return undefined;
  }
  const point = pointOf(trend, nightlyRun);
  if (point === undefined) {
    const changes = trend.changePoints.map(({ index }) => trend.points[index]?.date ?? "");
    problems.add(
      `--accept: ${metric} has no change point at ${nightlyRun}; changes: ${changes.join(", ") || "none"}`,
    );
    return undefined;
  }
  return { ...head, metric, at: point.at };
}

/** A change may be found a nightly run or two beside the one that people talk about. */
const nearby = 2;

/** @returns the first nightly run of the change; by its date or by the id of the nightly run */
function pointOf({ points, changePoints }: Trend, nightlyRun: string) {
  const meant = points.findIndex(
    (point) => point.date === nightlyRun || point.nightlyRun === nightlyRun,
  );
  const change = changePoints
    .filter(({ index }) => meant >= 0 && Math.abs(index - meant) <= nearby)
    .toSorted((a, b) => Math.abs(a.index - meant) - Math.abs(b.index - meant))[0];
  return change === undefined ? undefined : points[change.index];
}

function pinOf(
  { root, stream, runs, values: { pin: name } }: DecisionRequest,
  head: Head,
  problems: Problems,
): Pin | undefined {
  if (name === undefined) return undefined;
  const baseline = readBaseline(root, name);
  const { profile, environment } = stream;
  if (baseline.profile !== profile || baseline.environment !== environment)
    problems.add(
      `--pin: ${name} has runs of ${baseline.profile} on ${baseline.environment}, this history is ${profile} on ${environment}`,
    );
  const { nightlyRuns } = referenceValues(runs, { name, runs: baseline.current.runs });
  if (nightlyRuns < minReferenceNightlyRuns)
    problems.add(
      `--pin: ${name} has runs of ${plural(nightlyRuns, "nightly run")}, a reference needs ${minReferenceNightlyRuns}: runs of one nightly run do not show the variation between nightly runs`,
    );
  return { ...head, baseline: name };
}
