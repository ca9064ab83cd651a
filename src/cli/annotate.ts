/** `--annotate`: marks runs and gates in Grafana. Whatever goes wrong with it is said, and changes no verdict. */
import { setTimeout as sleep } from "node:timers/promises";
import type { GateDocument } from "../../reports/gate/document.ts";
import { parseHttpUrl } from "../config/hosts.ts";
import { messageOf } from "../domain/errors.ts";
import { refused } from "../domain/parsed.ts";
import type { Report } from "../domain/report.ts";
import { gateFiles } from "../gate.ts";
import type { Message } from "../notify/message.ts";
import { Outbox } from "../notify/outbox.ts";
import { parseReceiver, type Receiver } from "../notify/receivers.ts";
import { runFiles } from "../store/run-directory.ts";
import { runsRoot } from "./context.ts";
import { say, type Io } from "./io.ts";
import { httpUrl, option, type Kind } from "./options.ts";

const grafanaUrl: Kind<Receiver> = {
  name: "URL",
  shown: "URL",
  parse: (text, variables) => {
    const url = parseHttpUrl(text, "set HEADROOM_GRAFANA_TOKEN instead");
    return url.ok ? parseReceiver(`grafana=${url.value}`, variables) : refused(url.problem);
  },
};

export const annotateOptions = {
  annotate: option(
    grafanaUrl,
    "Grafana that gets an annotation of the run; its token is HEADROOM_GRAFANA_TOKEN (docs/outlets.md)",
  ),
  "reports-url": option(
    httpUrl("leave them out"),
    "where the directory of runs is published: messages and annotations link the report there",
  ),
};

interface AnnotateValues {
  readonly annotate?: Receiver | undefined;
  readonly reportsUrl?: string | undefined;
  readonly runs?: string | undefined;
}

/** Never throws: it runs after the verdict. */
async function annotate(
  messages: readonly Message[],
  { annotate: receiver, ...options }: AnnotateValues,
  io: Io,
): Promise<void> {
  if (receiver === undefined || messages.length === 0) return;
  try {
    const outbox = new Outbox(runsRoot(options, io), "annotations");
    outbox.put(messages, [receiver], io.now());
    const { sent, waiting } = await outbox.deliver([receiver], {
      now: io.now,
      sleep: (ms) => sleep(ms),
    });
    if (sent > 0) say(io, `annotated in Grafana: ${sent}`);
    for (const line of [...waiting, ...outbox.problems()]) say(io, `not annotated: ${line}`);
  } catch (error) {
    say(io, `not annotated: ${messageOf(error)}`);
  }
}

/** The report's address, for those who do not have this machine's files. */
const linkOf = (id: string, file: string, { reportsUrl }: AnnotateValues): string | undefined =>
  reportsUrl === undefined ? undefined : `${reportsUrl.replace(/\/+$/, "")}/${id}/${file}`;

export const annotateRuns = (
  reports: readonly Report[],
  options: AnnotateValues,
  io: Io,
): Promise<void> =>
  annotate(
    reports.map((report) => runMessage(report, linkOf(report.run.id, runFiles.html, options))),
    options,
    io,
  );

export const annotateGate = (
  document: GateDocument,
  options: AnnotateValues,
  io: Io,
): Promise<void> =>
  annotate([gateMessage(document, linkOf(document.id, gateFiles.html, options))], options, io);

const runMessage = ({ run, outcome, sentence }: Report, link: string | undefined): Message => ({
  id: `run/${run.id}`,
  kind: "run",
  severity: "info",
  profile: run.plan.profile,
  environment: run.plan.environment,
  metric: "run",
  sentence: `${outcome.toUpperCase()}: ${sentence}`,
  at: run.startedAt,
  until: run.endedAt,
  outcome,
  link,
  suspects: [],
});

const gateMessage = (document: GateDocument, link: string | undefined): Message => ({
  id: `gate/${document.id}`,
  kind: "gate",
  severity: "info",
  profile: document.profile,
  environment: document.environment,
  metric: "gate",
  sentence: `${document.outcome.toUpperCase()}: ${document.sentence}`,
  at: document.startedAt,
  until: document.endedAt,
  outcome: document.outcome,
  link,
  suspects: [],
});
