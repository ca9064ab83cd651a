/** The dashboard and the alerts ask for what Headroom exports, and the alerts fire when they should. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openmetrics } from "../../reports/openmetrics.ts";
import { reports } from "../../reports/testdata/fixtures.ts";

const deploy = path.resolve(import.meta.dirname, "../../deploy");
const alertsFile = path.join(deploy, "prometheus/headroom-alerts.yaml");
const dashboardShape = z.object({
  uid: z.literal("headroom"),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      type: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      datasource: z
        .object({ type: z.literal("prometheus"), uid: z.literal("${datasource}") })
        .exactOptional(),
      targets: z.array(z.object({ expr: z.string(), refId: z.string() })).exactOptional(),
    }),
  ),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), definition: z.string().exactOptional() })),
  }),
  annotations: z.object({
    list: z.array(z.object({ target: z.object({ tags: z.array(z.string()) }) })),
  }),
});
const dashboard = dashboardShape.parse(
  JSON.parse(readFileSync(path.join(deploy, "grafana/headroom.json"), "utf8")),
);

/** Every name and its labels, of every kind of run. */
const exported = new Map<string, Set<string>>();
for (const report of Object.values(reports))
  for (const [, name = "", labels = ""] of openmetrics(report).matchAll(
    /^(headroom_\w+)\{(.*)\} \S+$/gm,
  )) {
    const known = exported.get(name) ?? new Set();
    for (const [, label = ""] of labels.matchAll(/(?:^|,)(\w+)="/g)) known.add(label);
    exported.set(name, known);
  }

const queries: readonly (readonly [where: string, query: string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  ),
  ...dashboard.templating.list.flatMap(({ name, definition }) =>
    definition === undefined ? [] : [[`variable ${name}`, definition] as const],
  ),
  ...[...readFileSync(alertsFile, "utf8").matchAll(/alert: (\w+)\n\s+expr: (.+)/g)].map(
    ([, alert = "", expression = ""]) => [`alert ${alert}`, expression] as const,
  ),
];

test("what is exported, and what asks for it, is found", () => {
  expect(exported.size).toBeGreaterThan(15);
  expect(queries.filter(([where]) => where.startsWith("alert "))).toHaveLength(3);
  expect(queries.filter(([, query]) => query.includes("headroom_")).length).toBeGreaterThan(12);
});

test.each(queries)("%s asks for names and labels that results.prom has", (_where, query) => {
  const asked = [...query.matchAll(/\b(headroom_\w+)(?:\{([^}]*)\})?/g)];
  for (const [, name = "", selector = ""] of asked) {
    const labels = exported.get(name);
    expect([name, labels]).toEqual([name, expect.any(Set)]);
    const names = [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label);
    expect(names.filter((label) => labels?.has(label) !== true)).toEqual([]);
  }
});

test("one sample a night is enough: each query of results looks back for days", () => {
  const short = queries.filter(
    ([where, query]) =>
      /(?<!last_over_time\()\bheadroom_/.test(query) && !where.startsWith("variable "),
  );
  expect(short).toEqual([]);
});

test("panels have ids of their own, one data source, and overlap nowhere", () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(
    panels.filter(({ type, datasource }) => type !== "row" && datasource === undefined),
  ).toEqual([]);
  const overlaps = panels.flatMap((a, index) =>
    panels
      .slice(index + 1)
      .filter(
        (b) =>
          a.gridPos.x < b.gridPos.x + b.gridPos.w &&
          b.gridPos.x < a.gridPos.x + a.gridPos.w &&
          a.gridPos.y < b.gridPos.y + b.gridPos.h &&
          b.gridPos.y < a.gridPos.y + a.gridPos.h,
      )
      .map((b) => `${a.title} / ${b.title}`),
  );
  expect(overlaps).toEqual([]);
  expect(panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24)).toBe(true);
});

test("runs are marked by the annotations that --annotate makes", () => {
  expect(dashboard.annotations.list.map(({ target }) => target.tags)).toEqual([["headroom"]]);
});

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
const mustRun = (process.env["CI"] ?? "") !== "";
if (!hasPromtool && !mustRun)
  process.stderr.write(
    "SKIPPED: the alerts by promtool, which is not installed (apt install prometheus)\n",
  );

describe.skipIf(!hasPromtool && !mustRun)("promtool", () => {
  test.each([
    ["check", "rules", "headroom-alerts.yaml"],
    ["test", "rules", "headroom-alerts.test.yaml"],
  ])("%s %s %s", (...words) => {
    const { status, stdout, stderr } = spawnSync("promtool", words, {
      cwd: path.join(deploy, "prometheus"),
      encoding: "utf8",
    });
    expect([status, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });
});
