/**
 * `results.prom`: the numbers of a run as OpenMetrics text, which the text format of Prometheus reads as well. Base units
 * (seconds, ratios, requests per second), gauges only: a run is one value of each. docs/metrics.md lists names and labels.
 */
import type { LatencyRow, Report } from "../src/domain/report.ts";
import { runOutcomes } from "../src/domain/exit-status.ts";
import type { UnitName } from "../src/domain/units.ts";
import { printable } from "./printable.ts";
import { isJudged } from "./wording.ts";

type Labels = Readonly<Record<string, string | undefined>>;
type Sample = readonly [labels: Labels, value: number | undefined];

interface Family {
  /** Ends with its unit, where it has one. */
  readonly name: string;
  readonly help: string;
  readonly unit?: "seconds" | "ratio" | "bytes" | "cores";
  readonly samples: readonly Sample[];
}

/** In OpenMetrics, valid for `promtool check metrics`; families without a value are left out. */
export function openmetrics(report: Report): string {
  const { environment, profile } = report.run.plan;
  const common = { profile, environment };
  const text = families(report)
    .map((family) => familyText(family, common))
    .join("");
  return `${text}# EOF\n`;
}

const families = (report: Report): readonly Family[] => [
  ...runFamilies(report),
  ...checkFamilies(report),
  ...latencyFamilies(report),
  ...otherFamilies(report),
];

function runFamilies({ run, outcome, exitStatus, coverage }: Report): readonly Family[] {
  const { id, versions, target, startedAt, endedAt } = run;
  return [
    {
      name: "headroom_run_info",
      help: "The run that these numbers are of, always 1.",
      samples: [
        [{ run: id, target: target.kind, headroom: versions.headroom, k6: versions.k6 }, 1],
      ],
    },
    {
      name: "headroom_run_start_timestamp_seconds",
      help: "When the run began, Unix time.",
      unit: "seconds",
      samples: [[{}, startedAt / 1000]],
    },
    {
      name: "headroom_run_end_timestamp_seconds",
      help: "When the run ended, Unix time.",
      unit: "seconds",
      samples: [[{}, endedAt === undefined ? undefined : endedAt / 1000]],
    },
    {
      name: "headroom_run_achieved_ratio",
      help: "Share of the planned load time that was measured.",
      unit: "ratio",
      samples: [
        [{}, coverage.plannedMs > 0 ? coverage.achievedMs / coverage.plannedMs : undefined],
      ],
    },
    {
      name: "headroom_run_outcome",
      help: "1 for the outcome that the run came to, 0 for the others.",
      samples: runOutcomes.map((each): Sample => [{ outcome: each }, Number(each === outcome)]),
    },
    {
      name: "headroom_run_exit_status",
      help: "Exit status of the run.",
      samples: [[{}, exitStatus]],
    },
  ];
}

const checkOutcomes = ["pass", "fail", "inconclusive", "not-applicable"] as const;

function checkFamilies({ verdicts }: Report): readonly Family[] {
  const judged = verdicts.filter(isJudged);
  const inUnits = (suffix: string, units: readonly UnitName[]): Family => ({
    name: `headroom_check_${suffix}`,
    help: `What the checks measured in ${words[suffix] ?? suffix}: value, both ends of its interval, limit.`,
    unit: suffix === "seconds" || suffix === "ratio" ? suffix : undefined,
    samples: judged
      .filter(({ limit }) => units.includes(limit.unit))
      .flatMap(({ checkId: check, surface, observed, limit }) => {
        const sample = (which: string, value: number): Sample => [
          { check, surface, which },
          inBaseUnit(value, limit.unit),
        ];
        return [
          sample("value", observed.point),
          sample("low", observed.low),
          sample("high", observed.high),
          sample("limit", limit.value),
        ];
      }),
  });
  return [
    {
      name: "headroom_check_outcome",
      help: "1 for the outcome of each check, 0 for the others.",
      samples: verdicts.flatMap(({ checkId: check, surface, outcome }) =>
        checkOutcomes.map((each): Sample => [
          { check, surface, outcome: each },
          Number(each === outcome),
        ]),
      ),
    },
    inUnits("seconds", ["ms"]),
    inUnits("ratio", ["ratio"]),
    inUnits("requests_per_second", ["1/min", "1/s"]),
    inUnits("amount", ["bytes", "cores", "count"]),
    {
      name: "headroom_check_margin_ratio",
      help: "Room left as a share of the limit, negative beyond it.",
      unit: "ratio",
      samples: judged.map(({ checkId: check, surface, margin }) => [{ check, surface }, margin]),
    },
    {
      name: "headroom_check_samples",
      help: "Measurements behind each check.",
      samples: judged.map(({ checkId: check, surface, observed }) => [
        { check, surface },
        observed.sampleCount,
      ]),
    },
  ];
}

const words: Readonly<Record<string, string>> = {
  requests_per_second: "requests per second",
  amount: "bytes, cores or pieces",
};

function inBaseUnit(value: number, unit: UnitName): number {
  switch (unit) {
    case "ms":
      return value / 1000;
    case "1/min":
      return value / 60;
    case "1/s":
    case "bytes":
    case "cores":
    case "ratio":
    case "count":
      return value;
    default:
      return unit satisfies never;
  }
}

function latencyFamilies({ latency, endpoints }: Report): readonly Family[] {
  const rows = [...latency, ...endpoints];
  const counts = (name: string, help: string, of: (row: LatencyRow) => number): Family => ({
    name,
    help,
    samples: rows.map((row) => [rowLabels(row), of(row)]),
  });
  return [
    {
      name: "headroom_latency_seconds",
      help: "Latency over the judged phases; without an endpoint: of all endpoints together.",
      unit: "seconds",
      samples: rows.flatMap((row) => {
        const { p50Ms, p95Ms, p99Ms, maxMs } = row;
        return Object.entries({ p50: p50Ms, p95: p95Ms, p99: p99Ms, max: maxMs }).map(
          ([percentile, ms]): Sample => [
            { ...rowLabels(row), percentile },
            ms === undefined ? undefined : ms / 1000,
          ],
        );
      }),
    },
    counts("headroom_requests", "Requests over the judged phases.", ({ requests }) => requests),
    counts("headroom_requests_failed", "Requests among them that failed.", ({ failed }) => failed),
    counts(
      "headroom_requests_dropped",
      "Requests that could not be sent in time.",
      ({ dropped }) => dropped,
    ),
  ];
}

const rowLabels = ({ surface, kind, metric, endpoint }: LatencyRow): Labels => ({
  surface,
  kind,
  metric,
  endpoint,
});

const severities = ["P0", "P1", "P2", "P3", "info"] as const;

const perSecond = (perMinute: number | undefined): number | undefined =>
  perMinute === undefined ? undefined : perMinute / 60;

function otherFamilies({ throughput, generator, findings }: Report): readonly Family[] {
  return [
    {
      name: "headroom_throughput_requests_per_second",
      help: "Requests offered by the plan, and answered well.",
      samples: [
        [{ which: "offered" }, perSecond(throughput?.offered)],
        [{ which: "achieved" }, perSecond(throughput?.achieved.point)],
      ],
    },
    {
      name: "headroom_findings",
      help: "Findings of the report by severity.",
      samples: severities.map((severity) => [
        { severity },
        findings.filter((each) => each.severity === severity).length,
      ]),
    },
    {
      name: "headroom_generator_cpu_ratio",
      help: "CPU of the load generator, 95th percentile, share of all cores.",
      unit: "ratio",
      samples: [[{}, generator.k6CpuP95Ratio]],
    },
    {
      name: "headroom_generator_iterations_dropped",
      help: "Iterations that the load generator could not start.",
      samples: [[{}, generator.droppedIterations]],
    },
  ];
}

function familyText({ name, help, unit, samples }: Family, common: Labels): string {
  const lines = samples.flatMap(([labels, value]) =>
    value === undefined
      ? []
      : [`${name}${braces({ ...common, ...labels })} ${numberText(value)}\n`],
  );
  if (lines.length === 0) return "";
  const unitLine = unit === undefined ? "" : `# UNIT ${name} ${unit}\n`;
  return `# TYPE ${name} gauge\n${unitLine}# HELP ${name} ${help}\n${lines.join("")}`;
}

function braces(labels: Labels): string {
  const entries = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${escaped(value)}"`],
  );
  return `{${entries.join(",")}}`;
}

const escaped = (text: string): string =>
  printable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
