/**
 * How often does change detection cry wolf, and what does it find? 90 nights with a run-to-run noise of 3 %, ours with
 * the 5 % filter (the default) and without, beside E-divisive with a t test. See docs/decisions/0011-change-points.md.
 */
import {
  bumpFound,
  falseAlarms,
  changesFound,
  headroom,
  nights,
  noiseKinds,
  otherKinds,
  simulateNights,
  statedPower,
  type Detector,
  type NoiseKind,
} from "./detect-simulation.ts";
import { studentTDetector } from "./detect-student-t-simulation.ts";
import { seededRandom } from "../src/domain/random.ts";
import { writeResult } from "./shared/results.ts";

const repetitions = 300;
const seed = 20_250_106;

const detectors: Readonly<Record<string, Detector>> = {
  "ours, 5 % filter": headroom(0.05),
  "ours, no filter": headroom(0),
  "E-divisive + t, 5 % filter": studentTDetector(0.05),
  "E-divisive + t": studentTDetector(0),
};

type Question = readonly [name: string, ask: (detector: Detector) => number];
const [independent, spikes, weak, strong] = noiseKinds as readonly [
  NoiseKind,
  NoiseKind,
  NoiseKind,
  NoiseKind,
];
const step = (kind: NoiseKind, factor: number, age: number): Question => [
  `+${Math.round((factor - 1) * 100)} % found after ${age} nights, ${kind.name}`,
  (detector) => changesFound(kind, { factor, age }, detector, repetitions, seed + age),
];
const questions: readonly Question[] = [
  ...noiseKinds.map((kind): Question => [
    `false alarm in ${nights} nights, ${kind.name}`,
    (detector) => falseAlarms(kind, detector, repetitions, seed),
  ]),
  ...[3, 5, 7].map((age) => step(independent, 1.1, age)),
  ...[3, 5, 7].map((age) => step(spikes, 1.1, age)),
  step(weak, 1.1, 5),
  step(strong, 1.1, 5),
  step(strong, 1.1, 10),
  step(independent, 1.05, 5),
  step(independent, 1.05, 10),
  ...[independent, spikes].map((kind): Question => [
    `both ends of 7 nights of +20 %, ${kind.name}`,
    (detector) => bumpFound(kind, detector, repetitions, seed + 77),
  ]),
];

/** Of the default alone, with fewer series: they take two thirds of the time as it is. */
const otherRepetitions = 200;
const otherStep = (kind: NoiseKind, factor: number, age: number): Question => [
  `+${Math.round((factor - 1) * 100)} % found after ${age} nights, ${kind.name}`,
  (detector) => changesFound(kind, { factor, age }, detector, otherRepetitions, seed + age),
];
const otherQuestions = otherKinds.flatMap((kind): Question[] => [
  [
    `false alarm in ${nights} nights, ${kind.name}`,
    (detector) => falseAlarms(kind, detector, repetitions, seed),
  ],
  otherStep(kind, 1.1, 5),
  otherStep(kind, 1.1, 14),
  otherStep(kind, 1.2, 14),
  otherStep(kind, 1.4, 5),
]);

/** Bounds for the default: as required, or the earlier rate of a kind of series plus two standard errors. */
const falseAlarm = (kind: string): string => `false alarm in ${nights} nights, ${kind}`;
const targets: Readonly<Record<string, (share: number) => boolean>> = {
  [falseAlarm("independent")]: (share) => share <= 0.02,
  [falseAlarm("5 % spikes")]: (share) => share <= 0.02,
  [falseAlarm("AR(1) 0.3")]: (share) => share <= 0.02,
  [falseAlarm("AR(1) 0.6")]: (share) => share <= 0.035,
  "+10 % found after 5 nights, independent": (share) => share >= 0.95,
  "+10 % found after 5 nights, 5 % spikes": (share) => share >= 0.9,
  "both ends of 7 nights of +20 %, independent": (share) => share >= 0.95,
  [falseAlarm("heavy tails (t3)")]: (share) => share <= 0.02,
  "+10 % found after 5 nights, heavy tails (t3)": (share) => share >= 0.95,
  [falseAlarm("10 % spikes")]: (share) => share <= 0.036,
  [falseAlarm("15 % spikes")]: (share) => share <= 0.063,
  [falseAlarm("20 % spikes")]: (share) => share <= 0.1,
  "+20 % found after 14 nights, 10 % spikes": (share) => share >= 0.95,
  "+20 % found after 14 nights, 20 % spikes": (share) => share >= 0.8,
  [falseAlarm("weekend −15 %")]: (share) => share <= 0.02,
  [falseAlarm("weekend −30 %")]: (share) => share <= 0.02,
  [falseAlarm("weekly sine ±8 %")]: (share) => share <= 0.02,
  "+10 % found after 5 nights, weekend −15 %": (share) => share >= 0.9,
  "+10 % found after 14 nights, weekend −15 %": (share) => share >= 0.95,
  "+10 % found after 5 nights, weekend −30 %": (share) => share >= 0.9,
  "+10 % found after 14 nights, weekend −30 %": (share) => share >= 0.95,
  "+10 % found after 5 nights, weekly sine ±8 %": (share) => share >= 0.9,
  "+10 % found after 14 nights, weekly sine ±8 %": (share) => share >= 0.95,
  [falseAlarm("two hosts 15 % apart")]: (share) => share <= 0.04,
  "+20 % found after 14 nights, two hosts 15 % apart": (share) => share >= 0.75,
};

const names = Object.keys(detectors);
const sharesOf = (ask: Question[1], asked: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(detectors)
      .filter(([name]) => asked.includes(name))
      .map(([name, one]) => [name, ask(one)]),
  );
const rows = [
  ...questions.map(([question, ask]) => ({ question, shares: sharesOf(ask, names) })),
  ...otherQuestions.map(([question, ask]) => ({
    question,
    shares: sharesOf(ask, names.slice(0, 1)),
  })),
];
const missed = rows.filter(
  ({ question, shares }) => targets[question]?.(shares[names[0] ?? ""] ?? Number.NaN) === false,
);

/** Does the smallest change that the answer names get found as often as it says? */
const power = [...noiseKinds, ...otherKinds].map((kind, order) => ({
  kind: kind.name,
  ...statedPower(kind, repetitions / 2, seed + 200 + order),
}));

/** 200 metrics, every tenth with a change: as a nightly run looks at them. */
const random = seededRandom(seed);
const metrics = Array.from({ length: 200 }, (_, i) =>
  simulateNights(spikes, random, { start: 60, end: nights, factor: i % 10 === 0 ? 1.1 : 1 }),
);
const began = performance.now();
for (const metric of metrics) headroom(0.05)(metric);
const seconds = (performance.now() - began) / 1000;

const width = Math.max(...rows.map(({ question }) => question.length));
process.stdout.write(
  [
    `${repetitions} series a cell, noise of 3 %; ours with the filter has to keep its targets`,
    `${"".padEnd(width)}  ${names.join("  ")}`,
    ...rows.map(
      ({ question, shares }) =>
        `${question.padEnd(width)}  ${names.map((name) => (shares[name]?.toFixed(3) ?? "–").padStart(name.length)).join("  ")}`,
    ),
    "",
    "the smallest change named, lasting 14 nights: median, and how often a change of the size named is found",
    ...power.map(
      ({ kind, size, found }) =>
        `${kind.padEnd(width)}  ${`+${(100 * (size - 1)).toFixed(1)} %`.padStart(8)}  ${found.toFixed(3)}`,
    ),
    "",
    `200 metrics of ${nights} nights: ${seconds.toFixed(2)} s (target < 10 s)`,
    ...missed.map(({ question }) => `target missed: ${question}`),
    "",
  ].join("\n"),
);

const result = {
  bench: "detect",
  repetitions,
  otherRepetitions,
  seed,
  nights,
  sigma: 0.03,
  rows,
  power,
  secondsFor200: seconds,
};
writeResult("detect", result);
if (missed.length > 0) process.exitCode = 1;
