import { mapParsed } from "../../../src/domain/parsed.ts";
import { serviceTimes } from "../latency.ts";
import { readDuration, writeDuration } from "./amounts.ts";
import { latencyExpected } from "./expectations.ts";
import type { FaultKind } from "./fault-kind.ts";

/** One asset that every page loads takes so much longer. */
interface SlowAssetFault {
  readonly kind: "slow-asset";
  readonly delayMs: number;
}

/** The stylesheet. */
const stylesheet = /^\/assets\/app-[0-9a-f]+\.css$/;

export const slowAsset: FaultKind<SlowAssetFault> = {
  form: "slow-asset=<time>",
  example: "slow-asset=800ms",
  parse: (text) => mapParsed(readDuration(text), (delayMs) => ({ kind: "slow-asset", delayMs })),
  format: ({ delayMs }) => writeDuration(delayMs),
  act: ({ delayMs }) => ({
    delayMs: (service, endpoint) =>
      service === "asset" && stylesheet.test(endpoint) ? delayMs : 0,
  }),
  expect({ delayMs }) {
    const { asset, document } = serviceTimes;
    const expected = latencyExpected("web", document.p95Ms + asset.p95Ms / 2 + delayMs);
    return expected.verdicts === undefined
      ? expected
      : { ...expected, findings: ["slow-endpoint", "slow-assets"] };
  },
};
