/** Before the load: each private page is opened with and without a session, so that its mark is known to distinguish. */
import type { PlatformIds } from "./ids.ts";
import { privatePages } from "../../profiles/platform/page-marks.ts";
import { pageCalls } from "./page-calls.ts";
import { markProblem, type Served } from "./page-marks.ts";
import { plan } from "./plan.ts";
import { anonymousPage, type SignedIn } from "./session.ts";
import { openPages } from "./setup-pages.ts";
import { IterationPicker } from "./weighted.ts";

const origin = (plan.targets.web ?? "").replace(/\/$/, "");

/** @throws Error starting with "headroom:" that names the page and says what to do */
export function provePageMarks(ids: PlatformIds, { cookie, email }: SignedIn): void {
  const picker = new IterationPicker(plan.seed).restart(0);
  const paths = privatePages.map((page) => pageCalls[page].path(ids, picker));
  const openedWith = (headers: Record<string, string>): readonly Served[] =>
    openPages(paths.map((path) => ({ url: origin + path, headers })));
  const signedIn = openedWith({ ...anonymousPage, cookie });
  const stranger = openedWith(anonymousPage);
  privatePages.forEach((page, place) => {
    const problem = markProblem(
      {
        page,
        path: paths[place] ?? "",
        email,
        signedIn: signedIn[place] ?? noAnswer,
        stranger: stranger[place] ?? noAnswer,
      },
      plan,
    );
    if (problem !== undefined) throw new Error(problem);
  });
}

const noAnswer: Served = { status: 0, html: "" };
