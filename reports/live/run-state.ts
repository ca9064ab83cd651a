/**
 * What the live view knows of a run, from what the run writes: windows, observations, events, and its progress once a
 * second. Fixed memory, however long the run. Instants are ours (when it was told), because clocks of clusters differ.
 */
import { Histogram } from "../../src/domain/histogram.ts";
import type { ClusterRecord, ObservationLine } from "../../src/domain/kubernetes-records.ts";
import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import type { LoadProgress, SurfaceProgress } from "../../src/domain/load-progress.ts";
import { formatLatency, formatValue } from "../../src/domain/number-text.ts";
import type { FailureEvent, RunEvent } from "../../src/domain/observation.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { eventText } from "../../src/domain/resilience.ts";
import { surfaceNames, surfaces, type Surface } from "../../src/domain/surface.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { FlowWindow, WindowRecord } from "../../src/domain/window.ts";
import type { Mark } from "../kit/time-frame.ts";
import { ChangingLine, GrowingLine, keep, pointWidthMs } from "./lines.ts";

/** Something that people should see once. */
export interface Happening {
  readonly at: number;
  readonly text: string;
}

/** How a surface stands so far; only what was measured can be within its limit. */
export type Standing = "unknown" | "within" | "beyond";

export interface LiveWorkload {
  readonly name: string;
  readonly wanted: ChangingLine;
  readonly ready: ChangingLine;
  /** What its autoscaler wants. */
  readonly desired: ChangingLine;
}

/** Values that are absent were not observed. */
export interface LiveGenerator {
  readonly k6Cores?: number;
  readonly hostIdleRatio?: number;
  /** Longest delay of this process's timer in the last second. */
  readonly delayMs?: number;
  /** Of iteration starts, in the last seconds. */
  readonly lagP99Ms?: number | undefined;
}

export interface LiveLines {
  readonly offered: GrowingLine;
  readonly achieved: GrowingLine;
  readonly errors: GrowingLine;
  readonly dropped: GrowingLine;
  readonly k6Cores: GrowingLine;
  readonly hostIdle: GrowingLine;
  readonly lag: GrowingLine;
  readonly latency: Readonly<Record<Surface, LatencyLines>>;
}

interface LatencyLines {
  readonly p50: GrowingLine;
  readonly p95: GrowingLine;
  readonly p99: GrowingLine;
}

/** Lists do not grow without end; the report has all. */
const mostHappenings = 40;
const mostFailures = 12;
const mostMarks = 60;
const lagSeconds = 5;
/** A surface that was beyond its limit is announced to be within it below this share of the limit. */
const backWithin = 0.95;

export class LiveRunState {
  readonly plan: Plan;
  readonly lines: LiveLines;
  readonly workloads = new Map<string, LiveWorkload>();
  readonly marks: Mark[] = [];
  /** The newest last. */
  readonly happenings: Happening[] = [];
  /** How many of them are not in the list any more. */
  forgotten = 0;
  readonly failures: FailureEvent[] = [];
  loadStartedAt: number | undefined;
  progress: LoadProgress | undefined;
  /** Said aloud by a screen reader: a phase began, a surface crossed its limit, the run was aborted. */
  announcement = "";
  #generator: LiveGenerator = {};
  readonly #k6Cores = new Map<string, number>();
  /** Newest seconds of all flows and runners. */
  #lags: FlowWindow[] = [];
  #newestLag = 0;
  #announcedAt: number | undefined;
  readonly #restarts = new Map<string, number>();
  readonly #standings = new Map<Surface, Standing>();

  constructor(plan: Plan) {
    this.plan = plan;
    const width = pointWidthMs(plan.durationMs);
    const line = (choose: (earlier: number, later: number) => number) =>
      new GrowingLine(width, choose);
    const latency = (): LatencyLines => ({
      p50: line(keep.largest),
      p95: line(keep.largest),
      p99: line(keep.largest),
    });
    this.lines = {
      offered: line(keep.last),
      achieved: line(keep.last),
      errors: line(keep.largest),
      dropped: line(keep.last),
      k6Cores: line(keep.largest),
      hostIdle: line(keep.least),
      lag: line(keep.largest),
      latency: { web: latency(), api: latency(), subgraph: latency() },
    };
  }

  get generator(): LiveGenerator {
    return this.#generator;
  }

  /** Once a second. @param at now, epoch milliseconds */
  second(at: number, progress: LoadProgress): void {
    const before = this.progress;
    this.progress = progress;
    this.lines.offered.add(at, progress.offeredPerMinute);
    this.lines.achieved.add(at, progress.achievedPerMinute);
    this.lines.dropped.add(at, progress.dropped);
    this.lines.errors.add(at, failedShareSince(before, progress));
    for (const { surface, recent } of progress.surfaces) {
      const { p50, p95, p99 } = this.lines.latency[surface];
      p50.add(at, recent.p50Ms);
      p95.add(at, recent.p95Ms);
      p99.add(at, recent.p99Ms);
    }
    this.#lags = this.#lags.filter((each) => each.at > this.#newestLag - lagSeconds * 1000);
    const lag = new Histogram();
    for (const each of this.#lags) lag.mergeJson(each.lag);
    const lagP99Ms = lag.quantile(0.99);
    this.#generator = { ...this.#generator, lagP99Ms };
    this.lines.lag.add(at, lagP99Ms);
    if (before?.phase !== progress.phase)
      this.#announce(
        at,
        `Phase ${progress.phase} has begun, ${formatDuration(Math.round(progress.leftMs / 1000) * 1000)} left.`,
      );
    for (const surface of surfaces) this.#compare(at, surface);
  }

  window(record: WindowRecord): void {
    if (record.type !== "flow" || record.lag.count === 0) return;
    this.#newestLag = Math.max(record.at, this.#newestLag);
    this.#lags.push(record);
  }

  /** @param at now */
  observation(at: number, line: ObservationLine): void {
    if ("type" in line) return this.#cluster(at, line);
    if (line.source !== "generator" || !Number.isFinite(line.value)) return;
    const { name, value } = line;
    if (name === "k6.cpu") {
      this.#k6Cores.set(line.labels["runner"] ?? "", value);
      const k6Cores = [...this.#k6Cores.values()].reduce((sum, each) => sum + each, 0);
      this.#generator = { ...this.#generator, k6Cores };
      this.lines.k6Cores.add(at, k6Cores);
    } else if (name === "host.idle") {
      this.#generator = { ...this.#generator, hostIdleRatio: value };
      this.lines.hostIdle.add(at, value);
    } else if (name === "harness.delay") this.#generator = { ...this.#generator, delayMs: value };
  }

  event(event: RunEvent): void {
    const { at } = event;
    switch (event.type) {
      case "load-start":
        this.loadStartedAt ??= at;
        return this.#happened(at, "The load began.");
      case "load-end":
        return this.#announce(at, "The load has ended; the run is being judged.");
      case "abort":
        this.#mark({ at, label: "abort", kind: "abort" });
        return this.#announce(at, `The run is ended early: ${event.message}`);
      case "gap":
        return this.#happened(at, `Not observed, ${event.source}: ${event.sentence}`);
      case "resilience-begin":
        this.#mark({ at, label: eventText(event), kind: "event" });
        return this.#announce(at, `Event ${eventText(event)} has begun.`);
      case "resilience":
        return this.#announce(at, `Event ${eventText(event)}: ${event.outcome}.`);
      case "failure":
        if (this.failures.length < mostFailures) this.failures.push(event);
        return undefined;
      case "phase":
      case "engine":
      case "writes-read-back":
      case "traced-requests":
        return undefined;
    }
    return event satisfies never;
  }

  standingOf(surface: Surface): Standing {
    const p95Ms = this.surface(surface)?.judged.p95Ms;
    if (p95Ms === undefined) return "unknown";
    return p95Ms < latencyLimitMs(this.plan.objectives, surface) ? "within" : "beyond";
  }

  surface(name: Surface): SurfaceProgress | undefined {
    return this.progress?.surfaces.find(({ surface }) => surface === name);
  }

  #compare(at: number, surface: Surface): void {
    const now = this.standingOf(surface);
    const before = this.#standings.get(surface) ?? "unknown";
    const p95Ms = this.surface(surface)?.judged.p95Ms ?? Infinity;
    const limitMs = latencyLimitMs(this.plan.objectives, surface);
    // Near its limit it would be said every few seconds.
    if (before === "beyond" && p95Ms > limitMs * backWithin) return;
    this.#standings.set(surface, now);
    if (now === before || (now === "within" && before === "unknown")) return;
    this.#announce(
      at,
      `${surfaceNames[surface]}: p95 so far is ${now} its limit (${formatLatency(p95Ms)}, limit ${formatValue(limitMs, "ms")}).`,
    );
  }

  #cluster(at: number, line: ClusterRecord): void {
    if (line.type === "workload-replicas") this.#workload(line.workload).wanted.add(at, line.value);
    else if (line.type === "workload-ready-replicas")
      this.#workload(line.workload).ready.add(at, line.value);
    else if (line.type === "hpa-desired-replicas") this.#desired(at, line.workload, line.value);
    else if (line.type === "pod-restarts") this.#restarted(at, line);
  }

  #desired(at: number, workload: string, value: number): void {
    const { desired } = this.#workload(workload);
    const before = desired.last;
    desired.add(at, value);
    if (before === undefined || before === value || !Number.isFinite(value)) return;
    const text = `${workload}: its autoscaler wants ${formatValue(value, "count")} pods instead of ${formatValue(before, "count")}`;
    this.#mark({ at, label: text, kind: value > before ? "up" : "down" });
    this.#happened(at, `${text}.`);
  }

  #restarted(
    at: number,
    { pod, value, reasons }: Extract<ClusterRecord, { readonly type: "pod-restarts" }>,
  ): void {
    const before = this.#restarts.get(pod);
    this.#restarts.set(pod, value);
    if (before === undefined || value <= before) return;
    const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
    this.#happened(at, `Pod ${pod} was restarted${why}.`);
  }

  #workload(name: string): LiveWorkload {
    let workload = this.workloads.get(name);
    if (workload === undefined) {
      workload = {
        name,
        wanted: new ChangingLine(),
        ready: new ChangingLine(),
        desired: new ChangingLine(),
      };
      this.workloads.set(name, workload);
    }
    return workload;
  }

  #announce(at: number, text: string): void {
    // What is of one second is said together.
    this.announcement = at === this.#announcedAt ? `${this.announcement} ${text}` : text;
    this.#announcedAt = at;
    this.#happened(at, text);
  }

  #happened(at: number, text: string): void {
    this.happenings.push({ at, text });
    if (this.happenings.length <= mostHappenings) return;
    this.happenings.shift();
    this.forgotten++;
  }

  #mark(mark: Mark): void {
    this.marks.push(mark);
    if (this.marks.length > mostMarks) this.marks.shift();
  }
}

/** Of the last second; absent where nothing was answered. */
function failedShareSince(before: LoadProgress | undefined, now: LoadProgress): number | undefined {
  const requests = requestsOf(now) - requestsOf(before);
  return requests <= 0 ? undefined : (now.errors - (before?.errors ?? 0)) / requests;
}

/** Answered or failed so far, on all surfaces. */
export const requestsOf = (progress: LoadProgress | undefined): number =>
  (progress?.surfaces ?? []).reduce((total, { requests }) => total + requests, 0);
