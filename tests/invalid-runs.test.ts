/** Runs that must not be believed: real command, real k6. One takes the whole machine: alone. */
import { expect, test } from "vitest";
import { asReport, headroom, newWorkplace } from "./headroom.ts";

test("a run that measured nothing is INVALID", { timeout: 120_000 }, async () => {
  const { status, out } = await headroom(newWorkplace(), [
    "run",
    "smoke",
    "--rate",
    "0.001/min",
    "--scenario",
    "api",
    "--warm-up",
    "1s",
    "--duration",
    "5s",
    "--json",
  ]);
  const report = asReport(out);
  expect(report.outcome).toBe("invalid");
  expect(status).toBe(3);
  expect(JSON.stringify(report.validity)).toMatch(/nothing-measured|too-few-samples/);
});

test(
  "a rate far above the generator's own ceiling is INVALID and says so",
  { timeout: 120_000 },
  async () => {
    const { status, out } = await headroom(newWorkplace(), [
      "run",
      "smoke",
      "--scenario",
      "noop",
      "--rate",
      "20000/s",
      "--warm-up",
      "2s",
      "--duration",
      "10s",
      "--json",
    ]);
    const report = asReport(out);
    expect(status).toBe(3);
    expect(JSON.stringify(report.validity)).toContain("generator-saturated");
  },
);
