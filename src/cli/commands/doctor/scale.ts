/** `headroom doctor --scale`: what a rate would take, without sending anything. */
import {
  costOfScenarios,
  memoryPerUser,
  referenceRunner,
  windowFigures,
} from "../../../../analysis/scale-figures.ts";
import {
  plannedShare,
  scalePlan,
  type RunnerFigures,
  type ScaleLoad,
  type ScalePlan,
} from "../../../../analysis/scale.ts";
import { environments } from "../../../../profiles/environments/index.ts";
import { objectives } from "../../../../profiles/platform/objectives.ts";
import { expectedPageCosts } from "../../../../profiles/platform/page-assets.ts";
import { resolvePlan } from "../../../config/resolve-plan.ts";
import { exitStatus, type ExitStatus } from "../../../domain/exit-status.ts";
import { toJson } from "../../../domain/json.ts";
import { absent, decimal, formatBytes, formatCount, percent } from "../../../domain/number-text.ts";
import { peakRequests } from "../../../domain/peak-requests.ts";
import type { Plan } from "../../../domain/plan.ts";
import { surfaces } from "../../../domain/surface.ts";
import { milliseconds, perMinute, type PerMinute } from "../../../domain/units.ts";
import { readCalibration } from "../../context.ts";
import type { Io } from "../../io.ts";
import type { DoctorValues } from "./options.ts";

/** The plan of the profile at that rate, for a target without limits. */
function planAt(requestsPerMinute: PerMinute, { profile, scenario }: DoctorValues): Plan {
  const target = "http://localhost";
  return resolvePlan({
    profile,
    environment: {
      ...environments.local,
      ceilings: {
        requestsPerMinute: perMinute(Infinity),
        users: Infinity,
        durationMs: milliseconds(Infinity),
        commandDurationMs: milliseconds(Infinity),
        assetsPerPage: environments.local.ceilings.assetsPerPage,
      },
    },
    targets: { web: target, api: target, subgraph: target },
    resolvedAddresses: {},
    overrides: {
      requestsPerMinute,
      shares: scenario === undefined ? undefined : { [scenario]: 1 },
    },
    objectives,
    seed: 1,
    hourUtc: 0,
  });
}

const loadOf = (plan: Plan): ScaleLoad => ({
  requestsPerSecond:
    peakRequests(plan, { ...expectedPageCosts, assetsPerPage: Infinity }).total / 60,
  users: plan.users,
  flows: new Set(plan.arrivals.map(({ flow }) => flow)).size,
  surfaces: surfaces.filter((surface) => plan.requestsPerMinuteBySurface[surface] > 0),
});

/** The figures of a runner, and what is assumed of them. */
function runnerOf({ scenario, runnerMemory }: DoctorValues, io: Io) {
  const calibration = readCalibration(io);
  const isNoop = scenario === "noop";
  const machine = calibration?.fingerprint ?? referenceRunner;
  const runner: RunnerFigures = {
    cpuCores: machine.cpuCores,
    memoryBytes: runnerMemory ?? machine.memoryBytes,
    ceilingPerSecond: calibration?.requestsPerSecond ?? referenceRunner.ceilingPerSecond,
    costFactor: isNoop ? 1 : costOfScenarios,
    memoryBytesPerUser: isNoop ? memoryPerUser.noop : memoryPerUser.scenarios,
  };
  const assumed = [
    ...(calibration === undefined
      ? [
          `a runner of ${runner.cpuCores} cores reaches ${formatCount(runner.ceilingPerSecond)} no-op requests/s (bench/results/generator-limits.json): headroom doctor --calibrate measures this machine`,
          ...(runnerMemory === undefined
            ? [`${formatBytes(runner.memoryBytes)} of memory: --runner-memory SIZE`]
            : []),
        ]
      : []),
    ...(isNoop
      ? []
      : [
          `a request of this load takes ${decimal(runner.costFactor, 2)} times the CPU of a no-op one (bench/results/api-mix.json, generator-cost.json)`,
        ]),
    `a virtual user takes ${formatBytes(runner.memoryBytesPerUser)} at the peak of k6 (docs/performance.md)`,
    `${expectedPageCosts.assetsOfPage} assets a page, which count as requests (profiles/platform/page-assets.ts)`,
    `one collector takes ${formatCount(windowFigures.collectedPerSecond)} windows/s (bench/results/collector.json); a stored one takes ${decimal(windowFigures.microsecondsPerMerge)} µs to merge (bench/results/windows.json)`,
  ];
  return { runner, calibration, assumed };
}

const perSecond = (value: number): string => `${formatCount(Math.round(value))}/s`;
const bits = (bytesPerSecond: number): string => `${decimal((bytesPerSecond * 8) / 1e9, 2)} Gbit/s`;

const money = (amount: number | undefined): string =>
  amount === undefined ? absent : decimal(amount, 2);

function rowsOf(plan: ScalePlan, load: ScaleLoad): readonly (readonly [string, string, string])[] {
  const { perRunner, collector, mergeOfAnHour: hour, network, price, runnersFor } = plan;
  return [
    ["", "in all", "each runner"],
    [
      "runners",
      formatCount(plan.runners),
      `limited by ${plan.limitedBy} (requests ${formatCount(runnersFor.requests)}, memory ${formatCount(runnersFor.memory)}, ports ${formatCount(runnersFor.ports)})`,
    ],
    [
      "HTTP requests",
      perSecond(load.requestsPerSecond),
      `${perSecond(perRunner.requestsPerSecond)} of at most ${perSecond(perRunner.mostRequestsPerSecond)}: ${percent(plannedShare)} of what makes a run INVALID`,
    ],
    ["cores", formatCount(plan.cpuCores), formatCount(plan.cpuCores / plan.runners)],
    ["virtual users", formatCount(plan.users), formatCount(perRunner.users)],
    ["memory", formatBytes(plan.memoryBytes), formatBytes(perRunner.memoryBytes)],
    ["connections", formatCount(plan.connections), formatCount(perRunner.connections)],
    ["windows", perSecond(collector.windowsPerSecond), `${decimal(perRunner.windowsPerSecond)}/s`],
    [
      "window bytes",
      `${formatBytes(collector.bytesPerSecond)}/s`,
      `${formatBytes(perRunner.windowBytesPerSecond)}/s`,
    ],
    [
      "collector",
      `${decimal(collector.cpuCores, 2)} cores`,
      `one collector has one core, and keeps up with ${formatCount(collector.mostRunners)} runners`,
    ],
    [
      "an hour",
      `${formatCount(hour.windows)} windows`,
      `${formatBytes(hour.bytes)}, ${formatCount(Math.round(hour.cpuSeconds))} s of CPU to merge into ${formatCount(hour.mergedWindows)}`,
    ],
    [
      "network",
      network === undefined ? absent : bits(network.bytesPerSecond),
      network === undefined
        ? "not calculated: --bytes-per-request SIZE"
        : bits(network.bytesPerSecondPerRunner),
    ],
    ...(price === undefined
      ? []
      : ([
          [
            "price of an hour",
            money((price.cores ?? 0) + (price.traffic ?? 0)),
            `cores ${money(price.cores)}, traffic ${money(price.traffic)}`,
          ],
        ] as const)),
  ];
}

export function showScale(requestsPerMinute: PerMinute, values: DoctorValues, io: Io): ExitStatus {
  const load = loadOf(planAt(requestsPerMinute, values));
  const { runner, calibration, assumed } = runnerOf(values, io);
  const prices = {
    perCoreHour: values.price.find(({ unit }) => unit === "core-hour")?.amount,
    perGigabyte: values.price.find(({ unit }) => unit === "GB")?.amount,
  };
  const { bytesPerRequest } = values;
  const plan = scalePlan({ load, runner, windows: windowFigures, bytesPerRequest, prices });
  if (values.json) {
    const document = {
      schemaVersion: 1,
      kind: "scale",
      load,
      runner,
      calibration,
      assumed,
      ...plan,
    };
    io.stdout.write(`${toJson(document, 2)}\n`);
    return exitStatus.pass;
  }
  const lines = rowsOf(plan, load).map(([name, total, each]) =>
    `  ${name.padEnd(16)} ${total.padStart(24)}   ${each}`.trimEnd(),
  );
  const title = `${formatCount(requestsPerMinute / 60)} requests/s of ${values.scenario ?? `the profile ${values.profile.name}`}, on paper: nothing was sent`;
  const origin =
    calibration === undefined
      ? "not calibrated"
      : `calibrated ${calibration.at}: ${formatCount(Math.round(calibration.requestsPerSecond))} requests/s on ${calibration.fingerprint.cpuCores} cores`;
  const notes = assumed.map((sentence) => `  ${sentence}`);
  io.stdout.write(
    `${[title, origin, "", ...lines, "", "Assumed, not measured for this load:", ...notes].join("\n")}\n`,
  );
  return exitStatus.pass;
}
