import { describe, expect, test } from "vitest";
import type { Report } from "../src/domain/report.ts";
import { html } from "./html.ts";
import { pageScriptHash } from "./kit/page-script.ts";
import { reports } from "./testdata/fixtures.ts";

const { scaling, pass, unobserved, hostile } = reports;
const page = html(scaling);

/** The text of one section, from its start to that of the next. */
function sectionOf(text: string, id: string): string {
  const from = text.indexOf(`<section id="${id}" aria-labelledby`);
  if (from === -1) return "";
  const rest = text.slice(from + 1);
  const next = rest.search(/<section id="[\w-]+" aria-labelledby|<\/main>/);
  return rest.slice(0, next);
}

const titlesIn = (text: string): readonly string[] =>
  [...text.matchAll(/<figcaption><h\d>([^<]+)</g)].map((match) => match[1] ?? "");

const marks = (text: string): number => text.match(/class="upright (?:up|down)"/g)?.length ?? 0;

const policy = (text: string): string =>
  /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1] ?? "";

describe("sections of the platform's observers", () => {
  test("stand between the charts and the latency, in the order of the design", () => {
    const ids = [...page.matchAll(/<section id="([\w-]+)" aria-labelledby/g)].map((all) => all[1]);
    expect(ids).toEqual([
      "findings",
      "objectives",
      "charts",
      "autoscaling",
      "browser",
      "database",
      "correlation",
      "latency",
      "distribution",
      "endpoints",
      "errors",
      "generator",
      "method",
      "about",
    ]);
  });

  test("are absent where nothing watched", () => {
    for (const id of ["autoscaling", "browser", "database", "correlation"])
      expect(html(pass)).not.toContain(`id="${id}"`);
  });

  test("name every gap, also where nothing else was seen", () => {
    const text = html(unobserved);
    for (const gap of [
      "Nodes: 403 from the cluster.",
      "Pods of api: 403 from the cluster.",
      "pg_stat_statements is not installed.",
      "No Chromium was found.",
    ])
      expect(text).toContain(gap);
    expect(text).toContain("never served within the run");
  });
});

describe("charts", () => {
  test("each stands in the section that it belongs to, under a name that can be read", () => {
    expect(titlesIn(sectionOf(page, "charts"))).toEqual([
      "Request rate",
      "API: latency, p95",
      "Web: latency, p95",
      "Failed requests",
    ]);
    expect(titlesIn(sectionOf(page, "autoscaling"))).toEqual([
      "api: pods",
      "api: utilisation against target",
      "API: latency, p95",
      "Failed requests",
      "dapp: pods",
      "dapp: utilisation against target",
      "Web: latency, p95",
      "Failed requests",
      "graph-node: pods",
      "Nodes",
    ]);
    expect(titlesIn(sectionOf(page, "correlation"))).toEqual([
      "Web: latency by layer, p95",
      "API: latency by layer, p95",
      "CPU throttling",
      "Connection pools",
    ]);
    expect(titlesIn(sectionOf(page, "browser"))).toEqual(["Page loads, each one"]);
  });

  test("the limit on charts of every run hides none of the platform's", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...scaling.series[0]!,
      chart: `more ${index}`,
    }));
    const crowded = html({ ...scaling, series: [...many, ...scaling.series] });
    expect(titlesIn(sectionOf(crowded, "charts"))).toHaveLength(16);
    expect(titlesIn(sectionOf(crowded, "autoscaling"))).toContain("dapp: pods");
    expect(titlesIn(sectionOf(crowded, "correlation"))).toHaveLength(4);
  });

  test("bounds are drawn once, and a size that is told only where it changes is one line", () => {
    const [figure = ""] =
      /<figure>\n<figcaption><h4>api: pods.*?<\/figure>/s.exec(sectionOf(page, "autoscaling")) ??
      [];
    const labels = [...figure.matchAll(/<\/svg> ([^<]+)/g)].map(([, label]) => label?.trim());
    expect(labels).toEqual(["Desired by the autoscaler", "Ready", "maximum 12", "minimum 2"]);
    const cells = [...figure.matchAll(/<th scope="row">([\d:]+)<\/th><td>([^<]+)</g)];
    expect(cells.length).toBeGreaterThan(10);
    expect(cells.filter(([, , value]) => value === "–")).toEqual([]);
    const lines = [...figure.matchAll(/<path class="line other\d d\d" d="([^"]+)"\/>/g)].slice(2);
    expect(lines.map(([, path]) => path?.match(/M/g)?.length)).toEqual([1, 1]);
  });

  test("a workload that only has lines is shown too", () => {
    const { autoscaling: _, ...rest } = scaling;
    expect(titlesIn(sectionOf(html(rest), "autoscaling"))).toContain("graph-node: pods");
  });

  test("all panels share one time axis", () => {
    const axes = [...page.matchAll(/<svg class="chart".*?<svg y=/gs)].map((chart) =>
      [...chart[0].matchAll(/class="axis" x="([\d.]+%)"[^>]*>([\d:]+)</g)].map(
        ([, x, text]) => `${x} ${text}`,
      ),
    );
    // The one chart without an axis of time is that of percentiles.
    const ofTime = axes.filter((axis) => axis.length > 0);
    expect(axes.length - ofTime.length).toBe(1);
    expect(ofTime.length).toBeGreaterThan(15);
    expect(new Set(ofTime.map((axis) => axis.join("; "))).size).toBe(1);
  });

  test("every step of an autoscaler is marked on its own panels, and on no others", () => {
    const steps = (scaling.autoscaling?.workloads ?? []).flatMap(({ decisions }) => decisions);
    expect(marks(sectionOf(page, "autoscaling"))).toBe(steps.length * 4);
    expect(marks(sectionOf(page, "charts"))).toBe(0);
  });
});

describe("objectives stay readable beside 26 checks", () => {
  const objectives = sectionOf(page, "objectives");

  test("the table of objectives has no check, each autoscaler has one row", () => {
    const [judged = "", checks = ""] = objectives.split("Autoscaling checks</h3>");
    expect(judged.match(/class="interval /g)).toHaveLength(8);
    expect(judged).not.toContain("flap");
    expect(checks.match(/<th scope="row"[^>]*>/g)).toHaveLength(2);
    expect(checks).toContain("<strong>A4</strong> Steps keep to the rate policies");
    expect(checks).toContain('href="#scaling-1"');
  });

  test("the section about autoscaling has all of them, with the evidence of what was missed open", () => {
    const all = sectionOf(page, "autoscaling");
    expect(all.match(/<th scope="row"[^>]*>A\d+</g)).toHaveLength(26);
    expect(all).toContain("<details open><summary>Evidence (2)</summary>");
    expect(all).toContain("<details><summary>Evidence (3)</summary>");
  });
});

describe("time to serve", () => {
  const bars = [...page.matchAll(/<svg class="stacked".*?<\/li>/gs)].map(([bar]) => bar);

  test("bars share one scale for each workload; what the parts leave is said to be unseen", () => {
    const widths = bars.map((bar) =>
      [...bar.matchAll(/<svg x="[\d.]+%" width="([\d.]+)%"/g)].reduce(
        (sum, width) => sum + Number(width[1]),
        0,
      ),
    );
    expect(widths.map((width) => Math.round(width))).toEqual([38, 100, 100]);
    expect(bars.map((bar) => bar.includes("part6"))).toEqual([true, false, false]);
  });

  test("the table has the same numbers", () => {
    const row = /<th scope="row"[^>]*>1:00, 2 → 6<\/th>(.*)<\/tr>/.exec(page)?.[1] ?? "";
    const cells = [...row.matchAll(/>([^<]+)<\/td>/g)].map((cell) => cell[1]);
    expect(cells).toEqual(["2 min 22 s", "26 s", "30 s", "2 s", "–", "18 s", "40 s", "26 s"]);
  });
});

describe("pictures", () => {
  test("lie beside the page, with words and size, and load late", () => {
    expect(page.match(/<img /g)).toHaveLength(3);
    expect(page).toContain(
      '<img src="screenshots/token-slowest.png" alt="Slowest load of token after 3.12 s" width="640" height="360" loading="lazy"',
    );
  });

  test("open the policy for files of the page's own origin, and for nothing else", () => {
    expect(policy(page)).toBe(
      `default-src 'none'; script-src '${pageScriptHash}'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'`,
    );
    expect(policy(html(pass))).toContain("img-src data:;");
  });

  test("with a name that leads elsewhere are not shown, and open nothing", () => {
    const text = html(hostile);
    expect(text).not.toContain("<img");
    expect(policy(text)).toContain("img-src data:;");
    expect(text.match(/Its file name leads elsewhere/g)).toHaveLength(6);
  });
});

describe("what was never measured", () => {
  test("has no column, or a dash, and never a zero", () => {
    const browser = sectionOf(page, "browser");
    expect(browser).not.toContain("FCP");
    expect(browser).toContain("too few loads for a p95 (12)");
    expect(sectionOf(page, "database")).not.toContain("Replication lag, most");
  });

  test("a database without a probe says so", () => {
    const silent: Report = { ...scaling, database: { statements: [], gaps: [] } };
    const text = sectionOf(html(silent), "database");
    expect(text).toContain("No statement was counted.");
    expect(text).toContain("<dt>Probe</dt><dd>none</dd>");
  });
});

test("a cluster whose clock runs faster is told to be so; a real one is not mentioned", () => {
  expect(sectionOf(page, "autoscaling")).toContain("10 × as fast");
  expect(sectionOf(html(unobserved), "autoscaling")).not.toContain("as fast as ours");
});
