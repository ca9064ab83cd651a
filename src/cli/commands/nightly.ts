import { decimal } from "../../domain/number-text.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { falseAlarmsPerYear } from "../../../analysis/history/judge-nightly.ts";
import { trendPicturePage, trendPictureSize } from "../../../reports/site/trend-picture.ts";
import type { NightlyDocument } from "../../documents.ts";
import type { Environment } from "../../domain/environment.ts";
import { TargetError } from "../../domain/errors.ts";
import { exitStatus, exitStatusOfError, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { locateChromium } from "../../observe/browser/locate-chromium.ts";
import { readAvailability } from "../../observe/prometheus/availability.ts";
import { drawPicture } from "../../notify/draw-picture.ts";
import { annotations, stepSummary } from "../../notify/github.ts";
import { headlineOf } from "../../notify/message.ts";
import { parseReceiver, receiverKinds, type Receiver } from "../../notify/receivers.ts";
import {
  deliverOnly,
  nightly,
  type DrawTrend,
  type NightlyRequest,
  type NightlyResult,
} from "../../nightly.ts";
import {
  planCommand,
  run as performPipeline,
  type JudgedRun,
  type RunContext,
  type RunRequest,
} from "../../pipeline.ts";
import { writeNamedFile } from "../../secrets/private-files.ts";
import { annotateRuns } from "../annotate.ts";
import { defineCommand, type Values } from "../command.ts";
import { runContext } from "../context.ts";
import { say, type Io } from "../io.ts";
import { withLiveView } from "../live.ts";
import { showPlan, showingRuns, statusOf } from "../perform-run.ts";
import { flag, repeatable, type Kind } from "../options.ts";
import { receiversOfEnvironment } from "../receivers-of-environment.ts";
import { checkLoad, checkLoadFiles, loadOptions, runRequest } from "../run-options.ts";
import { storeToken } from "../store-token.ts";
import { profilesNote, repeatOption } from "./run.ts";

type Perform = (request: RunRequest, context: RunContext) => Promise<JudgedRun>;

const { open: _open, ...ofLoad } = loadOptions;

const address: Kind<Receiver> = { name: "receiver", shown: "KIND=URL", parse: parseReceiver };

const options = {
  ...ofLoad,
  repeat: repeatOption,
  notify: repeatable(
    address,
    `receivers: ${receiverKinds.join(", ")}; prefer HEADROOM_NOTIFY_SLACK and so on, because command-line arguments are visible in the process list`,
  ),
  "notify-dry-run": flag("print what would be sent, send and record nothing"),
  "deliver-only": flag("skip the run; re-evaluate the history and retry pending notifications"),
};
type NightlyValues = Values<typeof options>;

/** The command with its main job handed in. */
export const nightlyWith = (perform: Perform) =>
  defineCommand({
    name: "nightly",
    positionals: ["[profile]"],
    options,
    note: profilesNote,
    examples: [
      "headroom nightly --env staging",
      "HEADROOM_NOTIFY_SLACK=https://… headroom nightly --env staging",
      "headroom nightly --env staging --live=8090",
      "headroom nightly --env staging --deliver-only --notify-dry-run",
    ],
    stopsGently: () => true,
    check: ({ positionals: [profile = "nightly"], options: values }, problems) =>
      checkLoad(profile, values, problems),
    checkFiles: ({ options: values }, io, problems) => checkLoadFiles(values, io, problems),
    run: async ({ positionals: [profile = "nightly"], options: values }, io) => {
      const request = await nightlyRequest(profile, values, io);
      const base = runContext(values, io);
      const { dryRun: isDryRun, deliverOnly: isDeliverOnly } = values;
      const [resolved] =
        isDeliverOnly && !isDryRun
          ? []
          : await planCommand([{ request: request.run, times: request.repetitions }], base).catch(
              (error: unknown) => {
                // A target that does not answer is what the nightly run reports.
                if (error instanceof TargetError && !isDryRun) return [];
                throw error;
              },
            );
      if (isDryRun && resolved !== undefined) return showPlan(resolved, values, base, io);
      const edges = {
        ...base,
        sleep: (ms: number) => sleep(ms),
        readAvailability: () => availabilityOf(request.run.environment, io),
        drawTrend: drawTrend(base.headroomVersion, io),
      };
      try {
        const result = isDeliverOnly
          ? await deliverOnly(request, edges)
          : await withLiveView({ live: values.live }, edges, io, (followed, live) =>
              nightly(request, { ...followed, perform, onRun: showingRuns(base, io, live) }),
            );
        await annotateRuns(result.reports, values, io);
        return show(result, request, values, io);
      } finally {
        base.endProgress();
      }
    },
  });

export const nightlyCommand = nightlyWith(performPipeline);

const drawTrend =
  (headroom: string, { env, now }: Io): DrawTrend =>
  (trend, stream, file) => {
    const site = { ...stream, headroom, writtenAt: now(), trends: [], problems: [], gates: [] };
    return drawPicture({
      chromium: locateChromium(env),
      html: trendPicturePage({ ...trend, accepted: [] }, site),
      size: trendPictureSize,
      file,
    });
  };

const budgetDays = 28;

/** @throws ConfigError where the token is missing, TargetError where the store does not answer */
async function availabilityOf({ observers: { prometheus } }: Environment, io: Io) {
  if (prometheus === undefined) return [];
  return readAvailability(prometheus, budgetDays, {
    now: io.now,
    token: storeToken(prometheus, io),
  });
}

/** @throws UsageError for receivers of the environment that are none */
async function nightlyRequest(
  profile: string,
  values: NightlyValues,
  io: Io,
): Promise<NightlyRequest> {
  const receivers = [...values.notify, ...receiversOfEnvironment(io)];
  const run = await runRequest(profile, values, {
    ...io,
    commandLine: withoutAddresses(io.commandLine),
  });
  return {
    run,
    repetitions: values.repeat ?? run.profile.repetitions,
    receivers: uniqueReceivers(receivers),
    reportsUrl: values.reportsUrl,
    isNotifyDryRun: values.notifyDryRun,
  };
}

const uniqueReceivers = (receivers: readonly Receiver[]): Receiver[] => [
  ...new Map(receivers.map((receiver) => [`${receiver.kind}=${receiver.url}`, receiver])).values(),
];

/** The command line is kept in `run.json`; the address of a receiver is a secret. */
const withoutAddresses = (words: readonly string[]): string[] =>
  words.map((word, index) =>
    words[index - 1] === "--notify" || word.startsWith("--notify=")
      ? word.replace(/((?:^|=)(?:slack|webhook|alertmanager|grafana)=).*/s, "$1…")
      : word,
  );

function show(
  result: NightlyResult,
  request: NightlyRequest,
  { json, deliverOnly: isDeliverOnly }: NightlyValues,
  io: Io,
): ExitStatus {
  const lines = reportLines(result, request);
  for (const line of lines) say(io, line);
  if (json) {
    const { reports, failure: _failure, ...rest } = result;
    const runs = reports.map(({ run, outcome }) => ({ id: run.id, outcome }));
    const document: NightlyDocument = { schemaVersion: 1, ...rest, runs };
    io.stdout.write(`${toJson(document, 2)}\n`);
  }
  annotateGithub(result, lines, io);
  if (result.failure !== undefined) {
    say(io, result.failure.message);
    return exitStatusOfError(result.failure);
  }
  if (io.interrupted.aborted) return exitStatus.interrupted;
  return isDeliverOnly ? exitStatus.pass : statusOf(result.reports);
}

function reportLines(
  result: NightlyResult,
  { receivers, isNotifyDryRun }: NightlyRequest,
): string[] {
  const { judged, messages, delivery, problems, nightlyRuns, objectives } = result;
  const { low, high } = falseAlarmsPerYear(objectives);
  const changed = judged.metrics.filter(({ kind }) => kind !== "steady");
  const steady = judged.metrics.length - changed.length;
  const verb = isNotifyDryRun ? "would notify" : "notified";
  return [
    `nightly run ${nightlyRuns} of this history: ${steady} of ${judged.metrics.length} metrics steady`,
    ...changed.map(({ sentence, kind }) => `${kind}: ${sentence}`),
    ...judged.metrics.flatMap(({ title, notices = [] }) =>
      notices.map((notice) => `${title}: ${notice}`),
    ),
    ...messages.map((message) => `${verb}: ${headlineOf(message)}`),
    ...delivery.waiting,
    ...problems.map((problem) => `left out: ${problem}`),
    result.availability.kind === "known"
      ? result.availability.budget.sentence
      : result.availability.sentence,
    `${objectives} objectives may send notifications to ${receivers.length} receivers; expect ${decimal(low)} to ${decimal(high)} false alarms a year`,
  ];
}

function annotateGithub(
  { messages, judged }: NightlyResult,
  lines: readonly string[],
  io: Io,
): void {
  if (io.env["GITHUB_ACTIONS"] !== "true") return;
  for (const line of annotations(messages)) say(io, line);
  const summary = io.env["GITHUB_STEP_SUMMARY"] ?? "";
  if (summary === "") return;
  try {
    writeNamedFile(
      summary,
      stepSummary(`Headroom: ${judged.notifications.length} new notifications`, lines),
      "a",
    );
  } catch (error) {
    say(io, `the step summary cannot be written: ${String(error)}`);
  }
}
