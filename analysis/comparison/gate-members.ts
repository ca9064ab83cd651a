/** What a gate keeps of a run: its record, whether it can be used, and one value a metric. */
import { defined } from "../../src/domain/defined.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import { cpuPerRequestMetric, workloadOfCpuMetric } from "../../src/domain/history.ts";
import type { RunData, RunRecord } from "../../src/domain/run.ts";
import { isSurface, type Surface } from "../../src/domain/surface.ts";
import type { UnitName } from "../../src/domain/units.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { assess } from "../assess.ts";
import { cpuPerRequestOfRun } from "../measurements/cpu-per-request.ts";
import { measure, type Measurements } from "../measurements/index.ts";
import type { GateMetric } from "./judge-gate.ts";
import type { RunValues } from "./run-values.ts";
import { runMetrics, runValues } from "./run-values.ts";

export interface GateMember {
  readonly run: RunRecord;
  readonly outcome: RunOutcome;
  readonly sentence: string;
  /** Against the absolute objectives. */
  readonly verdicts: readonly Verdict[];
  /** Of metrics and endpoints; empty where the run cannot be used. */
  readonly values: RunValues;
}

/** Members of a gate by arm; the same index is the same pair. */
export interface GateArms {
  readonly baseline: readonly GateMember[];
  readonly candidate: readonly GateMember[];
  /** The A/A control: the baseline once more. */
  readonly control?: readonly GateMember[];
}

/** A metric of a gate with its values, and how they are written. */
export interface MeasuredMetric extends GateMetric {
  /** Unit of its values. */
  readonly unit: UnitName;
}

export const isUsable = ({ outcome }: Pick<GateMember, "outcome">): boolean =>
  outcome !== "invalid" && outcome !== "incomplete";

export function memberOf(data: RunData): GateMember {
  const measured = measure(data);
  const report = assess(data, measured);
  const { outcome, sentence, verdicts } = report;
  const values = isUsable(report)
    ? {
        ...runValues(data, measured),
        ...defined({ [databaseProbe.id]: report.database?.probe?.p95.point }),
        ...cpuValues(data, measured),
        ...endpointValues(measured),
      }
    : {};
  return { run: data.run, outcome, sentence, verdicts, values };
}

/** Of the platform behind the surfaces, where something observed it: findings, never the verdict. */
const databaseProbe = {
  id: "database.query.p95",
  title: "p95 of the database's probe query",
  unit: "ms",
  floor: 2,
} as const;

const cpuValues = (data: RunData, measured: Measurements): RunValues =>
  Object.fromEntries(
    cpuPerRequestOfRun(data, measured).map(({ workload, ms }) => [
      cpuPerRequestMetric(workload),
      ms,
    ]),
  );

const cpuMetric = (workload: string) => ({
  id: cpuPerRequestMetric(workload),
  title: `CPU per request, ${workload}`,
  unit: "ms" as const,
  floor: 0,
});

/** Fewest requests of an endpoint in one run: below, its quantile is one request. ln 0.05 / ln 0.95 = 59 for p95. */
const endpointQuantiles = [
  { name: "p50", q: 0.5, fewest: 20 },
  { name: "p95", q: 0.95, fewest: 59 },
] as const;

/** `api/token.read.p95` → milliseconds. Assets and sign-ins are not what a release is asked for. */
function endpointValues({ endpoints }: Measurements): RunValues {
  const judged = new Map<string, Histogram>();
  for (const { metric, surface, kind, endpoint, judged: histogram } of endpoints) {
    const isAsked = kind === "page" ? metric === "page" : kind === "read" || kind === "write";
    if (!isAsked) continue;
    const id = `${surface}/${endpoint}`;
    judged.set(
      id,
      Histogram.merged(
        [...(judged.has(id) ? [judged.get(id)] : []), histogram].flatMap((one) => one ?? []),
      ),
    );
  }
  return Object.fromEntries(
    [...judged].flatMap(([id, histogram]) =>
      endpointQuantiles.flatMap(({ name, q, fewest }) => {
        const value = histogram.count < fewest ? undefined : histogram.smoothQuantile(q);
        return value === undefined ? [] : [[`${id}.${name}`, value] as const];
      }),
    ),
  );
}

/** The parts of an endpoint's metric id; `undefined` for the metrics of whole runs. */
export function endpointOf(
  id: string,
): { surface: Surface; endpoint: string; quantile: string } | undefined {
  const slash = id.indexOf("/");
  const [surface, rest] = [id.slice(0, Math.max(0, slash)), id.slice(slash + 1)];
  if (!isSurface(surface)) return undefined;
  const dot = rest.lastIndexOf(".");
  return { surface, endpoint: rest.slice(0, dot), quantile: rest.slice(dot + 1) };
}

/** Arms by what their runs measured; the same index is the same pair. */
type MeasuredArms = {
  readonly [Arm in keyof GateArms]: readonly Pick<GateMember, "outcome" | "values">[];
};

/** Metrics that any usable run measured; endpoints only where every usable run did. */
export function metricsOf({ baseline, candidate, control }: MeasuredArms): MeasuredMetric[] {
  const usable = [...baseline, ...candidate].filter(isUsable);
  const ids = new Set(usable.flatMap(({ values }) => Object.keys(values)));
  const valued = (id: string) => ({
    baseline: valuesOf(id, baseline),
    candidate: valuesOf(id, candidate),
    control: control === undefined ? undefined : valuesOf(id, control),
  });
  const whole = runMetrics
    .filter(({ id }) => ids.has(id))
    .map(({ id, title, required, unit, better, floor }) => ({
      id,
      title,
      required,
      unit,
      better,
      floor,
      ...valued(id),
    }));
  const endpoints = Object.keys(usable[0]?.values ?? {}).flatMap((id) => {
    const part = endpointOf(id);
    if (part === undefined || !usable.every(({ values }) => id in values)) return [];
    const title = `${part.quantile} of ${part.surface} ${part.endpoint}`;
    const head = { id, title, required: false, unit: "ms", better: "lower", floor: 2 } as const;
    return [{ ...head, ...valued(id) }];
  });
  const workloads = [...ids].flatMap((id) => workloadOfCpuMetric(id) ?? []).toSorted();
  const platform = [databaseProbe, ...workloads.map(cpuMetric)]
    .filter(({ id }) => ids.has(id))
    .map((head) => ({ ...head, required: false, better: "lower" as const, ...valued(head.id) }));
  return [...whole, ...platform, ...endpoints];
}

const valuesOf = (
  id: string,
  members: readonly Pick<GateMember, "values">[],
): (number | undefined)[] => members.map(({ values }) => values[id]);
