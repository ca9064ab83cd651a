/** Before the load: each private page is opened with and without a session, so that its mark is known to distinguish. */
import { sleep } from "k6";
import http from "k6/http";
import type { PlatformIds } from "./ids.ts";
import { probeTogether } from "./measure.ts";
import { privatePages } from "../../profiles/platform/page-marks.ts";
import { pageCalls } from "./page-calls.ts";
import { markProblem, type Served } from "./page-marks.ts";
import { plan } from "./plan.ts";
import { isTransient, retryPauseSeconds, setupTimeoutMs, untilAnswered } from "./retry.ts";
import { anonymousPage, type SignedIn } from "./session.ts";
import { IterationPicker } from "./weighted.ts";

const origin = (plan.targets.web ?? "").replace(/\/$/, "");

/** @throws Error starting with "headroom:" that names the page and says what to do */
export function provePageMarks(ids: PlatformIds, { cookie, email }: SignedIn): void {
  const picker = new IterationPicker(plan.seed).restart(0);
  const paths = privatePages.map((page) => pageCalls[page].path(ids, picker));
  const signedIn = served(paths, { ...anonymousPage, cookie });
  const stranger = served(paths, anonymousPage);
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

/** All pages side by side. */
function served(paths: readonly string[], headers: Record<string, string>): readonly Served[] {
  return untilAnswered(paths, (open) => probed(open, headers), {
    mayPass: isTransient,
    pause: () => sleep(retryPauseSeconds),
  });
}

const probed = (paths: readonly string[], headers: Record<string, string>): readonly Served[] =>
  probeTogether(
    "web",
    paths.map((path) => ({
      url: origin + path,
      headers,
      responseType: "text",
      timeoutMs: setupTimeoutMs,
      jar: new http.CookieJar(),
    })),
  ).map(({ status, body }) => ({ status, html: typeof body === "string" ? body : "" }));
