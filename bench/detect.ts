/**
 * How often does change detection cry wolf, and what does it find? 90 nights with a run-to-run noise of 3 %, ours with
 * the 5 % filter (the default) and without, beside E-divisive with a t test. See docs/decisions/0011-change-points.md.
 */
import { writeFileSync } from "node:fs";
import {
  bumpFound,
  falseAlarms,
  changesFound,
  headroom,
  nights,
  noiseKinds,
  simulateNights,
  type Detector,
  type NoiseKind,
} from "./detect-simulation.ts";
import { studentTDetector } from "./detect-student-t-simulation.ts";
import { seededRandom } from "../src/domain/random.ts";

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

/** Bounds that the default has to keep. */
const targets: Readonly<Record<string, (share: number) => boolean>> = {
  [`false alarm in ${nights} nights, independent`]: (share) => share <= 0.04,
  [`false alarm in ${nights} nights, 5 % spikes`]: (share) => share <= 0.04,
  [`false alarm in ${nights} nights, AR(1) 0.3`]: (share) => share <= 0.08,
  [`false alarm in ${nights} nights, AR(1) 0.6`]: (share) => share <= 0.15,
  "+10 % found after 5 nights, independent": (share) => share >= 0.95,
  "+10 % found after 5 nights, 5 % spikes": (share) => share >= 0.8,
  "both ends of 7 nights of +20 %, independent": (share) => share >= 0.95,
};

const names = Object.keys(detectors);
const rows = questions.map(([question, ask]) => ({
  question,
  shares: Object.fromEntries(Object.entries(detectors).map(([name, one]) => [name, ask(one)])),
}));
const missed = rows.filter(
  ({ question, shares }) => targets[question]?.(shares[names[0] ?? ""] ?? Number.NaN) === false,
);

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
        `${question.padEnd(width)}  ${names.map((name) => (shares[name] ?? 0).toFixed(3).padStart(name.length)).join("  ")}`,
    ),
    `200 metrics of ${nights} nights: ${seconds.toFixed(2)} s (target < 10 s)`,
    ...missed.map(({ question }) => `target missed: ${question}`),
    "",
  ].join("\n"),
);

const result = {
  bench: "detect",
  repetitions,
  seed,
  nights,
  sigma: 0.03,
  rows,
  secondsFor200: seconds,
};
writeFileSync("bench/results/detect.json", `${JSON.stringify(result, null, 2)}\n`);
if (missed.length > 0) process.exitCode = 1;
