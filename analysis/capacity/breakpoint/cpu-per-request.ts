import type { Estimate } from "../../../src/domain/estimate.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { studentTQuantile } from "../../statistics/student-t.ts";
import type { MeasuredLevel } from "./measure-levels.ts";

const fewestLevels = 3;

/**
 * CPU of the pods for one more request: the slope of their use over the requests answered, so that what they use while
 * idle is not counted. One surface alone can be told apart; two in a fixed proportion cannot.
 * @returns core-milliseconds; `undefined` with fewer than three levels whose CPU and pods were observed
 */
export function cpuPerRequest(
  measured: readonly MeasuredLevel[],
  confidence: number,
): { readonly surface: Surface; readonly cpuMs: Estimate } | undefined {
  const surface = measured[0]?.tails[0]?.surface;
  const isAlone = measured.every(
    ({ tails }) => tails.length === 1 && tails[0]?.surface === surface,
  );
  if (surface === undefined || !isAlone) return undefined;
  const points = measured.flatMap(({ level, answeredBySurface }) => {
    const { cpuCoresPerPod, replicas } = level;
    const x = answeredBySurface[surface];
    return cpuCoresPerPod === undefined || replicas === undefined || x === undefined
      ? []
      : [{ x, y: cpuCoresPerPod * replicas * 1000 }];
  });
  const line = slopeOf(points);
  if (line === undefined) return undefined;
  const half = studentTQuantile((1 + confidence) / 2, points.length - 2) * line.standardError;
  return {
    surface,
    cpuMs: {
      point: line.slope,
      low: Math.max(0, line.slope - half),
      high: line.slope + half,
      unit: "ms",
      confidence,
      sampleCount: points.length,
      method: "slope of the pods' CPU over requests answered, least squares",
      warnings: [],
    },
  };
}

function slopeOf(
  points: readonly { readonly x: number; readonly y: number }[],
): { readonly slope: number; readonly standardError: number } | undefined {
  if (points.length < fewestLevels) return undefined;
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const squares = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (squares === 0) return undefined;
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const residuals = points.reduce(
    (sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2,
    0,
  );
  return slope <= 0
    ? undefined
    : { slope, standardError: Math.sqrt(residuals / (n - 2) / squares) };
}
