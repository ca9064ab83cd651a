/** A measured mix for people. */
import { formatCount, percent } from "../domain/number-text.ts";
import type { Counts, MeasuredMix, PlannedMix } from "../domain/mix.ts";
import { surfaces } from "../domain/surface.ts";

const shownNames = 40;

/** @param planned the same mix as a plan would carry it */
export function mixTable(mix: MeasuredMix, planned: PlannedMix): string {
  const { source, requests, peak, apart, unclassified, badLines } = mix;
  const total = planned.requests;
  const left = new Set(planned.leftOut.map(({ surface, name }) => `${surface} ${name}`));
  const rows = (surface: (typeof surfaces)[number], counts: Counts): readonly string[] => {
    const entries = Object.entries(counts);
    return [
      ...entries.slice(0, shownNames).map(([name, number]) => {
        const note = left.has(`${surface} ${name}`) ? "  no scenario sends it" : "";
        return `    ${name.padEnd(44)} ${formatCount(number).padStart(10)}  ${percent(number / total).padStart(7)}${note}`;
      }),
      ...(entries.length > shownNames ? [`    … and ${entries.length - shownNames} more`] : []),
    ];
  };
  const bySurface = { web: mix.pages, api: mix.procedures, subgraph: mix.operations };
  const unit = { web: "documents by page", api: "by procedure", subgraph: "by operation" };
  return [
    `${formatCount(total)} requests to the platform${source.from === undefined ? "" : `, ${source.from} to ${source.to ?? ""}`}`,
    ...(peak === undefined
      ? []
      : [
          `Peak: ${formatCount(peak.requestsPerSecond)}/s (${formatCount(peak.requestsPerSecond * 60)}/min) over ${formatCount(Math.round(peak.seconds))} s from ${peak.startsAt}`,
        ]),
    ...surfaces.flatMap((surface) => [
      "",
      `  ${surface.padEnd(9)} ${formatCount(requests[surface]).padStart(10)}  ${percent(requests[surface] / total).padStart(7)}  ${unit[surface]}`,
      ...rows(surface, bySurface[surface]),
    ]),
    "",
    `Left out of a run: ${percent(planned.leftOutShare)} of the mix, because no scenario can send it`,
    `Apart: ${
      Object.entries(apart)
        .map(([reason, number]) => `${reason} ${formatCount(number)}`)
        .join(", ") || "none"
    }`,
    `Unclassified: ${formatCount(unclassified.requests)}`,
    ...unclassified.patterns.map(
      ({ pattern, requests: number }) =>
        `    ${pattern.padEnd(55)} ${formatCount(number).padStart(10)}`,
    ),
    `Lines that could not be read: ${formatCount(badLines.lines)}`,
    ...badLines.first.map(({ file, line, problem }) => `    ${file}:${line}: ${problem}`),
    "",
  ].join("\n");
}
