/** Opens each page once before the load, to count what it names. */
import { assetsProblem } from "./asset-costs.ts";
import { assetsOf } from "./assets.ts";
import type { PlatformIds } from "./ids.ts";
import { pageCalls } from "./page-calls.ts";
import type { PageName } from "./page-calls.ts";
import { plan } from "./plan.ts";
import { anonymousPage } from "./session.ts";
import type { SignedIn } from "./session.ts";
import { openPages } from "./setup-pages.ts";
import { IterationPicker } from "./weighted.ts";

const origin = (plan.targets.web ?? "").replace(/\/$/, "");
const pages = Object.keys(pageCalls).filter((name): name is PageName => name in pageCalls);

/** @throws Error starting with "headroom[ceiling]:" where the load with these pages would pass the environment's ceiling */
export function refuseTooManyAssets(ids: PlatformIds, { cookie }: SignedIn): void {
  if (plan.ceilings === undefined) return;
  const picker = new IterationPicker(plan.seed).restart(0);
  const urls = pages.map((page) => origin + pageCalls[page].path(ids, picker));
  const answers = openPages(
    urls.map((url, place) => ({
      url,
      headers: pageCalls[pages[place] ?? "docs"].signedIn
        ? { ...anonymousPage, cookie }
        : anonymousPage,
    })),
  );
  const assets = answers.flatMap(({ status, html }, place) =>
    status === 200 ? [assetsOf(html, urls[place] ?? "").length] : [],
  );
  const problem = assetsProblem(plan, assets);
  if (problem !== undefined) throw new Error(problem);
}
