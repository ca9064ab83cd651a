/** Before the load: each private page is opened with and without a session, so that its mark is known to distinguish. */
import { sleep } from "k6";
import type { PlatformIds } from "./ids.ts";
import { probe } from "./measure.ts";
import { privatePages } from "../../profiles/platform/page-marks.ts";
import { pageCalls } from "./page-calls.ts";
import { markProblem, type Served } from "./page-marks.ts";
import { plan } from "./plan.ts";
import { anonymousPage, type SignedIn } from "./session.ts";
import { IterationPicker } from "./weighted.ts";

/** A single failed answer proves nothing. */
const attempts = 3;
const origin = (plan.targets.web ?? "").replace(/\/$/, "");

/** @throws Error starting with "headroom:" that names the page and says what to do */
export function provePageMarks(ids: PlatformIds, { cookie, email }: SignedIn): void {
  const picker = new IterationPicker(plan.seed).restart(0);
  for (const page of privatePages) {
    const path = pageCalls[page].path(ids, picker);
    const problem = markProblem(
      {
        page,
        path,
        email,
        signedIn: served(path, { ...anonymousPage, cookie }),
        stranger: served(path, anonymousPage),
      },
      plan,
    );
    if (problem !== undefined) throw new Error(problem);
  }
}

function served(path: string, headers: Record<string, string>): Served {
  let answer: Served = { status: 0, html: "" };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) sleep(0.5);
    const { status, body } = probe("web", { url: origin + path, headers, responseType: "text" });
    answer = { status, html: typeof body === "string" ? body : "" };
    if (status === 200) break;
  }
  return answer;
}
