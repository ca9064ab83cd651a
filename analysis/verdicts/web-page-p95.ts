import { plural } from "../../src/domain/number-text.ts";
import type { AssetsCut } from "../../src/domain/run.ts";
import { defineCheck, notTestable, type CheckHead, type CheckResult } from "./check.ts";
import { judgeLatency } from "./latency-check.ts";

/** Pages without some of their assets are faster than users have them: they cannot pass, and too slow they fail. */
export const webPageP95 = defineCheck(
  {
    id: "web.page.p95",
    group: "objective",
    title: "Page load time, p95 with assets",
    surface: "web",
    requires: ["plan", "latencies", "assetsCut"],
  },
  (inputs, head) => withoutPartOfPages(judgeLatency("web", inputs, head), inputs.assetsCut, head),
);

function withoutPartOfPages(
  result: CheckResult,
  cut: AssetsCut | undefined,
  head: CheckHead,
): CheckResult {
  if (cut === undefined || result.verdict.outcome !== "pass") return result;
  return notTestable(
    head,
    `${plural(cut.pages, "page")} named more assets than the environment allows (ceilings.assetsPerPage), and ${plural(cut.assets, "asset")} were not loaded: whole pages take longer. Of what was loaded: ${result.verdict.reason}`,
  );
}
