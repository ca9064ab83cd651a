/**
 * A circuit breaker as a client sees it beside what is true of it: real command, real k6, the sandbox's own breaker, which
 * opens late and must be found.
 */
import { expect, test } from "vitest";
import * as z from "zod";
import { fromJson } from "../src/domain/json.ts";
import type { Report } from "../src/domain/report.ts";
import type { JudgedVerdict } from "../src/domain/verdict.ts";
import { insidePhase, newWorkplace, runFile, startHeadroom } from "./headroom.ts";

const truthShape = z.array(
  z.object({
    kind: z.string(),
    truth: z.object({
      breaker: z.object({
        failuresBeforeOpen: z.number(),
        openedAt: z.number(),
        closedAt: z.number(),
      }),
    }),
  }),
);

function holds({ observed: { low, high } }: JudgedVerdict, truth: number): void {
  expect(low).toBeLessThanOrEqual(truth);
  expect(high).toBeGreaterThanOrEqual(truth);
}

test("a breaker that opens after 8 failures instead of 5 is found, within bounds that hold the truth", async () => {
  const workplace = newWorkplace();
  const flags =
    "--rate 1500/min --warm-up 3s --duration 75s --fault breaker=threshold:8:cache --json";
  const event = ["--event", "external-outage=cache@12s"];
  const argv = ["run", "resilience", ...event, ...flags.split(" ")];
  const { finished } = startHeadroom(workplace, argv);
  await insidePhase(workplace, "hold", 60);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file
  const { plan } = fromJson(runFile(workplace, "run.json")) as Report["run"];
  const answer = await fetch(`${plan.targets.api}/control/events`);
  const [made] = truthShape.parse(await answer.json());
  const { failuresBeforeOpen = 0, openedAt = 0, closedAt = 0 } = made?.truth.breaker ?? {};
  const { out } = await finished;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own document
  const report = fromJson(out) as Report;
  const verdictOf = (id: string): JudgedVerdict => {
    const verdict = report.verdicts.find(({ checkId }) => checkId === `resilience.breaker.${id}`);
    if (verdict === undefined || verdict.outcome === "not-applicable")
      throw new Error(verdict?.reason ?? `there is no verdict ${id}`);
    return verdict;
  };
  const [opens, time] = [verdictOf("cache.failures"), verdictOf("cache.open-time")];
  expect(failuresBeforeOpen).toBe(8);
  holds(opens, failuresBeforeOpen);
  holds(time, closedAt - openedAt);
  // Where many requests were under way at once, the bounds are too wide to tell.
  expect(opens.outcome).toBe(opens.observed.low > 5 ? "fail" : "inconclusive");
  expect(time.outcome).toBe("pass");
}, 200_000);
