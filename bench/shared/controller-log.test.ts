import { expect, test } from "vitest";
import { beside, besideLog, loggedSyncs } from "./controller-log.ts";

const line = (second: string, words: string): string =>
  `I1130 19:20:${second}   31337 horizontal.go:841] ${words}`;
const scaleTarget = 'scaleTarget="Deployment/atk/api"';
const log = [
  line("01.500", `"Proposing desired replicas" desiredReplicas=5 metric="cpu" ${scaleTarget}`),
  line(
    "01.600",
    '"Successfully rescaled" HPA="atk/api" currentReplicas=2 desiredReplicas=4 reason=""',
  ),
  line("16.500", `"Proposing desired replicas" desiredReplicas=5 metric="cpu" ${scaleTarget}`),
  line("16.500", `"Decided not to scale" ${scaleTarget} desiredReplicas=4 lastScaleTime="x"`),
  line(
    "31.500",
    '"Unhandled Error" err="failed to compute desired number of replicas based on listed metrics for Deployment/atk/api: invalid metrics"',
  ).replace("I1130", "E1130"),
  "Flag --x has been deprecated",
].join("\n");
const second = (of: number): number => new Date(2026, 10, 30, 19, 20, 0, of * 1000).getTime();

test("the controller's log says what it proposed, decided and rescaled, and where it could not", () => {
  expect(loggedSyncs(log, 2026).get("atk/api")).toEqual([
    { at: second(1.6), desiredReplicas: 4, rescaledFrom: 2, proposed: 5 },
    { at: second(16.5), desiredReplicas: 4, proposed: 5 },
    { at: second(31.5) },
  ]);
});

const logged = loggedSyncs(log, 2026).get("atk/api") ?? [];
/** A prediction at a second, and what the status says. */
const sync = (at: number, desiredReplicas: number, observed?: number, proposed = 5) => ({
  at: second(at),
  desiredReplicas,
  observed,
  proposed,
  specReplicas: at < 2 ? 2 : 4,
});

test("equal decisions agree; what cannot be compared is not counted", () => {
  const predicted = [sync(1, 4, 4), sync(16, 4, 4), sync(31, 4)];
  expect(beside(predicted, logged)).toEqual({ compared: 2, agreed: 2, misses: [] });
  expect(besideLog(predicted, logged)).toEqual({ compared: 1, agreed: 1, misses: [] });
  expect(besideLog([sync(1, 4, 4), sync(17, 4, 4)], logged)).toMatchObject({
    compared: 2,
    agreed: 2,
  });
});

test.each([
  ["status-before-sync", sync(17, 4, 2)],
  ["phantom-sync", sync(45, 5, 4)],
  ["stale-cache", { ...sync(1, 5, 4), specReplicas: 3 }],
  ["history", sync(17, 5, 4)],
  ["other-metrics", sync(17, 6, 4, 6)],
] as const)("a miss has the cause %s", (cause, predicted) => {
  expect(beside([predicted], logged).misses).toMatchObject([{ cause }]);
});

test("metrics of the neighbouring sync are of another scrape, and a sync without a prediction was missed", () => {
  const late = [sync(1, 4, 4), sync(17, 6, 4, 6), sync(32, 4, 4, 5)];
  expect(beside(late, logged).misses).toMatchObject([{ cause: "scrape-time" }]);
  expect(besideLog([sync(1, 4, 4), sync(40, 4, 4)], logged).misses).toMatchObject([
    { cause: "missed-sync", predicted: undefined, actual: 4 },
  ]);
});
