import { formatLatency } from "../../src/domain/number-text.ts";
import type { BrowserReport } from "../../src/domain/browser.ts";
import type { Report } from "../../src/domain/report.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { elapsedAt } from "./elapsed.ts";

type Screenshot = BrowserReport["screenshots"][number];

const most = 12;

/** Pictures of the slowest and of failed pages. They stay beside the page, which shows nothing from anywhere else. */
export function screenshots(
  report: Report,
  { screenshots: all }: Pick<BrowserReport, "screenshots">,
): Fragment {
  if (all.length === 0) return undefined;
  const shown = all.slice(0, most);
  const more = all.length - shown.length;
  return markup`<h3>Slowest and failed pages, as they looked</h3>
<div class="shots">${shown.map((each) => screenshot(report, each))}</div>${more > 0 && markup`<p class="muted">${more} more lie beside this file.</p>`}`;
}

/** Whether a page holds pictures at all: only then its policy lets them in. */
export const hasScreenshots = ({ browser }: Report): boolean =>
  browser?.screenshots.some(({ file }) => isBeside(file)) === true;

function screenshot(report: Report, { page, at, kind, loadMs, file }: Screenshot): Markup {
  const took = loadMs === undefined ? "" : ` after ${formatLatency(loadMs)}`;
  const said = `${kind === "failed" ? "Failed" : "Slowest"} load of ${page}${took}`;
  const words = markup`<figcaption><strong>${page}</strong> ${kind === "failed" ? "failed" : "slowest"}${took} <span class="muted">at ${elapsedAt(report, at)}</span></figcaption>`;
  if (!isBeside(file))
    return markup`<figure class="shot">${words}<p class="nothing">Its file name leads elsewhere, and is not shown.</p></figure>
`;
  return markup`<figure class="shot"><a href="${file}"><img src="${file}" alt="${said}" width="640" height="360" loading="lazy" decoding="async"></a>${words}</figure>
`;
}

/** Plain names of folders and files under the page's own, nothing that leads up, out or to another protocol. */
const isBeside = (file: string): boolean =>
  /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:png|jpe?g|webp)$/.test(
    file,
  );
