import { formatApart, formatCount, inSentence, percent } from "../../src/domain/number-text.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { GroupName } from "../measurements/groups.ts";
import type { Measurements } from "../measurements/index.ts";
import { latencyQuantile } from "../verdicts/latency-check.ts";
import type { FindingRule } from "./finding-rule.ts";

/** An asset that takes a quarter of the objective of its whole page is worth a finding. */
const slowShare = 0.25;
const minimumRequests = 20;

/** Pages that are too slow because of what they load, and not because of their documents. */
export const slowAssets: FindingRule = ({ verdicts, measured }) =>
  verdicts.flatMap((verdict) => {
    if (verdict.outcome !== "fail" || verdict.checkId !== "web.page.p95") return [];
    const limitMs = verdict.limit.value;
    const assets = merged(measured, "response web asset");
    const documentsMs = merged(measured, "response web read").quantile(latencyQuantile) ?? Infinity;
    const assetsMs = assets.quantile(latencyQuantile) ?? 0;
    const slowMs = slowShare * limitMs;
    const isSlow = assetsMs > slowMs && assetsMs < Infinity && documentsMs <= limitMs;
    if (assets.count < minimumRequests || !isSlow) return [];
    return [
      {
        id: "slow-assets",
        severity: "P2",
        sentence: `Web pages wait for their assets: p95 of an asset is ${inSentence(assetsMs, "ms")}, while the documents alone stay below the ${inSentence(limitMs, "ms")} of a page (p95 ${formatApart(documentsMs, limitMs, "ms")}).`,
        evidence: `${percent(assets.countAbove(slowMs) / assets.count)} of ${formatCount(assets.count)} asset requests took longer than ${inSentence(slowMs, "ms")}.`,
        action:
          "Open a page in a browser and see in its waterfall which file it is: its size, its compression, where it is served from.",
        surface: "web",
      } as const,
    ];
  });

const merged = ({ surfaces }: Measurements, name: GroupName): Histogram =>
  Histogram.merged(surfaces.groups.get(name)?.batches ?? []);
