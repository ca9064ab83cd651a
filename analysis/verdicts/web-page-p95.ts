import type { AssetsCut } from "../../src/domain/run.ts";
import { plural } from "../phrases.ts";
import { notTestable, type Check, type CheckResult } from "./check.ts";
import { latencyCheck } from "./latency-check.ts";

const ofMeasured = latencyCheck("web.page.p95", "Page load time, p95 with assets", "web");

/** Pages without some of their assets are faster than users have them: they cannot pass, and too slow they fail. */
export const webPageP95: Check = {
  ...ofMeasured,
  requires: [...ofMeasured.requires, "assetsCut"],
  run: (inputs) => withoutPartOfPages(ofMeasured.run(inputs), inputs.assetsCut),
};

function withoutPartOfPages(result: CheckResult, cut: AssetsCut | undefined): CheckResult {
  if (cut === undefined || result.verdict.outcome !== "pass") return result;
  return notTestable(
    ofMeasured,
    `${plural(cut.pages, "page")} named more assets than the environment allows (ceilings.assetsPerPage), and ${plural(cut.assets, "asset")} were not loaded: whole pages take longer. Of what was loaded: ${result.verdict.reason}`,
  );
}
