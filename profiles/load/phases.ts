import type { Phase } from "../../src/domain/profile.ts";
import type { Milliseconds } from "../../src/domain/units.ts";

/** Caches fill, pools open, code is compiled: shown, never judged. */
export const warmUp = (durationMs: Milliseconds, factor = 1): Phase => ({
  name: "warm-up",
  kind: "warm-up",
  durationMs,
  fromFactor: factor,
  toFactor: factor,
  judged: false,
});

/** Constant rate, judged. */
export const hold = (durationMs: Milliseconds, factor = 1, name = "hold"): Phase => ({
  name,
  kind: "hold",
  durationMs,
  fromFactor: factor,
  toFactor: factor,
  judged: true,
});

/** The rate changes from one factor to another; shown, not judged, since it has no single rate. */
export const ramp = (durationMs: Milliseconds, from: number, to: number, name = "ramp"): Phase => ({
  name,
  kind: "ramp",
  durationMs,
  fromFactor: from,
  toFactor: to,
  judged: false,
});

/** Back at the usual rate, to see the platform settle. */
export const recovery = (durationMs: Milliseconds, factor = 1): Phase => ({
  name: "recovery",
  kind: "recovery",
  durationMs,
  fromFactor: factor,
  toFactor: factor,
  judged: false,
});
