import { formatCount, plural } from "../../src/domain/number-text.ts";
import type { FindingRule } from "./finding-rule.ts";

/** A page with hundreds of assets would multiply the load: the rest of them is not requested, and counted here. */
export const assetsCut: FindingRule = ({ data: { run } }) => {
  const { assetsCut: cut, plan } = run;
  if (cut === undefined) return [];
  const limit = plan.ceilings?.assetsPerPage;
  return [
    {
      id: "assets-cut",
      severity: "P3",
      sentence: `${plural(cut.pages, "page")} named more assets than may be requested for one page${limit === undefined ? "" : ` (${limit})`}; ${plural(cut.assets, "asset")} were not requested.`,
      evidence: `${formatCount(cut.assets / cut.pages)} assets of each such page on average`,
      action:
        "Raise ceilings.assetsPerPage of the environment if the platform may be given that load, or reduce the number of files that a page names.",
      surface: "web",
    },
  ];
};
