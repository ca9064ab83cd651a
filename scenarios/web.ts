import { begin } from "./lib/iteration.ts";
import { oncePerProcess } from "./lib/once.ts";
import { pageNames } from "./lib/page-calls.ts";
import { openPage } from "./lib/pages.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";

const pageAt = sharedCycle("web", pageNames, () => oncePerProcess().pageOrder());

/** One page view; the pages take turns over all virtual users. */
export function web(data: SetupData): void {
  const iteration = begin(data);
  const page = pageAt(iteration.index);
  if (page !== undefined) openPage(page, iteration);
}
