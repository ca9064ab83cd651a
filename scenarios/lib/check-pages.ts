/**
 * Before the load each page is opened once, private ones also without a session: the mark of a private page must
 * distinguish the two, and the load must stay below its ceiling with the assets that the pages name.
 */
import { privatePages } from "../../profiles/platform/page-marks.ts";
import { assetsProblem } from "./asset-costs.ts";
import { assetsOf } from "./assets.ts";
import type { PlatformIds } from "./ids.ts";
import { pageCalls } from "./page-calls.ts";
import type { PageName } from "./page-calls.ts";
import { markProblem, type Served } from "./page-marks.ts";
import { baseUrl, plan } from "./plan.ts";
import { anonymousPage, type SignedIn } from "./session.ts";
import { openPages } from "./setup-pages.ts";
import { IterationPicker } from "./weighted.ts";

const origin = baseUrl("web");
const pages = Object.keys(pageCalls).filter((name): name is PageName => name in pageCalls);

/**
 * @throws Error starting with "headroom:" that names the page and says what to do, or with "headroom[ceiling]:" where the
 * load with these pages would pass the environment's ceiling
 */
export function checkPages(ids: PlatformIds, { cookie, email }: SignedIn): void {
  const picker = new IterationPicker(plan.seed).restart(0);
  const paths = pages.map((page) => pageCalls[page].path(ids, picker));
  const pathOf = (page: PageName): string => paths[pages.indexOf(page)] ?? "";
  const opened = openPages([
    ...pages.map((page) => ({
      url: origin + pathOf(page),
      headers: pageCalls[page].signedIn ? { ...anonymousPage, cookie } : anonymousPage,
    })),
    ...privatePages.map((page) => ({ url: origin + pathOf(page), headers: anonymousPage })),
  ]);
  const asUsers = opened.slice(0, pages.length);
  const asStrangers = opened.slice(pages.length);
  privatePages.forEach((page, place) => {
    const signedIn = asUsers[pages.indexOf(page)] ?? noAnswer;
    const stranger = asStrangers[place] ?? noAnswer;
    const problem = markProblem({ page, path: pathOf(page), email, signedIn, stranger }, plan);
    if (problem !== undefined) throw new Error(problem);
  });
  const assets = asUsers.flatMap(({ status, html }, place) =>
    status === 200 ? [assetsOf(html, origin + (paths[place] ?? "")).length] : [],
  );
  const problem = assetsProblem(plan, assets);
  if (problem !== undefined) throw new Error(problem);
}

const noAnswer: Served = { status: 0, html: "" };
