import { inSentence, percent, plural } from "../../src/domain/number-text.ts";
import { quantileSorted } from "simple-statistics";
import type { BrowserReport } from "../../src/domain/browser.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import type { PageViews } from "./page-views.ts";

type SlowestAsset = NonNullable<BrowserReport["pages"][number]["slowestAsset"]>;

/** An asset that takes a quarter of its page's whole objective is worth a finding. */
const slowShare = 0.25;
const minimumViews = 8;

/** The asset that was the slowest of its page most often; absent where none stands out. */
export function slowestAssetOf({ assets }: PageViews): SlowestAsset | undefined {
  const byName = new Map<string, number[]>();
  for (const { asset, ms } of assets) byName.set(asset, [...(byName.get(asset) ?? []), ms]);
  const [most] = [...byName].toSorted(([, one], [, other]) => other.length - one.length);
  if (most === undefined || most[1].length * 2 <= assets.length) return undefined;
  const [name, values] = most;
  const sorted = values.toSorted((a, b) => a - b);
  return { name, p95Ms: quantileSorted(sorted, 0.95), sampleCount: sorted.length };
}

/** One asset that pages wait for. */
export function slowAssetFindings(pages: readonly PageViews[], objectiveMs: number): Finding[] {
  const waiting = pages.flatMap((views) => {
    const asset = slowestAssetOf(views);
    const isSlow = asset !== undefined && asset.p95Ms > slowShare * objectiveMs;
    return isSlow && asset.sampleCount >= minimumViews ? [{ page: views.page, asset }] : [];
  });
  const names = [...new Set(waiting.map(({ asset }) => asset.name))];
  return names.map((name) => {
    const own = waiting.filter(({ asset }) => asset.name === name);
    const worstMs = Math.max(...own.map(({ asset }) => asset.p95Ms));
    const views = own.reduce((sum, { asset }) => sum + asset.sampleCount, 0);
    return {
      id: "slow-asset",
      severity: "P2",
      sentence: `In a real browser ${own.map(({ page }) => page).join(", ")} ${own.length === 1 ? "waits" : "wait"} for ${name}: its p95 is ${inSentence(worstMs, "ms")}, ${percent(worstMs / objectiveMs)} of the page's objective.`,
      evidence: `It was the slowest asset in ${plural(views, "page view")}.`,
      action:
        "See where it is served from, its size and its compression, and whether the page must wait for it.",
      surface: "web",
    } as const;
  });
}

/** Pages that did not come. */
export const failedViewFindings = (pages: readonly PageViews[]): Finding[] =>
  pages.flatMap(({ page, failures, loads }) => {
    const [first] = failures;
    if (first === undefined) return [];
    const views = failures.length + loads.length;
    return [
      {
        id: "page-failed",
        severity: loads.length === 0 ? "P1" : "P2",
        sentence: `The page ${page} failed in ${plural(failures.length, "view")} of ${views} in a real browser.`,
        evidence: `First: ${first.problem}.`,
        action:
          "Look at its screenshot in the report and at the log of the web workload at that time.",
        surface: "web",
      } as const,
    ];
  });
