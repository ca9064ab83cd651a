import { setTimeout as sleep } from "node:timers/promises";
import { falseAlarmsPerYear } from "../../../analysis/history/judge-nightly.ts";
import { Problems } from "../../config/problems.ts";
import type { NightlyDocument } from "../../documents.ts";
import type { Environment } from "../../domain/environment.ts";
import { ConfigError, TargetError, UsageError } from "../../domain/errors.ts";
import { exitStatus, exitStatusOfError, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { readAvailability } from "../../observe/prometheus/availability.ts";
import { annotations, stepSummary } from "../../notify/github.ts";
import { headlineOf } from "../../notify/message.ts";
import { parseReceiver, receiverKinds, type Receiver } from "../../notify/receivers.ts";
import { deliverOnly, nightly, type NightlyRequest, type NightlyResult } from "../../nightly.ts";
import {
  planCommand,
  run as performPipeline,
  type JudgedRun,
  type RunContext,
  type RunRequest,
} from "../../pipeline.ts";
import { secretOf } from "../../secrets/command-secrets.ts";
import { writeNamedFile } from "../../secrets/private-files.ts";
import type { Arguments, Command } from "../command.ts";
import { runContext } from "../context.ts";
import { say, type Io } from "../io.ts";
import { showPlan, showingRuns, statusOf } from "../perform-run.ts";
import { loadOptions, runRequest } from "../run-options.ts";

type Perform = (request: RunRequest, context: RunContext) => Promise<JudgedRun>;

const { open: _open, ...nightlyOptions } = loadOptions;

/** The command with its main job handed in. */
export const nightlyWith = (perform: Perform): Command => ({
  name: "nightly",
  positionals: ["[profile]"],
  options: {
    ...nightlyOptions,
    repeat: {
      value: "N",
      help: "runs per nightly run (default: what the profile says; nightly 3)",
    },
    notify: {
      value: "KIND=URL",
      repeatable: true,
      help: `receivers: ${receiverKinds.join(", ")}; prefer HEADROOM_NOTIFY_SLACK and so on, because command-line arguments are visible in the process list`,
    },
    "notify-dry-run": { help: "print what would be sent, send and record nothing" },
    "deliver-only": {
      help: "skip the run; re-evaluate the history and retry pending notifications",
    },
  },
  examples: [
    "headroom nightly --env staging",
    "HEADROOM_NOTIFY_SLACK=https://… headroom nightly --env staging",
    "headroom nightly --env staging --deliver-only --notify-dry-run",
  ],
  stopsGently: () => true,
  run: async (args, io) => {
    const request = await nightlyRequest(args, io);
    const base = runContext(args, io);
    const isDryRun = args.flag("dry-run");
    const [resolved] =
      args.flag("deliver-only") && !isDryRun
        ? []
        : await planCommand([{ request: request.run, times: request.repetitions }], base).catch(
            (error: unknown) => {
              // A target that does not answer is what the nightly run reports.
              if (error instanceof TargetError && !isDryRun) return [];
              throw error;
            },
          );
    if (isDryRun && resolved !== undefined) return showPlan(resolved, args, io);
    const edges = {
      ...base,
      sleep: (ms: number) => sleep(ms),
      readAvailability: () => availabilityOf(request.run.environment, io),
    };
    try {
      const result = args.flag("deliver-only")
        ? await deliverOnly(request, edges)
        : await nightly(request, { ...edges, perform, onRun: showingRuns(base, io) });
      return show(result, request, args, io);
    } finally {
      base.endProgress();
    }
  },
});

export const nightlyCommand: Command = nightlyWith(performPipeline);

const budgetDays = 28;

/** @throws ConfigError where the token is missing, TargetError where the store does not answer */
async function availabilityOf({ observers: { prometheus } }: Environment, io: Io) {
  if (prometheus === undefined) return [];
  const { tokenVariable } = prometheus;
  const token = tokenVariable === undefined ? undefined : secretOf(io.env, tokenVariable);
  if (tokenVariable !== undefined && (token ?? "") === "")
    throw new ConfigError(`${tokenVariable} is not set: it holds the token of the metrics store`, {
      code: "missing-secret",
    });
  return readAvailability(prometheus, budgetDays, {
    now: io.now,
    token,
  });
}

/** @throws UsageError with every mistake in the flags */
async function nightlyRequest(args: Arguments, io: Io): Promise<NightlyRequest> {
  const problems = new Problems();
  const receivers = [...args.values("notify"), ...receiversOfEnvironment(io)]
    .map((text) => problems.take("--notify", parseReceiver(text)))
    .filter((receiver) => receiver !== undefined);
  const repeat = args.value("repeat");
  if (repeat !== undefined && !(Number.isSafeInteger(Number(repeat)) && Number(repeat) >= 1))
    problems.add(`--repeat: "${repeat}" is not a whole number ≥ 1`);
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom nightly --help" }),
  );
  const run = await runRequest(args.positionals[0] ?? "nightly", args, {
    ...io,
    commandLine: withoutAddresses(io.commandLine),
  });
  return {
    run,
    repetitions: repeat === undefined ? run.profile.repetitions : Number(repeat),
    receivers: uniqueReceivers(receivers),
    isNotifyDryRun: args.flag("notify-dry-run"),
  };
}

const receiversOfEnvironment = ({ env }: Io): string[] =>
  receiverKinds.flatMap((kind) => {
    const url = env[`HEADROOM_NOTIFY_${kind.toUpperCase()}`] ?? "";
    return url === "" ? [] : [`${kind}=${url}`];
  });

const uniqueReceivers = (receivers: readonly Receiver[]): Receiver[] => [
  ...new Map(receivers.map((receiver) => [`${receiver.kind}=${receiver.url}`, receiver])).values(),
];

/** The command line is kept in `run.json`; the address of a receiver is a secret. */
const withoutAddresses = (words: readonly string[]): string[] =>
  words.map((word, index) =>
    words[index - 1] === "--notify" || word.startsWith("--notify=")
      ? word.replace(/((?:^|=)(?:slack|webhook|alertmanager)=).*/s, "$1…")
      : word,
  );

function show(result: NightlyResult, request: NightlyRequest, args: Arguments, io: Io): ExitStatus {
  const lines = reportLines(result, request);
  for (const line of lines) say(io, line);
  if (args.flag("json")) {
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
  return args.flag("deliver-only") ? exitStatus.pass : statusOf(result.reports);
}

function reportLines(
  result: NightlyResult,
  { receivers, isNotifyDryRun }: NightlyRequest,
): string[] {
  const { judged, messages, delivery, problems, nights, objectives } = result;
  const { low, high } = falseAlarmsPerYear(objectives);
  const changed = judged.metrics.filter(({ kind }) => kind !== "steady");
  const steady = judged.metrics.length - changed.length;
  const verb = isNotifyDryRun ? "would notify" : "notified";
  return [
    `nightly run ${nights} of this history: ${steady} of ${judged.metrics.length} metrics steady`,
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
    `${objectives} objectives may send notifications to ${receivers.length} receivers; expect ${low.toFixed(1)} to ${high.toFixed(1)} false alarms a year`,
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
