/**
 * A year of nights whose truth is known, through the code that `headroom nightly` runs: three runs a night are written as
 * run directories, judged, and notified to a receiver on this machine that is sometimes down.
 */
import { createServer, type Server } from "node:http";
import { judgeNightly } from "../analysis/history/judge-nightly.ts";
import { dateOf, newestNightlyRuns, nightlyRunsJudged } from "../analysis/history/streams.ts";
import { trendsOf } from "../analysis/history/trends.ts";
import { environments } from "../profiles/environments/index.ts";
import { loadProfiles } from "../profiles/load/index.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import { cpuPerRequestChart, type NightlyRun, type Stream } from "../src/domain/history.ts";
import { toJson } from "../src/domain/json.ts";
import { normal, seededRandom, type Random } from "../src/domain/random.ts";
import type { LatencyRow, Report } from "../src/domain/report.ts";
import type { RunRecord } from "../src/domain/run.ts";
import type { JudgedVerdict } from "../src/domain/verdict.ts";
import { nightly, type NightlyResult } from "../src/nightly.ts";
import type { JudgedRun } from "../src/pipeline.ts";
import { createRunDirectory, runFiles } from "../src/store/run-directory.ts";
import { writeRunRecord, writeWhole } from "../src/store/run-writer.ts";
import { testRunRecord } from "../src/store/testdata/record.ts";
import type { NoiseKind } from "./detect-simulation.ts";

const dayMs = 86_400_000;
const firstNight = Date.UTC(2025, 10, 22, 2, 15);
const runsPerNight = 3;

/** Standard deviations of the logarithm: between nights, and between the runs of one night. */
const nightNoise = 0.025;
const runNoise = 0.015;

interface Objective {
  readonly metric: string;
  readonly level: number;
  readonly limit: number;
  readonly unit: "ms" | "1/min" | "ratio";
  /** How much of the noise it has: throughput hardly varies, error ratios vary a lot. */
  readonly noise: number;
}

const objectives: readonly Objective[] = [
  { metric: "api.response.p95", level: 150, limit: 200, unit: "ms", noise: 1 },
  { metric: "subgraph.response.p95", level: 118, limit: 200, unit: "ms", noise: 1 },
  { metric: "web.page.p95", level: 1480, limit: 2000, unit: "ms", noise: 1 },
  { metric: "database.query.p95", level: 31, limit: 50, unit: "ms", noise: 1 },
  { metric: "throughput", level: 10_470, limit: 10_000, unit: "1/min", noise: 0.1 },
  { metric: "api.errors", level: 0.0006, limit: 0.01, unit: "ratio", noise: 8 },
  { metric: "subgraph.errors", level: 0.0004, limit: 0.01, unit: "ratio", noise: 8 },
  { metric: "web.errors", level: 0.0005, limit: 0.01, unit: "ratio", noise: 8 },
];

/** A stretch of nights with another level, counted from 0. */
export interface Plant {
  readonly what: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** 1.08 is +8 %. */
  readonly factor: number;
}

export interface YearTruth {
  readonly nights: number;
  readonly plants: readonly Plant[];
  /** Nights with a saturated generator. */
  readonly invalid: readonly number[];
  /** Nights in which the target could not be reached. */
  readonly down: readonly number[];
  /** Nights in which the receiver answers 500, however often it is tried. */
  readonly deaf: readonly number[];
  /** Share of nights on which one objective alone is far off. */
  readonly spikeShare: number;
  /** From this night on k6 is another version; nothing else changes with it. */
  readonly newK6From: number;
}

export const plantedYear: YearTruth = {
  nights: 365,
  plants: [
    { what: "+8 %", metric: "api.response.p95", from: 60, to: 365, factor: 1.08 },
    { what: "+12 %, later fixed", metric: "web.page.p95", from: 110, to: 175, factor: 1.12 },
    { what: "−10 %", metric: "database.query.p95", from: 200, to: 365, factor: 0.9 },
    {
      what: "seven nights of +20 %",
      metric: "subgraph.response.p95",
      from: 250,
      to: 257,
      factor: 1.2,
    },
  ],
  invalid: [33, 90, 91, 92, 93, 211],
  down: [330],
  deaf: [111, 112, 113, 114, 115, 116, 117],
  spikeShare: 0.04,
  newK6From: 300,
};

/** A change that must be notified: the first night of a level. */
export interface Edge {
  readonly what: string;
  readonly metric: string;
  readonly night: number;
}

export const edgesOf = ({ plants, nights, down }: YearTruth): Edge[] => [
  ...plants.flatMap(({ what, metric, from, to }) => [
    { what, metric, night: from },
    ...(to < nights ? [{ what: `back after ${what}`, metric, night: to }] : []),
  ]),
  ...down.flatMap((night) => [
    { what: "the target is down", metric: "target", night },
    { what: "it is back", metric: "target", night: night + 1 },
  ]),
];

export interface SentMessage {
  /** The night in which the receiver took it. */
  readonly night: number;
  readonly kind: string;
  readonly severity: string;
  readonly metric: string;
  readonly sentence: string;
  /** Night that it is about. */
  readonly about: number;
}

export interface YearOutcome {
  readonly edges: readonly (Edge & {
    /** Night that found it; absent: never. */
    readonly found?: number;
    /** Night that the receiver heard of it. */
    readonly heard?: number;
  })[];
  readonly sent: readonly SentMessage[];
  /** Messages with no planted change behind them. */
  readonly falseMessages: readonly SentMessage[];
  /** A message that arrived twice. */
  readonly repeated: number;
  readonly refusals: number;
  /** Of the last night. */
  readonly waiting: readonly string[];
  readonly objectives: number;
  readonly outlierNights: number;
}

/** Writes a year below `root` night by night, as it would have happened. */
export async function liveThrough(
  truth: YearTruth,
  root: string,
  seed: number,
): Promise<YearOutcome> {
  const receiver = await startReceiver();
  const random = seededRandom(seed);
  const results: NightlyResult[] = [];
  const heard: { night: number; body: string; key: string }[] = [];
  let refusals = 0;
  try {
    for (let night = 0; night < truth.nights; night++) {
      receiver.status = truth.deaf.includes(night) ? 500 : 200;
      results.push(await oneNight(truth, night, { root, random, url: receiver.url }));
      for (const { body, key, status } of receiver.take())
        if (status === 200) heard.push({ night, body, key });
        else refusals++;
    }
  } finally {
    receiver.server.close();
  }
  const sent = heard.map(({ night, body }) => messageOf(night, body));
  const last = results.at(-1);
  const edges = edgesOf(truth);
  return {
    edges: edges.map((edge) => foundBy(edge, results, sent)),
    sent,
    falseMessages: sent.filter((message) => !edges.some((edge) => isAbout(message, edge))),
    repeated: heard.length - new Set(heard.map(({ key }) => key)).size,
    refusals,
    waiting: last?.delivery.waiting ?? [],
    objectives: last?.objectives ?? 0,
    outlierNights: results.flatMap(({ judged }) =>
      judged.metrics.filter(({ kind }) => kind === "outlier"),
    ).length,
  };
}

interface Place {
  readonly root: string;
  readonly random: Random;
  readonly url: string;
}

function oneNight(truth: YearTruth, night: number, { root, random, url }: Place) {
  const at = firstNight + night * dayMs;
  const levels = new Map(objectives.map((each) => [each, levelOf(each, truth, night, random)]));
  let run = 0;
  return nightly(
    {
      run: {
        profile: loadProfiles.nightly,
        environment: environments.staging,
        overrides: {},
        targets: {},
        faults: [],
        seed: 1,
        command: "headroom nightly --env staging",
      },
      repetitions: runsPerNight,
      receivers: [{ kind: "webhook", url }],
      isNotifyDryRun: false,
    },
    {
      packageRoot: root,
      headroomVersion: "0.1.0",
      runsRoot: root,
      cacheDirectory: root,
      env: {},
      now: () => at + run * 600_000,
      sleep: () => Promise.resolve(),
      interrupted: new AbortController().signal,
      onStage: () => undefined,
      onProgress: () => undefined,
      onRun: () => undefined,
      perform: () => Promise.resolve(performed(root, at + run++ * 600_000)),
    },
  );

  function performed(where: string, startedAt: number): JudgedRun {
    const record = recordOf(truth, night, startedAt);
    const values = new Map(
      objectives.map((each) => [
        each.metric,
        (levels.get(each) ?? each.level) * Math.exp(each.noise * runNoise * normal(random)),
      ]),
    );
    const outcome = truth.down.includes(night)
      ? "incomplete"
      : truth.invalid.includes(night)
        ? "invalid"
        : undefined;
    const report = reportOf(record, values, outcome);
    const directory = createRunDirectory(where, record.id);
    writeRunRecord(directory, record);
    writeWhole(directory, runFiles.verdicts, toJson(report));
    writeWhole(directory, runFiles.html, `<!doctype html><title>${record.id}</title>`);
    writeWhole(directory, runFiles.windows, "");
    return { directory, report };
  }
}

function levelOf(
  { metric, level, noise }: Objective,
  { plants, spikeShare }: YearTruth,
  night: number,
  random: Random,
): number {
  const spike = random() < spikeShare ? 1.15 - 0.2 * Math.log(1 - random()) : 1;
  const factor = plants
    .filter((plant) => plant.metric === metric && night >= plant.from && night < plant.to)
    .reduce((product, plant) => product * plant.factor, 1);
  return level * factor * Math.exp(noise * nightNoise * normal(random)) * (noise < 1 ? 1 : spike);
}

function recordOf(truth: YearTruth, night: number, startedAt: number): RunRecord {
  const isDown = truth.down.includes(night);
  const base = testRunRecord();
  const stamp = new Date(startedAt).toISOString().replaceAll(/[-:]|\..*/g, "");
  return {
    ...base,
    id: `${stamp.replace("T", "-")}-nightly-${String(night).padStart(4, "0")}`,
    startedAt,
    endedAt: startedAt + 400_000,
    plan: { ...base.plan, profile: "nightly", environment: "staging" },
    versions: { headroom: "0.1.0", k6: night < truth.newK6From ? "2.1.0" : "2.2.0" },
    target: { kind: "live", labels: { commit: commitOf(truth, night) } },
    state: isDown ? "interrupted" : "complete",
    ...(isDown
      ? { interruption: { cause: "target", message: "the target did not answer" } as const }
      : {}),
  };
}

/** A deployment about every ninth night, and one with every planted change. */
function commitOf({ plants }: YearTruth, night: number): string {
  const changed = new Set(plants.flatMap(({ from, to }) => [from, to]));
  const count = Array.from({ length: night + 1 }, (_, each) => each).filter(
    (each) => each % 9 === 0 || changed.has(each),
  ).length;
  return (seededRandom(count)() * 2 ** 32).toString(16).slice(0, 7).padStart(7, "0");
}

function reportOf(
  run: RunRecord,
  values: ReadonlyMap<string, number>,
  broken: "invalid" | "incomplete" | undefined,
): Report {
  const verdicts = broken === undefined ? objectives.map((each) => verdictOf(each, values)) : [];
  const hasFailed = verdicts.some(({ outcome }) => outcome === "fail");
  const outcome = broken ?? (hasFailed ? "fail" : "pass");
  const api = values.get("api.response.p95") ?? 1;
  const cpu = (api / 150) * 6.1;
  return {
    ...reports.pass,
    outcome,
    exitStatus: broken === undefined ? (hasFailed ? 1 : 0) : 3,
    sentence: "made by arithmetic",
    run,
    verdicts,
    findings: [],
    latency: [row("api", api), row("subgraph", values.get("subgraph.response.p95") ?? 1)],
    endpoints: [
      { ...row("api", api * 1.04), endpoint: "token.read" },
      { ...row("api", api * 0.83), endpoint: "user.me" },
    ],
    errors: [],
    series: [
      {
        chart: cpuPerRequestChart,
        label: "dapp",
        unit: "ms",
        style: "line",
        points: [[run.startedAt, cpu]],
      },
    ],
  };
}

const row = (surface: "api" | "subgraph", p95Ms: number): LatencyRow => ({
  metric: "response",
  surface,
  kind: "read",
  requests: 20_000,
  failed: 8,
  dropped: 0,
  requestsPerMinute: 4000,
  p50Ms: p95Ms * 0.41,
  p95Ms,
  p99Ms: p95Ms * 1.9,
  maxMs: p95Ms * 4,
});

function verdictOf(
  { metric, limit, unit, level }: Objective,
  values: ReadonlyMap<string, number>,
): JudgedVerdict {
  const point = values.get(metric) ?? level;
  const good = unit === "1/min" ? "above" : "below";
  const isKept = good === "above" ? point >= limit : point < limit;
  return {
    checkId: metric,
    group: "objective",
    title: metric,
    reason: "made by arithmetic",
    outcome: isKept ? "pass" : "fail",
    observed: {
      point,
      low: point * 0.985,
      high: point * 1.015,
      unit,
      confidence: 0.9,
      sampleCount: 20_000,
      method: "arithmetic",
      warnings: [],
    },
    limit: { value: limit, unit, good, source: "bench" },
    margin: good === "above" ? point / limit - 1 : 1 - point / limit,
    minimumCount: 59,
  };
}

interface Received {
  readonly body: string;
  readonly key: string;
  readonly status: number;
}

interface Receiver {
  readonly server: Server;
  readonly url: string;
  status: number;
  /** What came since the last time. */
  readonly take: () => Received[];
}

async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += String(part)));
    request.on("end", () => {
      received.push({
        body,
        key: String(request.headers["idempotency-key"]),
        status: receiver.status,
      });
      response.writeHead(receiver.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const receiver: Receiver = {
    server,
    url: `http://127.0.0.1:${port}/hook`,
    status: 200,
    take: () => received.splice(0),
  };
  return receiver;
}

function messageOf(night: number, body: string): SentMessage {
  const { kind, severity, metric, sentence, at } = JSON.parse(body) as Record<string, string>;
  return {
    night,
    kind: kind ?? "",
    severity: severity ?? "",
    metric: metric ?? "",
    sentence: sentence ?? "",
    about: nightOf(Date.parse(at ?? "")),
  };
}

const nightOf = (at: number): number => Math.round((at - firstNight) / dayMs);

/** A change is found where it is, give or take three nights; a target is down on a night of its own. */
const isAbout = ({ metric, about }: SentMessage, edge: Edge): boolean =>
  metric === edge.metric && Math.abs(about - edge.night) <= (metric === "target" ? 0 : 3);

function foundBy(
  edge: Edge,
  results: readonly NightlyResult[],
  sent: readonly SentMessage[],
): YearOutcome["edges"][number] {
  const dates = Array.from({ length: 7 }, (_, i) =>
    dateOf(firstNight + (edge.night + i - 3) * dayMs),
  );
  const found = results.findIndex(({ judged, messages }, night) => {
    if (night < edge.night) return false;
    if (edge.metric === "target")
      return messages.some(({ metric, at }) => metric === "target" && nightOf(at) === edge.night);
    return judged.metrics.some(
      ({ metric, kind, sentence }) =>
        metric === edge.metric &&
        ["new-regression", "new-improvement", "resolved"].includes(kind) &&
        dates.some((date) => sentence.includes(`since ${date}`)),
    );
  });
  const heard = sent.find((message) => isAbout(message, edge))?.night;
  return {
    ...edge,
    found: found < 0 ? undefined : found,
    heard,
  };
}

const yearNights = 365;

/**
 * Messages from objectives that never change: nights with a noise of 3 %, judged every night over the newest 120, through
 * the judgement of the nightly run. A recovery from a false change counts as a message of its own.
 * @returns messages for each year of one objective
 */
export function stationaryMessages(kind: NoiseKind, years: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: years }, () => {
    const values = stationary(kind, nightlyRunsJudged + yearNights, random);
    const notified: { metric: string; at: number }[] = [];
    for (let night = nightlyRunsJudged; night < values.length; night++) {
      const stream = newestNightlyRuns(
        streamOf(values.slice(0, night + 1), night),
        nightlyRunsJudged,
      );
      const { notifications } = judgeNightly(stream, trendsOf(stream), { notified });
      notified.push(...notifications.map(({ metric, at }) => ({ metric, at })));
    }
    return notified.length;
  });
}

function stationary(kind: NoiseKind, count: number, random: Random): number[] {
  let state = normal(random);
  return Array.from({ length: count }, () => {
    state = kind.phi * state + Math.sqrt(1 - kind.phi ** 2) * normal(random);
    const spike = random() < kind.spikeShare ? 1.15 - 0.3 * Math.log(1 - random()) : 1;
    return 150 * Math.exp(0.03 * state) * spike;
  });
}

/** Only the newest nights are made: the others are not looked at. */
function streamOf(values: readonly number[], last: number): Stream {
  const from = Math.max(0, last + 1 - nightlyRunsJudged);
  const nights = values.slice(from).map((value, index): NightlyRun => {
    const at = firstNight + (from + index) * dayMs;
    const head = { id: dateOf(at), at, outcome: "pass", traits: {} } as const;
    const limit = { value: 200, good: "below" } as const;
    const measured = [{ metric: "api.response.p95", value, unit: "ms", limit } as const];
    const run = { ...head, profile: "nightly", environment: "staging", source: "run" } as const;
    return { ...head, date: dateOf(at), runs: [{ ...run, values: measured }] };
  });
  return { profile: "nightly", environment: "staging", nightlyRuns: nights, marks: [] };
}
