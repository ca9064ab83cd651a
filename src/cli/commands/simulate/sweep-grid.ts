/** `--sweep target=0.5..0.9,min=2..4,up=2/30s,3/30s`: which policies are tried, every one with every other. */
import { decimal, percent } from "../../../domain/number-text.ts";
import type { SweepChoice, SweepGrid } from "../../../../analysis/autoscaling/sweep.ts";
import { policyText } from "../../../../analysis/autoscaling/explain.ts";
import { metricsOf } from "../../../../analysis/autoscaling/behaviour.ts";
import type { HpaSpec, ScalingPolicy } from "../../../../analysis/autoscaling/types.ts";
import { suggestion } from "../../../config/nearest.ts";
import type { Problems } from "../../../config/problems.ts";
import { mapParsed, read, refused, type Parsed } from "../../../domain/parsed.ts";
import {
  parseDuration,
  parseFactor,
  parseGrowth,
  parseLimit,
  parseRange,
  parseShare,
  parseWholeNumber,
  within,
} from "../../../domain/quantity.ts";
import type { Kind } from "../../options.ts";

/** How the values of each axis are written, and what a value is. */
const axes = {
  /** Utilisation of the first metric that has one, 0..1; every other target moves by the same factor. */
  target: numbers(parseShare, 0.1, "a share such as 0.7 or a range such as 0.5..0.9"),
  /** On the target of every metric. */
  factor: numbers(parseFactor, 0.1, "a factor such as 0.8 or a range such as 0.5..1.5"),
  min: numbers(parseCount, 1, "a whole number ≥ 1 or a range such as 2..4"),
  max: numbers(parseCount, 1, "a whole number ≥ 1 or a range such as 2..4"),
  up: parsePolicy,
  down: parsePolicy,
  /** Seconds. */
  window: parseWindow,
} as const satisfies Record<string, (text: string) => Parsed<readonly AxisValue[]>>;
type AxisName = keyof typeof axes;
const axisNames = Object.keys(axes).filter((name) => isAxis(name));

function isAxis(name: string): name is AxisName {
  return Object.hasOwn(axes, name);
}

type AxisValue = number | ScalingPolicy;

/** The grid as written: values in the order given. */
export type SweepAxes = Readonly<Partial<Record<AxisName, readonly AxisValue[]>>>;

export const namesOf = (swept: SweepAxes): readonly AxisName[] =>
  axisNames.filter((name) => swept[name] !== undefined);

const mostPoints = 5000;

/** `target=0.5..0.9,min=2,4` */
export const grid: Kind<SweepAxes> = {
  name: "grid",
  shown: "GRID",
  parse: (words) => {
    const values: Partial<Record<AxisName, AxisValue[]>> = {};
    const problems: string[] = [];
    let axis: string | undefined;
    for (const part of words.split(",")) {
      const [value, name] = part.split("=").toReversed();
      if (name !== undefined) {
        axis = name.trim();
        if (!isAxis(axis)) problems.push(`unknown "${axis}": ${suggestion(axis, axisNames)}`);
      }
      if (axis === undefined || value === undefined)
        return refused(`"${part}" is not NAME=VALUES, such as target=0.5..0.9 or min=2,3`);
      if (!isAxis(axis)) continue;
      const parsed = axes[axis](value.trim());
      if (parsed.ok) (values[axis] ??= []).push(...parsed.value);
      else problems.push(`${axis} is ${parsed.problem}`);
    }
    return problems.length === 0 ? read(values) : refused(problems.join("; "));
  },
};

/** All `--sweep` together. */
export const joinedAxes = (given: readonly SweepAxes[]): SweepAxes =>
  Object.fromEntries(
    axisNames
      .map((name) => [name, given.flatMap((each) => each[name] ?? [])] as const)
      .filter(([, values]) => values.length > 0),
  );

/** Notes axes that exclude each other, and a grid of too many simulations. */
export function checkSweep(given: readonly SweepAxes[], problems: Problems): void {
  const swept = joinedAxes(given);
  if (swept.target !== undefined && swept.factor !== undefined)
    problems.add("--sweep: target and factor both move the targets: give one of them");
  const count = Object.values(swept).reduce((product, { length }) => product * length, 1);
  if (count > mostPoints)
    problems.add(`--sweep has more than ${mostPoints} simulations: widen the steps`);
}

/** `0.5`, `0.5..0.9`, `0.5..0.9/0.05`. @param usualStep where none is given */
function numbers(parse: (text: string) => Parsed<number>, usualStep: number, expected: string) {
  const aboveZero = within(parse, (value) => value > 0, expected);
  return (text: string): Parsed<readonly number[]> => {
    const [range = "", stepText] = text.split("/");
    const ends = parseRange(range, aboveZero);
    const step = stepText === undefined ? read(usualStep) : aboveZero(stepText);
    if (!ends.ok || !step.ok) return refused(`"${text}", expected ${expected}`);
    const { low, high } = ends.value;
    const count = Math.floor((high - low) / step.value + 1e-9) + 1;
    return read(
      Array.from({ length: Math.min(count, mostPoints + 1) }, (_, index) =>
        withoutNoise(low + index * step.value),
      ),
    );
  };
}

function parseCount(text: string): Parsed<number> {
  return parseWholeNumber(text, { min: 1 });
}

const withoutNoise = (value: number): number => Number(value.toFixed(10));

const longestPeriodSeconds = 1800;

/** `2/30s` pods, `50%/60s` of them. */
function parsePolicy(text: string): Parsed<readonly ScalingPolicy[]> {
  const isPercent = text.includes("%");
  const parsed = isPercent
    ? mapParsed(
        parseGrowth(text),
        ({ ratio, periodMs }) => [withoutNoise(ratio * 100), periodMs] as const,
      )
    : mapParsed(parseLimit(text), ({ count, withinMs }) => [count, withinMs] as const);
  const [value, periodMs] = parsed.ok ? parsed.value : [];
  const periodSeconds = periodMs === undefined ? undefined : wholeSeconds(periodMs);
  return value === undefined ||
    !Number.isInteger(value) ||
    value < 1 ||
    periodSeconds === undefined ||
    periodSeconds < 1 ||
    periodSeconds > longestPeriodSeconds
    ? refused(`"${text}", expected pods or percent per time up to 30m: 2/30s, 50%/60s`)
    : read([{ type: isPercent ? "Percent" : "Pods", value, periodSeconds }]);
}

const longestWindowSeconds = 3600;

function parseWindow(text: string): Parsed<readonly number[]> {
  const parsed = parseDuration(text === "0" ? "0s" : text, "zero");
  const seconds = parsed.ok ? wholeSeconds(parsed.value) : undefined;
  return seconds === undefined || seconds > longestWindowSeconds
    ? refused(`"${text}", expected whole seconds up to 1h: 0s, 300s`)
    : read([seconds]);
}

const wholeSeconds = (ms: number): number | undefined => (ms % 1000 === 0 ? ms / 1000 : undefined);

/** The utilisation that `target` speaks of, 0..1. */
const utilisationOf = (spec: HpaSpec): number | undefined =>
  metricsOf(spec)
    .map((metric) => (metric.resource ?? metric.containerResource)?.target.averageUtilization)
    .filter((utilisation) => utilisation !== undefined)
    .map((utilisation) => utilisation / 100)[0];

/** Against the HPA it starts from. @returns `undefined` with everything that cannot be in `problems` */
export function gridFor(
  swept: SweepAxes,
  spec: HpaSpec,
  problems: Problems,
): SweepGrid | undefined {
  const numbersOf = (axis: AxisName) => swept[axis]?.filter((value) => typeof value === "number");
  const policiesOf = (axis: AxisName) => swept[axis]?.filter((value) => typeof value !== "number");
  const [targets, minReplicas, maxReplicas] = [
    numbersOf("target"),
    numbersOf("min"),
    numbersOf("max"),
  ];
  const utilisation = utilisationOf(spec);
  if (targets !== undefined && utilisation === undefined) {
    problems.add("--sweep: the HPA has no utilisation target to vary; use factor=0.5..1.5");
    return undefined;
  }
  const most = Math.max(...(minReplicas ?? [spec.minReplicas ?? 1]));
  const least = Math.min(...(maxReplicas ?? [spec.maxReplicas]));
  if (most > least) {
    problems.add(`--sweep: the minimum goes up to ${most}, above the maximum of ${least}`);
    return undefined;
  }
  return {
    targetFactors: targets?.map((target) => target / (utilisation ?? 1)) ?? numbersOf("factor"),
    minReplicas,
    maxReplicas,
    scaleUp: policiesOf("up"),
    scaleDown: policiesOf("down"),
    downWindowsSeconds: numbersOf("window"),
  };
}

/** A combination in words, by axis. */
export function choiceWords(
  choice: SweepChoice,
  swept: SweepAxes,
  spec: HpaSpec,
): Readonly<Record<string, string>> {
  const words: Readonly<Record<AxisName, string | undefined>> = {
    target:
      choice.targetFactor === undefined
        ? undefined
        : percent(choice.targetFactor * (utilisationOf(spec) ?? 1)),
    factor: choice.targetFactor === undefined ? undefined : `× ${decimal(choice.targetFactor, 2)}`,
    min: choice.minReplicas?.toString(),
    max: choice.maxReplicas?.toString(),
    up: choice.scaleUp === undefined ? undefined : policyText(choice.scaleUp),
    down: choice.scaleDown === undefined ? undefined : policyText(choice.scaleDown),
    window: choice.downWindowSeconds === undefined ? undefined : `${choice.downWindowSeconds} s`,
  };
  return Object.fromEntries(namesOf(swept).map((axis) => [axis, words[axis] ?? ""]));
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
