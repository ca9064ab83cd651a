import { pageViews } from "../profiles/page-views.ts";
import { begin } from "./lib/iteration.ts";
import { pageCalls } from "./lib/page-calls.ts";
import type { PageName } from "./lib/page-calls.ts";
import { openPage } from "./lib/pages.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";

const pages = Object.keys(pageCalls).filter((name): name is PageName => name in pageCalls);
const cycle = sharedCycle("web", pages, (page) => pageViews[page].document);

/** One page view; the pages take turns over all virtual users. */
export function web(data: SetupData): void {
  const iteration = begin(data);
  const page = cycle[iteration.index % cycle.length];
  if (page !== undefined) openPage(page, iteration);
}
