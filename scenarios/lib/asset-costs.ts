/** Before the load: what the pages of this target really name, and whether the load stays below the ceiling with it. */
import { expectedPageCosts } from "../../profiles/platform/page-assets.ts";
import { peakRequests } from "../../src/domain/peak-requests.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

/**
 * @param assets how many each page names, of the pages that were answered; empty: not known
 * @returns a sentence starting with "headroom[ceiling]:" where the load would pass its ceiling
 */
export function assetsProblem(plan: ScenarioPlan, assets: readonly number[]): string | undefined {
  const { ceilings, requestsPerMinute, requestsPerMinuteBySurface, phases, browserUsers } = plan;
  if (ceilings === undefined || requestsPerMinute === undefined || assets.length === 0)
    return undefined;
  if (requestsPerMinuteBySurface === undefined || phases === undefined) return undefined;
  const { assetsPerPage } = ceilings;
  const loaded = assets.map((count) => Math.min(count, assetsPerPage));
  const assetsOfPage = loaded.reduce((sum, count) => sum + count, 0) / loaded.length;
  const peak = peakRequests(
    {
      requestsPerMinute,
      requestsPerMinuteBySurface,
      phases,
      browserUsers,
    },
    { ...expectedPageCosts, assetsOfPage, assetsPerPage },
  );
  if (peak.total <= ceilings.requestsPerMinute) return undefined;
  return (
    `headroom[ceiling]: the pages of this target name ${assets.join(", ")} assets, of which at most ${assetsPerPage} are requested: ` +
    `with ${Math.round(peak.pages)} pages/min the load would be ${Math.round(peak.total)} HTTP requests/min, ` +
    `and ${plan.environment ?? "this environment"} may be given ${Math.round(ceilings.requestsPerMinute)}/min: ` +
    "lower --rate or the share of web, or lower ceilings.assetsPerPage"
  );
}
