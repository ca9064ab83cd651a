import type { Observation } from "../../src/domain/observation.ts";

/** Everything the browsers recorded of one page. Milliseconds; CLS has no unit. */
export interface PageViews {
  readonly page: string;
  readonly loads: readonly { readonly at: number; readonly ms: number }[];
  readonly failures: readonly { readonly at: number; readonly problem: string }[];
  readonly vitals: Readonly<Record<VitalName, readonly number[]>>;
  /** The slowest asset of each view. */
  readonly assets: readonly { readonly asset: string; readonly ms: number }[];
}

export const vitalNames = ["LCP", "CLS", "INP", "FCP", "TTFB"] as const;
type VitalName = (typeof vitalNames)[number];

/** Views of the judged time, by page, in the order of their first view. */
export function pageViewsOf(
  observations: readonly Observation[],
  isJudged: (at: number) => boolean,
): readonly PageViews[] {
  const own = observations.filter(
    ({ source, labels, at }) =>
      source === "browser" && labels["page"] !== undefined && isJudged(at),
  );
  const pages = new Set(
    own.filter(({ name }) => name !== "screenshot").flatMap(({ labels }) => labels["page"] ?? []),
  );
  return [...pages].map((page) => viewsOf(page, own));
}

function viewsOf(page: string, all: readonly Observation[]): PageViews {
  const own = all.filter(({ labels }) => labels["page"] === page);
  const named = (name: string): readonly Observation[] => own.filter((each) => each.name === name);
  const values = (name: string): readonly number[] => named(name).map(({ value }) => value);
  return {
    page,
    loads: named("page.load").map(({ at, value }) => ({ at, ms: value })),
    failures: named("page.failed").map(({ at, labels }) => ({
      at,
      problem: labels["problem"] ?? "",
    })),
    vitals: {
      LCP: values("page.lcp"),
      CLS: values("page.cls"),
      INP: values("page.inp"),
      FCP: values("page.fcp"),
      TTFB: values("page.ttfb"),
    },
    assets: named("page.asset").map(({ labels, value }) => ({
      asset: labels["asset"] ?? "",
      ms: value,
    })),
  };
}
