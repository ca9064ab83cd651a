import { markup, type Markup } from "../markup.ts";
import type { Tone } from "../wording.ts";

/** A shape of its own for every outcome. It stands beside the word and is therefore hidden from screen readers. */
export const icon = (tone: Tone, size: number): Markup =>
  markup`<svg class="icon" aria-hidden="true" width="${size}" height="${size}" viewBox="0 0 24 24">${shapes[tone]}</svg>`;

const shapes: Readonly<Record<Tone, Markup>> = {
  pass: markup`<circle class="body" cx="12" cy="12" r="11"/><path class="sign" d="M6.8,12.4l3.5,3.5l6.9,-7.6"/>`,
  fail: markup`<path class="body" d="M7.4,1h9.2L23,7.4v9.2L16.6,23H7.4L1,16.6V7.4z"/><path class="sign" d="M8,8l8,8m0,-8l-8,8"/>`,
  inconclusive: markup`<path class="body" d="M12,0.6L23.4,12L12,23.4L0.6,12z"/><path class="sign" d="M9.4,9.6c0,-3.6 5.4,-3.4 5.2,0.2c-0.1,1.8 -2.6,1.9 -2.6,4"/><circle class="dot" cx="12" cy="17" r="1.2"/>`,
  invalid: markup`<path class="body" d="M12,1.2L23.4,22H0.6z"/><path class="sign" d="M12,8.6v6"/><circle class="dot" cx="12" cy="18" r="1.2"/>`,
  incomplete: markup`<circle class="ring" cx="12" cy="12" r="9.8"/><path class="body" d="M12,2.2a9.8,9.8 0 0 1 0,19.6z"/>`,
  "not-applicable": markup`<circle class="ring" cx="12" cy="12" r="9.8"/><path class="sign dark" d="M7.5,12h9"/>`,
};
