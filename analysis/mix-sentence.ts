import { formatCount, percent } from "../src/domain/number-text.ts";
import type { PlannedMix } from "../src/domain/mix.ts";
import { surfaces } from "../src/domain/surface.ts";

/** Whether the mix of requests was measured, from what, and what of it could not be sent. */
export function mixSentence(mix: PlannedMix | undefined): string {
  if (mix === undefined)
    return "The mix of requests is assumed: no traffic of the platform was measured for it (headroom mix measures one).";
  const { file, from, to, requests, leftOutShare, leftOut, weights } = mix;
  const period = from === undefined || to === undefined ? "at unknown times" : `${from} to ${to}`;
  const assumed = surfaces.filter((surface) => weights[surface] === undefined);
  const parts = [
    `The mix of requests was measured (${file}: ${formatCount(requests)} requests, ${period}).`,
    ...(assumed.length === 0
      ? []
      : [
          `It shows no weights for ${assumed.join(" and ")}: where they are loaded, these are assumed.`,
        ]),
    ...(leftOutShare === 0
      ? []
      : [
          `No scenario can send ${percent(leftOutShare)} of it, left out: ${leftOut
            .slice(0, 5)
            .map(({ name, share }) => `${name} ${percent(share)}`)
            .join(", ")}${leftOut.length > 5 ? ", …" : ""}.`,
        ]),
  ];
  return parts.join(" ");
}
