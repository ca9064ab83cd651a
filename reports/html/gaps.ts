import { markup, type Markup } from "../markup.ts";

const most = 20;

/** What could not be seen, and why: in plain sight, because a figure that is missing looks like one that is fine. */
export function gapList(gaps: readonly string[]): Markup | undefined {
  if (gaps.length === 0) return undefined;
  const more = gaps.length - most;
  return markup`<div class="gaps"><p><span aria-hidden="true">◌</span> <strong>Not observed</strong></p>
<ul class="plain">${gaps.slice(0, most).map((gap) => markup`<li>${gap}</li>`)}${more > 0 && markup`<li class="muted">${more} more in verdicts.json</li>`}</ul></div>
`;
}
