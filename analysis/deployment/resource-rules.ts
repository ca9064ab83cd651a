/** Requests and limits of a pod, and what its probes ask of it. */
import { decimal, plural } from "../../src/domain/number-text.ts";
import type { HttpProbe, PodResources } from "../../src/domain/deployed-workload.ts";
import type { ComparedWorkload, DeploymentDifference } from "./difference.ts";
import { coresText, mebiText, specifiedSum, surfaceNames } from "./difference.ts";

/** Smaller differences are rounding: 1024Mi is 1Gi. */
const tolerance = 0.01;

interface Part {
  readonly figure: keyof PodResources;
  readonly text: (value: number | undefined) => string;
  readonly resource: "CPU" | "memory";
}

const parts = {
  request: [
    { figure: "cpuRequestCores", text: coresText, resource: "CPU" },
    { figure: "memoryRequestBytes", text: mebiText, resource: "memory" },
  ],
  limit: [
    { figure: "cpuLimitCores", text: coresText, resource: "CPU" },
    { figure: "memoryLimitBytes", text: mebiText, resource: "memory" },
  ],
} as const satisfies Record<string, readonly Part[]>;

export const requestsDiffer = (compared: ComparedWorkload): readonly DeploymentDifference[] =>
  resourcesDiffer(compared, "request");
export const limitsDiffer = (compared: ComparedWorkload): readonly DeploymentDifference[] =>
  resourcesDiffer(compared, "limit");

function resourcesDiffer(
  compared: ComparedWorkload,
  kind: keyof typeof parts,
): readonly DeploymentDifference[] {
  const { deployed, source, specified } = compared;
  const { resources } = deployed;
  if (resources === undefined || specified.length === 0) return [];
  const differing = parts[kind].flatMap(({ figure, text, resource }) => {
    const stated = specifiedSum(compared, figure);
    const is = resources[figure];
    if (stated === undefined) return [];
    if (is !== undefined && Math.abs(is / stated - 1) <= tolerance) return [];
    return [{ figure, resource, stated, is, text }];
  });
  if (differing.length === 0) return [];
  const whole =
    specified.length > 1 ? `one pod of each, ${surfaceNames(compared)}` : surfaceNames(compared);
  const words = differing.map(({ resource, stated, is, text }) => {
    const factor = is === undefined ? "" : ` (×${decimal(is / stated, 2)})`;
    return `${resource} ${text(is)} instead of ${text(stated)}${factor}`;
  });
  const effects = differing.flatMap((one) => effectOf(one, kind, compared) ?? []);
  return [
    {
      id: kind === "request" ? "deployed-requests-differ" : "deployed-limits-differ",
      workload: deployed.name,
      severity: "P2",
      sentence: `The ${source} gives ${deployed.name} other ${kind}s than the specification (${whole}): ${words.join(", ")}.${effects.map((effect) => ` ${effect}`).join("")}`,
      evidence: differing
        .map(({ figure, stated, is, text }) => `${figure} ${text(is)} ≠ ${text(stated)}`)
        .join("; "),
      numbers: numbersOf(differing),
      options: [
        `decide one set of ${kind}s and write it into both places`,
        "measure the use of a pod under load (headroom run --env E with observers.kubernetes) before deciding",
      ],
    },
  ];
}

function numbersOf(
  differing: readonly {
    readonly figure: string;
    readonly stated: number;
    readonly is: number | undefined;
  }[],
): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const { figure, stated, is } of differing) {
    numbers[`specified.${figure}`] = stated;
    if (is !== undefined) numbers[`deployed.${figure}`] = is;
  }
  return numbers;
}

/** CPU that one request may take, where the demand is known: cores over requests per second. */
function effectOf(
  { resource, is }: { readonly resource: string; readonly is: number | undefined },
  kind: keyof typeof parts,
  { demandPerMinute, deployed }: ComparedWorkload,
): string | undefined {
  const { replicas } = deployed;
  if (
    resource !== "CPU" ||
    is === undefined ||
    demandPerMinute === undefined ||
    replicas === undefined
  )
    return undefined;
  const perRequestMs = (is * replicas * 60_000) / demandPerMinute;
  const what = kind === "request" ? "is guaranteed" : "can be used at most";
  return `At ${decimal(demandPerMinute)} requests/min on ${plural(replicas, "pod")}, ${decimal(perRequestMs)} ms of CPU per request ${what}.`;
}

/** A pod that may use many times its request: utilisation of the request says little, and neighbours may take the CPU. */
const farAbove = 10;

export function limitFarAboveRequest(compared: ComparedWorkload): readonly DeploymentDifference[] {
  const { deployed, source, cpuTargetRatio } = compared;
  const { cpuRequestCores: request, cpuLimitCores: limit } = deployed.resources ?? {};
  if (request === undefined || limit === undefined || limit / request < farAbove) return [];
  const ratio = limit / request;
  const scaling =
    cpuTargetRatio === undefined
      ? ""
      : ` An autoscaler with the specification's target of ${decimal(cpuTargetRatio * 100)} % would ask for ${Math.ceil(ratio / cpuTargetRatio)} pods for one that is at its limit.`;
  return [
    {
      id: "deployed-limit-far-above-request",
      workload: deployed.name,
      severity: "P2",
      sentence: `${deployed.name} may use ${decimal(ratio)} times the CPU it requests in the ${source} (${coresText(request)}, limit ${coresText(limit)}): utilisation can read ${decimal(ratio * 100, 0)} %, and on a busy node only the request is guaranteed.${scaling}`,
      evidence: `limit ${coresText(limit)} / request ${coresText(request)} = ${decimal(ratio)}`,
      numbers: { cpuRequestCores: request, cpuLimitCores: limit, ratio },
      options: [
        `raise the CPU request of ${deployed.name} to what a pod uses under its usual load`,
      ],
    },
  ];
}

export function probes(compared: ComparedWorkload): readonly DeploymentDifference[] {
  const { deployed, source } = compared;
  const { livenessProbe: liveness, readinessProbe: readiness, name } = deployed;
  // Where an autoscaler targets it, the lint's own rule says so.
  if (readiness === "none" && deployed.hasAutoscaler !== true)
    return [
      {
        id: "deployed-readiness-missing",
        workload: name,
        severity: "P2",
        sentence: `${name} has no readiness probe in the ${source}: new pods receive requests before they can answer.`,
        evidence: "no readinessProbe",
        numbers: {},
        options: ["add a readiness probe that succeeds only when the pod can serve"],
      },
    ];
  if (liveness === undefined || liveness === "none" || !rendersPage(liveness)) return [];
  const untilRestartMs = liveness.periodMs * liveness.failureThreshold;
  return [
    {
      id: "deployed-probe-renders-page",
      workload: name,
      severity: "P2",
      sentence: `The probes of ${name} in the ${source} read GET ${liveness.path}, a rendered page, within ${decimal(liveness.timeoutMs / 1000)} s: pages slower than that under load take the pod out of service, and restart it after ${decimal(untilRestartMs / 1000)} s.`,
      evidence: `GET ${liveness.path}, timeout ${decimal(liveness.timeoutMs / 1000)} s, ${liveness.failureThreshold} failures every ${decimal(liveness.periodMs / 1000)} s`,
      numbers: { timeoutMs: liveness.timeoutMs, untilRestartMs },
      options: [
        "probe an address that renders nothing and depends on nothing",
        "or raise the timeout of the liveness probe well above the slowest page",
      ],
    },
  ];
}

const rendersPage = ({ path }: HttpProbe): boolean => path === "/";
