import { absent } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { TimeToServe, WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import { markup, type Markup } from "../markup.ts";
import { stackedBar } from "../svg/stacked-bar.ts";
import { elapsedAt } from "./elapsed.ts";
import { table } from "../kit/layout.ts";

/** In the order in which they happen; each has a colour of its own. */
const usualParts = ["metric lag", "decision", "schedule", "node", "start", "ready"];
const unseen = "not observed";
const unseenKind = 6;
const most = 24;

/** Whose seconds were they, from a load that asks for more pods to pods that serve it? Bars, and a table of the same. */
export function timeToServe(
  report: Report,
  { workload, timeToServe: all }: WorkloadScaling,
): Markup | undefined {
  const shown = all.filter(({ totalMs }) => Number.isFinite(totalMs)).slice(0, most);
  if (all.length === 0) return undefined;
  const names = partNames(shown);
  const longest = Math.max(0, ...shown.map(({ totalMs }) => totalMs));
  const bars = shown.map((each) => bar(report, each, { names, longest }));
  return markup`<h4>From more load to pods that serve it</h4>
<figure class="serve">${shown.length > 0 && markup`<figcaption>${legend(names, shown.some(hasRest))}</figcaption><ol>${bars}</ol>`}${neverServed(report, all)}</figure>
${
  shown.length > 0 &&
  markup`<details><summary>Numbers</summary>${table(
    `${workload}: from more load to pods that serve it`,
    columnsOf(names),
    shown.map((each) => cells(report, each, names)),
  )}</details>`
}`;
}

const partNames = (all: readonly TimeToServe[]): readonly string[] => {
  const seen = new Set(all.flatMap(({ parts }) => parts.map(({ name }) => name)));
  return [
    ...usualParts.filter((name) => seen.has(name)),
    ...[...seen].filter((name) => !usualParts.includes(name)),
  ];
};

/** A part that nobody named beforehand borrows a colour; its name and place tell it apart. */
const kindOf = (name: string, names: readonly string[]): number => {
  const index = usualParts.indexOf(name);
  return index === -1 ? names.indexOf(name) % usualParts.length : index;
};

/** What the parts leave of the whole: they were observed one by one, and one may be missing. */
const restOf = ({ totalMs, parts }: TimeToServe): number =>
  Math.max(0, totalMs - parts.reduce((sum, { ms }) => sum + ms, 0));

const hasRest = (each: TimeToServe): boolean => restOf(each) >= 1;

function bar(
  report: Report,
  each: TimeToServe,
  { names, longest }: { readonly names: readonly string[]; readonly longest: number },
): Markup {
  const title = `${elapsedAt(report, each.at)}, ${each.from} → ${each.to}`;
  const rest = hasRest(each) ? [{ name: unseen, ms: restOf(each) }] : [];
  const parts = [...each.parts, ...rest];
  const said = parts.map(({ name, ms }) => `${name} ${formatDuration(ms)}`).join(", ");
  const drawn = parts.map(({ name, ms }) => ({
    kind: name === unseen ? unseenKind : kindOf(name, names),
    value: ms,
    text: formatDuration(ms),
  }));
  return markup`<li><span class="serve-at">${title}</span>${stackedBar({ parts: drawn, most: longest, label: `${title}: ${formatDuration(each.totalMs)}; ${said}` })}<strong>${formatDuration(each.totalMs)}</strong></li>
`;
}

const legend = (names: readonly string[], isSomeUnseen: boolean): Markup =>
  markup`<ul class="legend">${[...names, ...(isSomeUnseen ? [unseen] : [])].map(
    (name) =>
      markup`<li><svg aria-hidden="true" width="14" height="12"><rect class="part part${name === unseen ? unseenKind : kindOf(name, names)}" width="14" height="12" rx="2"/></svg> ${name}</li>`,
  )}</ul>`;

function neverServed(report: Report, all: readonly TimeToServe[]): readonly Markup[] {
  return all
    .filter(({ totalMs }) => !Number.isFinite(totalMs))
    .slice(0, most)
    .map(
      ({ at, from, to }) =>
        markup`<p class="reason">${elapsedAt(report, at)}, ${from} → ${to}: never served within the run.</p>`,
    );
}

const columnsOf = (names: readonly string[]) => [
  { title: "After the load began, pods" },
  { title: "Total", numeric: true },
  ...names.map((title) => ({ title, numeric: true })),
  { title: unseen, numeric: true },
];

const cells = (report: Report, each: TimeToServe, names: readonly string[]): readonly string[] => [
  `${elapsedAt(report, each.at)}, ${each.from} → ${each.to}`,
  formatDuration(each.totalMs),
  ...names.map((name) => formatDuration(each.parts.find((part) => part.name === name)?.ms)),
  hasRest(each) ? formatDuration(restOf(each)) : absent,
];
