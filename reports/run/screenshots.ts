import { formatLatency } from "../../src/domain/number-text.ts";
import type { BrowserReport } from "../../src/domain/browser.ts";
import type { Report } from "../../src/domain/report.ts";
import { heading, rest, type Block, type Picture } from "../kit/block.ts";
import { elapsedAt } from "./words.ts";

const most = 12;

/** Pictures of the slowest and of failed pages. They stay beside the page, which shows nothing from anywhere else. */
export function screenshots(
  report: Report,
  { screenshots: all }: Pick<BrowserReport, "screenshots">,
): readonly Block[] {
  if (all.length === 0) return [];
  return [
    heading("Slowest and failed pages, as they looked"),
    { kind: "pictures", pictures: all.slice(0, most).map((each) => pictureOf(report, each)) },
    ...rest(all.length - most, "more lie beside this file."),
  ];
}

/** Whether a page holds pictures at all: only then its policy lets them in. */
export const hasScreenshots = ({ browser }: Report): boolean =>
  browser?.screenshots.some(({ file }) => isBeside(file)) === true;

function pictureOf(
  report: Report,
  { page, at, kind, loadMs, file }: BrowserReport["screenshots"][number],
): Picture {
  const took = loadMs === undefined ? "" : ` after ${formatLatency(loadMs)}`;
  return {
    file: isBeside(file) ? file : undefined,
    words: `${kind === "failed" ? "Failed" : "Slowest"} load of ${page}${took}`,
    caption: [{ strong: page }, ` ${kind}${took} `, { muted: `at ${elapsedAt(report, at)}` }],
  };
}

/** Plain names of folders and files under the page's own, nothing that leads up, out or to another protocol. */
const isBeside = (file: string): boolean =>
  /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:png|jpe?g|webp)$/.test(
    file,
  );
