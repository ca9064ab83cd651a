import { markup, type Markup } from "../markup.ts";
import { percentOf, type Band, type TimeFrame } from "./time-frame.ts";

const words: Readonly<Record<Exclude<Band["kind"], "event">, string>> = {
  judged: "judged",
  unjudged: "shown only",
  missing: "",
};

/** Names the phases once, above all charts, on their axis. A name without room is cut; the legend below has them all. */
export function phaseRibbon(frame: TimeFrame): Markup {
  const named = frame.bands.map(({ label, kind }) =>
    kind === "event" ? `event ${label}` : `${label} ${words[kind]}`,
  );
  const phases = frame.bands.filter(({ kind }) => kind !== "event");
  return markup`<svg class="ribbon" role="img" width="100%" height="22"><title>Phases of the run</title><desc>${named.join(", ")}</desc>${phases.map((band) => stretch(band, frame))}</svg>`;
}

function stretch(band: Band, frame: TimeFrame): Markup {
  const from = percentOf(frame, band.from);
  const width = Math.round((percentOf(frame, band.to) - from) * 100) / 100;
  const label = band.kind === "judged" ? `${band.label} · judged` : band.label;
  return markup`<svg x="${from}%" width="${width}%" height="22"><title>${label}</title><rect class="band ${band.kind}" width="100%" height="20" rx="2"/><text x="6" y="14">${label}</text></svg>`;
}
