/** `--sweep target=0.5..0.9,min=2..4,up=2/30s,3/30s`: which policies are tried, every one with every other. */
import { percent } from "../../../domain/number-text.ts";
import type { SweepChoice, SweepGrid } from "../../../../analysis/autoscaling/sweep.ts";
import { policyText } from "../../../../analysis/autoscaling/explain.ts";
import { metricsOf } from "../../../../analysis/autoscaling/behaviour.ts";
import type { HpaSpec, ScalingPolicy } from "../../../../analysis/autoscaling/types.ts";
import { suggestion } from "../../../config/nearest.ts";
import type { Problems } from "../../../config/problems.ts";
import {
  parseDuration,
  parseFactor,
  parseShare,
  parseWholeNumber,
} from "../../../domain/quantity.ts";

const axisNames = ["target", "factor", "min", "max", "up", "down", "window"] as const;
type AxisName = (typeof axisNames)[number];

/** The grid as written: values in the order given. */
export interface SweepRequest {
  /** Utilisation of the first metric that has one, 0..1; every other target moves by the same factor. */
  readonly targets?: readonly number[];
  readonly factors?: readonly number[];
  readonly grid: Omit<SweepGrid, "targetFactors">;
  readonly axes: readonly AxisName[];
}

const mostPoints = 5000;

export function parseSweep(texts: readonly string[], problems: Problems): SweepRequest | undefined {
  const values = valuesByAxis(texts, problems);
  const numbers = (axis: AxisName, kind: "ratio" | "whole" | "factor"): readonly number[] =>
    (values.get(axis) ?? []).flatMap((text) => parseNumbers(axis, text, kind, problems));
  const policies = (axis: AxisName): readonly ScalingPolicy[] =>
    (values.get(axis) ?? []).flatMap((text) => parsePolicy(axis, text, problems));
  const request: SweepRequest = {
    ...given("targets", numbers("target", "ratio")),
    ...given("factors", numbers("factor", "factor")),
    grid: {
      ...given("minReplicas", numbers("min", "whole")),
      ...given("maxReplicas", numbers("max", "whole")),
      ...given("scaleUp", policies("up")),
      ...given("scaleDown", policies("down")),
      ...given(
        "downWindowsSeconds",
        (values.get("window") ?? []).flatMap((text) => parseWindow(text, problems)),
      ),
    },
    axes: axisNames.filter((axis) => values.has(axis)),
  };
  if (request.targets !== undefined && request.factors !== undefined)
    problems.add("--sweep: target and factor both move the targets: give one of them");
  const axes = [request.targets, request.factors, ...Object.values(request.grid)];
  const count = axes.reduce((product: number, axis) => product * (axis?.length ?? 1), 1);
  if (count > mostPoints)
    problems.add(`--sweep has more than ${mostPoints} simulations: widen the steps`);
  return request;
}

const given = <Name extends string, Value>(
  name: Name,
  list: readonly Value[],
): Partial<Record<Name, readonly Value[]>> => {
  const named: Partial<Record<Name, readonly Value[]>> = {};
  if (list.length > 0) named[name] = list;
  return named;
};

/** `a=1,2,b=3` → a: 1, 2 and b: 3 */
function valuesByAxis(texts: readonly string[], problems: Problems): Map<AxisName, string[]> {
  const values = new Map<AxisName, string[]>();
  for (const text of texts) {
    let axis: AxisName | undefined;
    for (const part of text.split(",")) {
      const at = part.indexOf("=");
      if (at >= 0) {
        const name = part.slice(0, at).trim();
        axis = axisNames.find((known) => known === name);
        if (axis === undefined)
          problems.add(`--sweep: unknown "${name}": ${suggestion(name, axisNames)}`);
      } else if (axis === undefined && part === text.split(",")[0])
        problems.add(`--sweep: "${part}" is not NAME=VALUES, such as target=0.5..0.9 or min=2,3`);
      if (axis === undefined) continue;
      values.set(axis, [...(values.get(axis) ?? []), part.slice(at + 1).trim()]);
    }
  }
  return values;
}

const parsers = {
  ratio: parseShare,
  whole: (text: string) => parseWholeNumber(text, { min: 1 }),
  factor: parseFactor,
} as const;

/** `0.5`, `50%`, `0.5..0.9`, `0.5..0.9/0.05`. Steps: 0.1 for shares and factors, 1 for counts. */
function parseNumbers(
  axis: AxisName,
  text: string,
  kind: "ratio" | "whole" | "factor",
  problems: Problems,
): readonly number[] {
  const [range = "", stepText] = text.split("/");
  const [lowText = "", highText = lowText] = range.split("..");
  const one = (value: string): number => {
    const parsed = parsers[kind](value);
    return parsed.ok && parsed.value > 0 ? parsed.value : Number.NaN;
  };
  const low = one(lowText);
  const high = one(highText);
  const step = stepText === undefined ? (kind === "whole" ? 1 : 0.1) : one(stepText);
  if (!(low <= high) || !(step > 0)) {
    const wanted = {
      ratio: "a share such as 0.7 or a range such as 0.5..0.9",
      whole: "a whole number ≥ 1 or a range such as 2..4",
      factor: "a factor such as 0.8 or a range such as 0.5..1.5",
    }[kind];
    problems.add(`--sweep: ${axis} is "${text}", expected ${wanted}`);
    return [];
  }
  const count = Math.floor((high - low) / step + 1e-9) + 1;
  return Array.from({ length: Math.min(count, mostPoints + 1) }, (_, index) =>
    Number((low + index * step).toFixed(10)),
  );
}

/** `2/30s`, `50%/60s` */
function parsePolicy(axis: AxisName, text: string, problems: Problems): readonly ScalingPolicy[] {
  const match = /^(\d+)(%?)\/(.+)$/.exec(text);
  const period = match === null ? undefined : parseDuration(match[3] ?? "");
  const periodSeconds = period?.ok === true ? period.value / 1000 : Number.NaN;
  const value = Number(match?.[1]);
  if (value >= 1 && Number.isInteger(periodSeconds) && periodSeconds >= 1 && periodSeconds <= 1800)
    return [{ type: match?.[2] === "%" ? "Percent" : "Pods", value, periodSeconds }];
  problems.add(
    `--sweep: ${axis} is "${text}", expected pods or percent per time up to 30m: 2/30s, 50%/60s`,
  );
  return [];
}

function parseWindow(text: string, problems: Problems): readonly number[] {
  const parsed = parseDuration(text === "0" ? "0s" : text, "zero");
  const seconds = parsed.ok ? parsed.value / 1000 : Number.NaN;
  if (Number.isInteger(seconds) && seconds <= 3600) return [seconds];
  problems.add(`--sweep: window is "${text}", expected whole seconds up to 1h: 0s, 300s`);
  return [];
}

/** The utilisation that `target` speaks of, 0..1. */
const utilisationOf = (spec: HpaSpec): number | undefined =>
  metricsOf(spec)
    .map((metric) => (metric.resource ?? metric.containerResource)?.target.averageUtilization)
    .filter((utilisation) => utilisation !== undefined)
    .map((utilisation) => utilisation / 100)[0];

/** Against the HPA it starts from. @returns `undefined` with everything that cannot be in `problems` */
export function gridFor(
  { targets, factors, grid }: SweepRequest,
  spec: HpaSpec,
  problems: Problems,
): SweepGrid | undefined {
  const utilisation = utilisationOf(spec);
  if (targets !== undefined && utilisation === undefined) {
    problems.add("--sweep: the HPA has no utilisation target to vary; use factor=0.5..1.5");
    return undefined;
  }
  const most = Math.max(...(grid.minReplicas ?? [spec.minReplicas ?? 1]));
  const least = Math.min(...(grid.maxReplicas ?? [spec.maxReplicas]));
  if (most > least) {
    problems.add(`--sweep: the minimum goes up to ${most}, above the maximum of ${least}`);
    return undefined;
  }
  const targetFactors = targets?.map((target) => target / (utilisation ?? 1)) ?? factors;
  return { ...grid, targetFactors };
}

/** A combination in words, by axis. */
export function choiceWords(
  choice: SweepChoice,
  { axes }: SweepRequest,
  spec: HpaSpec,
): Readonly<Record<string, string>> {
  const words: Readonly<Record<AxisName, string | undefined>> = {
    target:
      choice.targetFactor === undefined
        ? undefined
        : percent(choice.targetFactor * (utilisationOf(spec) ?? 1)),
    factor:
      choice.targetFactor === undefined ? undefined : `× ${Number(choice.targetFactor.toFixed(2))}`,
    min: choice.minReplicas?.toString(),
    max: choice.maxReplicas?.toString(),
    up: choice.scaleUp === undefined ? undefined : policyText(choice.scaleUp),
    down: choice.scaleDown === undefined ? undefined : policyText(choice.scaleDown),
    window: choice.downWindowSeconds === undefined ? undefined : `${choice.downWindowSeconds} s`,
  };
  return Object.fromEntries(
    axes.flatMap((axis): [string, string][] => {
      const word = words[axis];
      return word === undefined ? [] : [[axis, word]];
    }),
  );
}

/** The spec as it stands, as a combination; a direction with several policies has no word. */
export function givenChoice(spec: HpaSpec): SweepChoice {
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  const [up, down] = [scaleUp, scaleDown].map((rules) => soleOf(rules?.policies));
  return {
    targetFactor: 1,
    minReplicas: spec.minReplicas ?? 1,
    maxReplicas: spec.maxReplicas,
    downWindowSeconds: scaleDown?.stabilizationWindowSeconds ?? 300,
    scaleUp: up,
    scaleDown: down,
  };
}

/** Is this combination the spec as it stands? */
export function isGiven(choice: SweepChoice, spec: HpaSpec): boolean {
  const up = spec.behavior?.scaleUp?.policies;
  const down = spec.behavior?.scaleDown?.policies;
  const window = spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? 300;
  return (
    Math.abs((choice.targetFactor ?? 1) - 1) < 1e-9 &&
    (choice.minReplicas ?? spec.minReplicas ?? 1) === (spec.minReplicas ?? 1) &&
    (choice.maxReplicas ?? spec.maxReplicas) === spec.maxReplicas &&
    (choice.scaleUp === undefined || isOnly(choice.scaleUp, up)) &&
    (choice.scaleDown === undefined || isOnly(choice.scaleDown, down)) &&
    (choice.downWindowSeconds ?? window) === window
  );
}

const soleOf = (policies: readonly ScalingPolicy[] = []): ScalingPolicy | undefined =>
  policies.length === 1 ? policies[0] : undefined;

const isOnly = (policy: ScalingPolicy, policies: readonly ScalingPolicy[] = []): boolean =>
  policies.length === 1 &&
  policies[0] !== undefined &&
  policyText(policies[0]) === policyText(policy);
