/** The plan as a user makes it: the real command in a process of its own, on the specification alone, then a quarter later. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { PlanDocument } from "../src/domain/capacity-plan.ts";
import { fromJson } from "../src/domain/json.ts";
import { headroom, newWorkplace } from "./headroom.ts";

const quick = ["--paths", "2000"];

test("the specification alone, then what happened", async () => {
  const workplace = newWorkplace();
  const first = await headroom(workplace, ["plan", "--date", "2026-12-01", "--json", ...quick]);
  expect(first.status).toBe(0);
  const plan = fromJson(first.out) as PlanDocument;
  const alert = plan.resources[0]?.ceilings[0];
  expect(alert?.exhaustion.stated).toBeCloseTo(78.5, 1);
  expect(alert?.orderBy.stated).toBeCloseTo(-12.8, 1);
  // Eight within the specification; what is deployed adds its own.
  expect(plan.contradictions.filter(({ id }) => !id.startsWith("deployed-"))).toHaveLength(8);
  expect(plan.unknowns.join(" ")).toContain("No breakpoint run was given");
  const directory = path.join(workplace, ".runs", plan.id);
  expect(readdirSync(directory).toSorted()).toEqual([
    "plan.json",
    "report.html",
    "report.md",
    "rules.yaml",
    "run.json",
    "tables",
  ]);
  expect(fromJson(readFileSync(path.join(directory, "plan.json"), "utf8"))).toEqual({
    ...plan,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });

  const later = await headroom(workplace, [
    "plan",
    "--date",
    "2027-03-01",
    "--previous",
    plan.id,
    "--set",
    "use.compute=84%",
    "--what-if",
    "slower:growth.compute=10%/month",
    "--what-if",
    "campaign:spike=2027-04-01 x2 for 7d",
    ...quick,
  ]);
  expect(later.status).toBe(0);
  expect(later.out).toContain("The plan of 2026-12-01 against what happened");
  expect(later.out).toMatch(/\| What .* As planned .* slower .* campaign/);
  expect(later.err).toContain("report.html");
  const pages = readdirSync(path.join(workplace, ".runs")).filter((id) =>
    existsSync(path.join(workplace, ".runs", id, "report.html")),
  );
  expect(pages).toHaveLength(2);
});

test("everything that is wrong is reported at once, with exit status 2, and nothing is written", async () => {
  const workplace = newWorkplace();
  writeFileSync(path.join(workplace, "usage.csv"), "date,compute\n2026-01,40%\n2026-02,1TB\n");
  writeFileSync(path.join(workplace, "prices.json"), '{"currency":"EUR"}');
  const { status, err } = await headroom(workplace, [
    "plan",
    "--set",
    "growth.compute=0.15",
    "--set",
    "lead.compute=-3 months",
    "--history",
    "usage.csv",
    "--prices",
    "prices.json",
    "--run",
    "nowhere",
  ]);
  expect(status).toBe(2);
  for (const words of [
    "5 problems",
    "has no period",
    "nothing arrives before it is ordered",
    "mixed units",
    "prices.json: nodes",
    'no run "nowhere"',
  ])
    expect(err).toContain(words);
  expect(existsSync(path.join(workplace, ".runs"))).toBe(false);
});

test("a history of two points gives today's use, and the plan says that growth is the stated one", async () => {
  const workplace = newWorkplace();
  writeFileSync(
    path.join(workplace, "usage.csv"),
    "date,compute\n2026-10-01,40%\n2026-11-01,45%\n",
  );
  const argv = ["plan", "--history", "usage.csv", "--date", "2026-12-01", ...quick];
  const { status, out } = await headroom(workplace, argv);
  expect(status).toBe(0);
  expect(out).toContain("compute 45 % (measured 2026-11)");
  expect(out).toContain(
    "compute: the history has 2 months (2 points): too few for a growth, give at least 4 (12 are better); growth is the stated +20 % a month, not measured.",
  );
});
