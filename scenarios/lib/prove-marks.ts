/** Before the load: each private page is opened with and without a session, so that its mark is known to distinguish. */
import { sleep } from "k6";
import http from "k6/http";
import type { PlatformIds } from "./ids.ts";
import { probeTogether } from "./measure.ts";
import { privatePages } from "../../profiles/platform/page-marks.ts";
import { pageCalls } from "./page-calls.ts";
import { isTransient, markProblem, type Served } from "./page-marks.ts";
import { plan } from "./plan.ts";
import { anonymousPage, type SignedIn } from "./session.ts";
import { IterationPicker } from "./weighted.ts";

/** A single failed answer proves nothing. */
const attempts = 3;
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

/** All pages side by side; a transient failure is asked again. */
function served(paths: readonly string[], headers: Record<string, string>): readonly Served[] {
  const answers: Served[] = paths.map(() => noAnswer);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const open = paths.flatMap((path, place) =>
      isTransient(answers[place] ?? noAnswer) ? [{ path, place }] : [],
    );
    if (open.length === 0) break;
    if (attempt > 0) sleep(0.5);
    const responses = probeTogether(
      "web",
      open.map(({ path }) => ({
        url: origin + path,
        headers,
        responseType: "text",
        jar: new http.CookieJar(),
      })),
    );
    responses.forEach(({ status, body }, index) => {
      const place = open[index]?.place;
      if (place !== undefined)
        answers[place] = { status, html: typeof body === "string" ? body : "" };
    });
  }
  return answers;
}
