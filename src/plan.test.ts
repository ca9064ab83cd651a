/** The whole plan: its document against the schema, its page, its Markdown, its tables and its rules. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { publishedSchema } from "./domain/documents/schemas.ts";
import { plans } from "./testdata/plans.ts";
import { withoutScript } from "../reports/testdata/without-script.ts";

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  publishedSchema("plan"),
);
const parts = [
  "Summary",
  "What each service carries",
  "Headroom today, and with one lost",
  "How it scales",
  "Where the figures contradict each other",
  "Demand: history and forecast",
  "Pods and nodes by month",
  "Storage, database, network and quotas",
  "What to order, and by when",
  "Budget",
  "Risks, assumptions, and what was not measured",
  "What changed since the last plan",
];

const cells = (line: string): number => line.replaceAll(/"[^"]*"/g, "").split(",").length;

describe.each(Object.entries(plans))("%s", (_, make) => {
  const { directory, document } = make(mkdtempSync(path.join(tmpdir(), "headroom-plan-")));
  const read = (...names: string[]): string => readFileSync(path.join(directory, ...names), "utf8");

  test("the document fits its schema, and refuses what is not in it", () => {
    const json = JSON.parse(read("plan.json")) as Record<string, unknown>;
    validate(json);
    expect(validate.errors).toBeNull();
    expect(validate({ ...json, extra: 1 })).toBe(false);
    expect(validate({ ...json, summary: undefined })).toBe(false);
  });

  test("the page and the Markdown have the twelve parts in their order", () => {
    const page = read("report.html");
    const titles = [...page.matchAll(/<h2 id="[^"]+">(\d+)\. ([^<]+)<\/h2>/g)];
    expect(titles.map(([, number, title]) => [Number(number), title])).toEqual(
      parts.map((title, index) => [index + 1, title]),
    );
    const headings = [...read("report.md").matchAll(/^## (\d+)\. (.+)$/gm)];
    expect(headings.map(([, , title]) => title)).toEqual(parts);
    expect(page.length).toBeLessThan(500_000);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
    expect(read("report.md")).not.toMatch(/NaN|undefined|\[object/);
  });

  test("every number names its source by date and hash", () => {
    expect(document.sources.every(({ hash }) => /^[0-9a-f]{16}$/.test(hash))).toBe(true);
    for (const { id, hash } of document.sources) expect(read("report.md")).toContain(hash ?? id);
    expect(read("report.html")).toContain(`Rests on`);
  });

  test("tables hold as many cells as columns", () => {
    for (const name of ["dates", "demand", "pods", "nodes", "calendar", "alerts", "sources"]) {
      const [head = "", ...rows] = read("tables", `${name}.csv`).trim().split("\n");
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(cells(row)).toBe(cells(head));
    }
  });

  const promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].find((each) =>
    existsSync(each),
  );
  const mustRun = (process.env["CI"] ?? "") !== "";
  if (promtool === undefined && !mustRun)
    process.stderr.write("SKIPPED: promtool on the plan's rules. It is not installed.\n");
  test.skipIf(promtool === undefined && !mustRun)("Prometheus accepts the rules", () => {
    if (promtool === undefined) throw new Error("CI is set, and promtool is not installed");
    const output = execFileSync(promtool, ["check", "rules", path.join(directory, "rules.yaml")], {
      encoding: "utf8",
    });
    expect(output).toContain(`SUCCESS: ${document.alerts.length} rules found`);
  });
});

test("an alert's threshold is the trigger: 46.3 % for 80 % of compute", () => {
  const { directory } = plans.alone(mkdtempSync(path.join(tmpdir(), "headroom-plan-")));
  const rules = readFileSync(path.join(directory, "rules.yaml"), "utf8");
  const [, threshold] = /ComputeCapacityAlert"\n\s+expr: .* > (0\.\d+)"/.exec(rules) ?? [];
  expect(Number(threshold)).toBeCloseTo(0.8 / 1.728, 6);
});

test("stored breakpoint runs give capacity, pods, and links to where it comes from", () => {
  const { directory, document } = plans.fromRuns(
    mkdtempSync(path.join(tmpdir(), "headroom-plan-")),
  );
  const api = document.capacity?.workloads.find(({ workload }) => workload === "api");
  expect(api?.state).toBe("identified");
  expect(api?.capacityAtObjectivePerPod?.point).toBeGreaterThan(18);
  expect(api?.capacityAtObjectivePerPod?.point).toBeLessThan(26);
  expect(document.replicas.map(({ workload }) => workload)).toEqual(["api"]);
  expect(document.sources.map(({ id }) => id)).toEqual([
    "specification",
    "run:20261120-010000-breakpoint-0001",
    "run:20261120-020000-breakpoint-0002",
    "run:20261120-040000-breakpoint-0004",
  ]);
  const page = readFileSync(path.join(directory, "report.html"), "utf8");
  expect(page).toContain('href="../20261120-010000-breakpoint-0001/report.html"');
  const record = JSON.parse(readFileSync(path.join(directory, "run.json"), "utf8")) as {
    members: unknown;
  };
  expect(record.members).toHaveLength(3);
});

test("what a name or a command says stays text", () => {
  const { directory } = plans.hostile(mkdtempSync(path.join(tmpdir(), "headroom-plan-")));
  const page = readFileSync(path.join(directory, "report.html"), "utf8");
  expect(withoutScript(page)).not.toContain("<script>");
  expect(page).toContain("&lt;script&gt;");
  const markdown = readFileSync(path.join(directory, "report.md"), "utf8");
  expect(markdown).not.toContain("<script>");
  const table = readFileSync(path.join(directory, "tables", "what-if.csv"), "utf8");
  expect(table).not.toMatch(/^=/m);
});
