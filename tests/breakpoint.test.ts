/** `headroom run breakpoint` with real k6 on the sandbox's cluster, held at one pod; and what the capacity model reads from it. */
import { expect, test } from "vitest";
import { capacityModel } from "../analysis/capacity/breakpoint/capacity-model.ts";
import { fromJson } from "../src/domain/json.ts";
import type { Plan } from "../src/domain/plan.ts";
import { readRun } from "../src/store/run-reader.ts";
import { headroom, newWorkplace, onlyRun } from "./headroom.ts";

const onePod = ["run", "breakpoint", "--scenario", "api", "--replicas", "1", "--rate", "8100/min"];

test("ten plateaus rise towards the expected knee, three of them beyond it", async () => {
  const { status, out } = await headroom(newWorkplace(), [...onePod, "--dry-run", "--json"]);
  expect(status).toBe(0);
  const plan = fromJson(out) as Plan;
  const levels = plan.phases.filter(({ kind }) => kind === "hold");
  expect(levels.length).toBe(10);
  expect(levels.filter(({ toFactor }) => toFactor > 1).length).toBe(3);
  const factors = levels.map(({ toFactor }) => toFactor);
  expect(factors).toEqual(factors.toSorted((a, b) => a - b));
  const alerts = plan.abortRules.filter(({ id }) => id.startsWith("beyond-"));
  const [plateau] = levels;
  expect(alerts.length).toBeGreaterThan(0);
  // One plateau beyond the alert thresholds is what the test is for; three are enough.
  for (const { forMs } of alerts) {
    expect(forMs).toBeGreaterThan(2 * (plateau?.durationMs ?? 0));
    expect(forMs).toBeLessThan(3 * (plateau?.durationMs ?? 0));
  }
});

test(
  "one pod of the API serves what it can and no more, whatever it is given",
  { timeout: 300_000 },
  async () => {
    const workplace = newWorkplace();
    await headroom(workplace, [...onePod, "--duration", "60s", "--warm-up", "3s", "--json"]);
    const { workloads, refusedRuns } = capacityModel([readRun(onlyRun(workplace))], { seed: 1 });
    expect(refusedRuns).toEqual([]);
    const api = workloads.find(({ workload }) => workload === "api");
    expect(api?.levels.length).toBeGreaterThanOrEqual(8);
    for (const { replicas } of api?.levels ?? []) expect(replicas).toBe(1);
    const top = api?.levels.at(-1);
    // A core serves about 135 requests of 7.4 ms a second.
    expect(top?.offeredPerSecond).toBeGreaterThan(180);
    expect(top?.completedPerSecond).toBeLessThan(150);
    expect(top?.state).not.toBe("served");
    // Found, and plausible; or a machine that is busy with something else, which is said and not hidden.
    const point = api?.capacityAtObjectivePerPod?.point ?? Number.NaN;
    const isFound = api?.state === "identified" && point > 80 && point < 140;
    expect(isFound || (api?.state !== "identified" && api?.refusals.length !== 0)).toBe(true);
  },
);
