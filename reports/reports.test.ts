import { expect, test } from "vitest";
import { reporters, type ReporterName } from "./index.ts";
import { terminal } from "./terminal.ts";
import {
  fail,
  hostile,
  huge,
  inconclusive,
  invalid,
  partial,
  reports,
} from "./testdata/fixtures.ts";
import { withoutScript } from "./testdata/without-script.ts";

const extensions: Readonly<Record<ReporterName, string>> = {
  csv: "csv",
  html: "html",
  json: "json",
  junit: "xml",
  markdown: "md",
  openmetrics: "prom",
  terminal: "txt",
};
const names: readonly ReporterName[] = [
  "csv",
  "html",
  "json",
  "junit",
  "markdown",
  "openmetrics",
  "terminal",
];
const stored = ["pass", "fail", "partial", "scaling"] as const;

test.each(names.flatMap((name) => stored.map((kind) => [name, kind] as const)))(
  "%s of a %s run stays as it was reviewed",
  async (name, kind) => {
    const path = `./testdata/${kind}.golden.${extensions[name]}`;
    await expect(reporters[name](reports[kind])).toMatchFileSnapshot(path);
  },
);

const everyKind = Object.entries(reports);

test.each(names)(
  "%s gives the same bytes twice, and no words of a program, for every kind of run",
  (name) => {
    for (const [, report] of everyKind) {
      const text = reporters[name](report);
      expect(text).toBe(reporters[name](structuredClone(report)));
      expect(text).not.toMatch(/undefined|NaN|\[object/);
    }
  },
);

test("a page is small, however long the run was", () => {
  expect(reporters.html(fail).length).toBeLessThan(150_000);
  expect(Buffer.byteLength(reporters.html(huge))).toBeLessThan(600_000);
});

test("nothing measured is said, not shown as zero", () => {
  const text = reporters.html(invalid);
  expect(text).toContain("No objective could be judged");
  expect(text).toContain("none answered");
  expect(reporters.csv(invalid).trim().split("\n")).toHaveLength(2);
});

test("the sandbox is named wherever people read", () => {
  for (const name of ["html", "markdown", "terminal"] as const)
    expect(reporters[name](fail)).toContain("target: sandbox");
});

test("a page lets no tag, handler or address of the target through", () => {
  const page = withoutScript(reporters.html(hostile));
  expect(page).not.toMatch(/<script|<img|\son\w+="/i);
  expect(page).not.toMatch(/(?:src|href)="(?!#)[^"]*(?::|\/\/)/);
  expect(page).toContain("&lt;script&gt;");
});

test("Markdown keeps its tables, and makes no link, mention or tag of the target's text", () => {
  const text = reporters.markdown(hostile);
  expect(text).not.toMatch(/<script|<img|@team|\shttp:\/\//);
  const rows = text.split("\n").filter((line) => line.startsWith("| ✓"));
  expect(rows.map((row) => row.match(/(?<!\\)\|/g)?.length)).toEqual(rows.map(() => 9));
});

test("a spreadsheet runs nothing, and numbers stay numbers", () => {
  const lines = reporters.csv(hostile).split("\n");
  expect(lines.some((line) => /(?:^|,)"?[=+\-@](?!\d)/.test(line))).toBe(false);
  expect(lines.join("\n")).toContain(",'=cmd(),");
  expect(lines.join("\n")).toContain(",'-1,");
});

test.each(["pass", "invalid", "partial", "aborted"] as const)(
  "the first row of a %s run's CSV says what its verdicts are worth",
  (kind) => {
    const { run, exitStatus, outcome } = reports[kind];
    const [, first] = reporters.csv(reports[kind]).split("\n");
    expect(first).toBe(`run,${run.id},,,exit status,${exitStatus},,,,,,${outcome}`);
  },
);

test("an infinite or negative number is a plain cell", () => {
  expect(reporters.csv(reports.aborted)).toContain("observed,Infinity,684.2,Infinity,ms");
});

// oxlint-disable-next-line no-control-regex -- they are what must not be there
const controls = /[\u0000-\u0008\u000B-\u001F\u007F\u202E]/;

test.each(["junit", "terminal", "markdown", "html", "csv"] as const)(
  "%s has no control character of the target",
  (name) => {
    expect(reporters[name](hostile)).not.toMatch(controls);
  },
);

test.each([
  ["pass", 0, 0, 1],
  ["fail", 1, 0, 1],
  ["inconclusive", 1, 0, 1],
  ["invalid", 0, 1, 0],
  ["partial", 0, 1, 1],
  ["aborted", 2, 0, 1],
  ["scaling", 4, 0, 4],
  ["unobserved", 0, 0, 2],
] as const)(
  "JUnit of a %s run: %i failures, %i errors, %i skipped",
  (kind, failures, errors, skipped) => {
    const xml = reporters.junit(reports[kind]);
    expect(xml).toContain(`failures="${failures}" errors="${errors}" skipped="${skipped}"`);
  },
);

test("a run that looks for the limit ends by its rule, and that is no failure", () => {
  const { aborted } = reports;
  const { plan } = aborted.run;
  const judges = { ...plan.judges, capacity: true };
  const searching = { ...aborted, run: { ...aborted.run, plan: { ...plan, judges } } };
  expect(reporters.junit(aborted)).toContain('<failure type="abort"');
  expect(reporters.junit(searching)).not.toContain('<failure type="abort"');
});

test("what fails in a run that looks for the limit, and finds it, is what it looked for", () => {
  const { plan } = fail.run;
  const judges = { ...plan.judges, capacity: true };
  const found = {
    ...fail,
    outcome: "pass",
    exitStatus: 0,
    run: { ...fail.run, plan: { ...plan, judges } },
  } as const;
  const missed = found.verdicts.filter(({ outcome }) => outcome === "fail");
  expect(missed).not.toEqual([]);
  const xml = reporters.junit(found);
  expect(xml).toContain('failures="0" errors="0"');
  for (const { checkId } of missed)
    expect(xml).toMatch(
      new RegExp(
        `name="${checkId}" time="0.000">\\s+<skipped message="fail, does not decide: .{10}`,
      ),
    );
  for (const name of ["html", "markdown", "terminal"] as const) {
    expect(reporters[name](found)).not.toContain("every judged objective held");
    expect(reporters[name](found)).toContain("what a breakpoint run looks for");
    expect(reporters[name](reports.pass)).toContain("every judged objective held");
  }
});

test("JUnit is red for every run that did not pass, even where no check says why", () => {
  const silent = { ...fail, verdicts: [] };
  expect(reporters.junit(silent)).toContain('name="outcome"');
  expect(reporters.junit(inconclusive)).toContain('<failure type="inconclusive"');
  expect(reporters.junit(partial)).toContain('<error type="incomplete"');
});

test("the terminal has 100 columns, words without colour and the same words with it", () => {
  for (const [, report] of everyKind) {
    const plain = terminal(report, { color: false });
    const colored = terminal(report, { color: true });
    expect(Math.max(...plain.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    // oxlint-disable-next-line no-control-regex -- escape sequences are the subject
    expect(colored.replace(/\u001B\[[\d;]*m/g, "")).toBe(plain);
    expect(colored).not.toBe(plain);
  }
});

test("files for programs hold every check of every autoscaler, each under a name of its own", () => {
  const xml = reporters.junit(reports.scaling);
  const cases = [...xml.matchAll(/classname="([^"]+)" name="([^"]+\.autoscaling\.[^"]+)"/g)];
  expect(cases).toHaveLength(26);
  expect(new Set(cases.map(([, group, name]) => `${group} ${name}`)).size).toBe(26);
  expect(xml).toContain("6 → 11 at 4:06: 5 pods in 30 s, 2 allowed");
  expect(reporters.csv(reports.scaling).match(/^verdict,\w+\.autoscaling\./gm)).toHaveLength(26);
});

test("people's text has a line for each autoscaler and one for each check that it missed", () => {
  for (const name of ["markdown", "terminal"] as const) {
    const text = reporters[name](reports.scaling);
    expect(text).toMatch(/api.*2 → 13 → 2 pods/);
    expect(text).toMatch(/dapp.*3 → 10 → 3 pods/);
    expect(text.match(/The size settles where the metrics want it/g)).toHaveLength(1);
    expect(text).not.toContain("The size does not flap");
  }
});

test("results.csv has what was observed of the platform, and no row for what was not", () => {
  const lines = reporters.csv(reports.scaling).split("\n");
  const rowsOf = (kind: string) => lines.filter((line) => line.startsWith(`${kind},`));
  expect(rowsOf("autoscaling")).toContain('autoscaling,api,,,"replicas, most",13,,,count,,,');
  expect(rowsOf("page")).toContain("page,token,,,load p95,2380,2190,2610,ms,158,,");
  expect(rowsOf("database").join("\n")).not.toContain("replication");
  expect(rowsOf("statement")).toHaveLength(16);
  expect(reporters.csv(reports.unobserved)).not.toMatch(/^(?:page|database|statement),/m);
});

test("seven findings are shown, the others counted; none is lost", () => {
  const [finding] = fail.findings;
  if (finding === undefined) throw new Error("no finding");
  const many = {
    ...fail,
    findings: Array.from({ length: 9 }, (_, index) => ({
      ...finding,
      sentence: `Number ${index}.`,
    })),
  };
  expect(reporters.json(many).match(/Number \d\./g)).toHaveLength(9);
  for (const form of ["html", "markdown", "terminal"] as const) {
    const text = reporters[form](many);
    expect(text.match(/Number \d\./g)).toHaveLength(7);
    expect(text).toMatch(/2 more/);
  }
});
