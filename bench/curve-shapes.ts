/**
 * What does the scalability fit answer to curves that the law describes, to smooth ones that it does not, and to tables
 * that are no curve? Nine levels from 1 to 256. See docs/decisions/0013-scalability-fit-on-the-logarithm.md.
 */
import { curveShapes, outcomesOf, scatteredShapes } from "./curve-shapes-simulation.ts";
import { writeResult } from "./shared/results.ts";

const repetitions = 500;
const seed = 20_261_129;
const mostRefused = 0.05;
const leastNear = 0.85;

const rows = [...curveShapes, ...scatteredShapes].map((shape, order) => ({
  shape: shape.name,
  isSmooth: curveShapes.includes(shape),
  noise: shape.noise ?? 0.01,
  ...outcomesOf(shape, repetitions, seed + order),
}));

const share = (value: number): string => value.toFixed(3);
process.stdout.write(
  [
    `${repetitions} tables a row; refused: no capacity and no bound; near: a point within 10 % of the true greatest`,
    ...rows.map(
      ({ shape, states, refused, nearGreatest }) =>
        `${shape.padEnd(42)} refused ${share(refused)}  near ${share(nearGreatest)}  ${Object.entries(
          states,
        )
          .map(([state, value]) => `${state} ${value.toFixed(2)}`)
          .join(", ")}`,
    ),
    "",
  ].join("\n"),
);
const result = { bench: "curve-shapes", repetitions, seed, mostRefused, leastNear, rows };
writeResult("curve-shapes", result);
const missed = rows.filter(
  ({ isSmooth, refused, nearGreatest }) =>
    isSmooth && (refused > mostRefused || nearGreatest < leastNear),
);
if (missed.length > 0) process.exitCode = 1;
