import { absent } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { TimeToServe, WorkloadScaling } from "../../src/domain/autoscaling.ts";
import type { Report } from "../../src/domain/report.ts";
import {
  column,
  folded,
  heading,
  itemTable,
  numberColumn,
  sentences,
  type Block,
} from "../kit/block.ts";
import type { Stacks } from "../kit/stacked-bar.ts";
import { elapsedAt } from "./words.ts";

/** In the order in which they happen; each has a colour of its own. */
const usualParts = ["metric lag", "decision", "schedule", "node", "start", "ready"];
const unseen = "not observed";
const unseenKind = 6;
const most = 24;

/** Whose seconds were they, from a load that asks for more pods to pods that serve it? Bars, and a table of the same. */
export function timeToServe(report: Report, workload: WorkloadScaling): readonly Block[] {
  const all = workload.timeToServe;
  if (all.length === 0) return [];
  const served = all.filter(({ totalMs }) => Number.isFinite(totalMs)).slice(0, most);
  const never = all.filter(({ totalMs }) => !Number.isFinite(totalMs)).slice(0, most);
  const title = "From more load to pods that serve it";
  const step = ({ at, from, to }: TimeToServe) => `${elapsedAt(report, at)}, ${from} → ${to}`;
  const numbers = itemTable(
    "time-to-serve",
    `${workload.workload}: ${title.toLowerCase()}`,
    served,
    [
      column("step", "After the load began, pods", step),
      numberColumn("total", "Total", ({ totalMs }) => formatDuration(totalMs)),
      ...partNames(served).map((name) =>
        numberColumn(name, name, ({ parts }: TimeToServe) =>
          formatDuration(parts.find((part) => part.name === name)?.ms),
        ),
      ),
      numberColumn("unseen", unseen, (each) =>
        hasRest(each) ? formatDuration(restOf(each)) : absent,
      ),
    ],
  );
  return [
    heading(title),
    ...(served.length === 0 ? [] : [{ kind: "stacks" as const, stacks: stacksOf(served, step) }]),
    sentences(never.map((each) => `${step(each)}: never served within the run.`)),
    ...(served.length === 0 ? [] : [folded("Numbers", numbers)]),
  ];
}

const partNames = (all: readonly TimeToServe[]): readonly string[] => {
  const names = new Set(all.flatMap(({ parts }) => parts.map(({ name }) => name)));
  return [
    ...usualParts.filter((name) => names.has(name)),
    ...[...names].filter((name) => !usualParts.includes(name)),
  ];
};

/** What the parts leave of the whole: they were observed one by one, and one may be missing. */
const restOf = ({ totalMs, parts }: TimeToServe): number =>
  Math.max(0, totalMs - parts.reduce((sum, { ms }) => sum + ms, 0));

const hasRest = (each: TimeToServe): boolean => restOf(each) >= 1;

function stacksOf(all: readonly TimeToServe[], step: (each: TimeToServe) => string): Stacks {
  const names = partNames(all);
  const longest = Math.max(0, ...all.map(({ totalMs }) => totalMs));
  return {
    legend: [...names, ...(all.some(hasRest) ? [unseen] : [])].map((label) => ({
      kind: kindOf(label, names),
      label,
    })),
    bars: all.map((each) => {
      const [title, total] = [step(each), formatDuration(each.totalMs)];
      const parts = [...each.parts, ...(hasRest(each) ? [{ name: unseen, ms: restOf(each) }] : [])];
      const words = parts.map(({ name, ms }) => `${name} ${formatDuration(ms)}`).join(", ");
      return {
        title,
        total,
        most: longest,
        label: `${title}: ${total}; ${words}`,
        parts: parts.map(({ name, ms }) => ({
          kind: kindOf(name, names),
          value: ms,
          text: formatDuration(ms),
        })),
      };
    }),
  };
}

/** A part that nobody named beforehand borrows a colour; its name and place tell it apart. */
function kindOf(name: string, names: readonly string[]): number {
  if (name === unseen) return unseenKind;
  const index = usualParts.indexOf(name);
  return index === -1 ? names.indexOf(name) % usualParts.length : index;
}
