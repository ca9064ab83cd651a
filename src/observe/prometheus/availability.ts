/** Requests of the past days, good and all, for the error budget of the night. */
import { dayMs } from "../../domain/units.ts";
import type { ObserverSettings } from "../../domain/environment.ts";
import { TargetError } from "../../domain/errors.ts";
import { promql } from "./expression.ts";
import { availabilityQueries } from "../../../profiles/platform/store-queries.ts";
import { ask, placeOf, type StoreSeries } from "./store-client.ts";

/** Requests of one stretch of time at the ingress: users' and ours. Fractional: stores extrapolate. */
export interface AvailabilityCount {
  /** Start, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  /** Everything but a 5xx answer; never more than `total`. */
  readonly good: number;
  readonly total: number;
}

export interface ReadAvailabilityOptions {
  readonly token?: string | undefined;
  readonly now?: () => number;
  /** Length of a stretch, milliseconds. Default: five minutes, from which every burn rate can be computed. */
  readonly stretchMs?: number;
}

const timeoutMs = 20_000;

/**
 * Every request to the platform in the past days, in stretches of equal length, ascending. Stretches that the store
 * does not know are absent; those in which nobody asked anything are 0.
 * @param days 28 for an error budget of four weeks; at most 38 with five minutes, as stores give 11,000 points
 * @throws TargetError where the store gives no answer, or owns that it is not the whole one
 */
export async function readAvailability(
  settings: NonNullable<ObserverSettings["prometheus"]>,
  days: number,
  { token, now = Date.now, stretchMs = 300_000 }: ReadAvailabilityOptions = {},
): Promise<readonly AvailabilityCount[]> {
  const address = { url: settings.url, token, tenant: settings.tenant };
  const end = Math.floor(now() / stretchMs) * stretchMs;
  const start = end - Math.round((days * dayMs) / stretchMs - 1) * stretchMs;
  const window = `${Math.round(stretchMs / 1000)}s`;
  const values = async (template: string): Promise<StoreSeries["values"]> => {
    const answer = await ask(
      address,
      "query_range",
      {
        query: promql(template, { labels: settings.labels, window, scope: "namespace" }),
        start: String(start / 1000),
        end: String(end / 1000),
        step: String(stretchMs / 1000),
        nocache: "1",
      },
      { timeoutMs, signal: AbortSignal.timeout(timeoutMs) },
    );
    const trouble = answer.ok ? answer.doubts[0] : answer.problem;
    if (answer.ok && trouble === undefined) return answer.series[0]?.values ?? [];
    throw new TargetError(`${placeOf(settings.url)} ${trouble ?? "gave no answer"}`, {
      code: "metrics-store",
    });
  };
  const total = await values(availabilityQueries.total);
  const good = new Map(await values(availabilityQueries.good));
  return total.flatMap(([atSeconds, text]) => {
    const all = Number(text);
    const well = Number(good.get(atSeconds) ?? 0);
    if (!Number.isFinite(all) || !Number.isFinite(well)) return [];
    const at = Math.round(atSeconds * 1000) - stretchMs;
    return [{ at, durationMs: stretchMs, total: all, good: Math.min(all, well) }];
  });
}
