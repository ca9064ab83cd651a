/** Which text proves that a document was rendered for a signed-in user, and whether it does. */
import { pageMarks } from "../../profiles/platform/page-marks.ts";
import type { PrivatePage } from "../../profiles/platform/page-marks.ts";
import { pageCalls } from "./page-calls.ts";
import type { PageName } from "./page-calls.ts";
import type { ScenarioPlan } from "./plan-shape.ts";
import { isTransient } from "./retry.ts";

const isPrivate = (page: PageName): page is PrivatePage => pageCalls[page].signedIn;

/** The mark's template: of the environment file, or the platform's. @returns `undefined` for a public page */
const templateOf = (page: PageName, plan: ScenarioPlan): string | undefined =>
  isPrivate(page) ? (plan.pageMarks?.[page] ?? pageMarks[page]) : undefined;

/** @param email as the platform spells it @returns `undefined` for a public page */
export const markOf = (page: PageName, email: string, plan: ScenarioPlan): string | undefined =>
  templateOf(page, plan)?.replaceAll("{email}", email);

/** An answer to a request for a document. `status` 0: no answer. */
export interface Served {
  readonly status: number;
  readonly html: string;
}

interface Probe {
  readonly page: PageName;
  readonly path: string;
  readonly email: string;
  readonly signedIn: Served;
  readonly stranger: Served;
}

/**
 * Why the mark of a private page does not distinguish a signed-in user from an anonymous one. A signed-in page that failed
 * on the server's side (status 5xx or 429, no answer) is no reason: its requests fail under load too, and are counted.
 * @returns one sentence that starts with "headroom:"; `undefined` where the mark distinguishes
 */
export function markProblem(probe: Probe, plan: ScenarioPlan): string | undefined {
  const { page, path, email, signedIn, stranger } = probe;
  const template = templateOf(page, plan) ?? "";
  const mark = markOf(page, email, plan) ?? "";
  const where = `headroom: page ${page} (GET ${path})`;
  const advice = `set pageMarks.${page} in the environment file to text that the page's HTML contains for signed-in users only`;
  if (isTransient(signedIn)) return undefined;
  if (signedIn.status !== 200)
    return `${where} answered the signed-in ${email} with status ${signedIn.status}: check that this identity is onboarded and may open the page`;
  if (!signedIn.html.includes(mark))
    return `${where} does not contain its mark "${template}" for the signed-in ${email}: check that the page accepts the session, or ${advice}`;
  if (stranger.status === 0)
    return `${where} gave no answer without a session, so that its mark "${template}" is not proven: check the web target`;
  if (stranger.html.includes(mark))
    return `${where} contains its mark "${template}" without a session too, so that a lost session would count as success: ${advice}`;
  return undefined;
}
