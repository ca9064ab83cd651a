import { plural } from "../../src/domain/number-text.ts";
import type { AssetsCut } from "../../src/domain/run.ts";
import { judgeLatency } from "./latency-check.ts";
import { defineRunCheck } from "./run-check.ts";

/** Pages without some of their assets are faster than users have them: they cannot pass, and too slow they fail. */
export const webPageP95 = defineRunCheck(
  {
    id: "web.page.p95",
    group: "objective",
    title: "Page load time, p95 with assets",
    surface: "web",
    requires: ["plan", "latencies"],
    optional: ["assetsCut"],
  },
  (inputs, head) => ({
    ...judgeLatency("web", inputs, head),
    partial: inputs.assetsCut && wordsOfCut(inputs.assetsCut),
  }),
);

const wordsOfCut = ({ pages, assets }: AssetsCut): string =>
  `${plural(pages, "page")} named more assets than the environment allows (ceilings.assetsPerPage), and ${plural(assets, "asset")} were not loaded: whole pages take longer. Of what was loaded:`;
