import { expect, test } from "vitest";
import { markdown } from "../markdown.ts";
import { fail } from "../testdata/fixtures.ts";
import type { JudgedVerdict } from "../../src/domain/verdict.ts";
import { details, heading, kept, paragraph, type MarkdownBlock } from "./markdown.ts";
import { longestComment, markdownWithin } from "./markdown-limit.ts";

const githubLimit = 65_536;
const elsewhere = "report.html";
const items = (count: number, length: number): MarkdownBlock => ({
  kind: "list",
  items: Array.from({ length: count }, (_, index) => `item ${index} ${"x".repeat(length)}`),
});

test("what fits is whole, with its details collapsed", () => {
  const text = markdownWithin([kept(heading(1, "PASS")), ...details("More", [items(2, 3)])], {
    elsewhere,
  });
  expect(text).toBe(
    "# PASS\n\n<details>\n<summary>More</summary>\n\n- item 0 xxx\n- item 1 xxx\n\n</details>\n",
  );
});

test("what does not fit is cut from its end, and the text says so", () => {
  const blocks = [
    kept(heading(1, "FAIL")),
    heading(2, "First"),
    items(3, 10),
    heading(2, "Second"),
    ...details("Third", [items(100, 20)]),
    heading(2, "Fourth"),
    paragraph("last"),
    kept(paragraph("never cut")),
  ];
  const text = markdownWithin(blocks, { longest: 700, elsewhere });
  expect(text.length).toBeLessThanOrEqual(700);
  expect(text).toContain("- item 2 xxxxxxxxxx\n\n## Second\n\n<details>");
  const shown = text.match(/^- item \d+ x{20}$/gm)?.length ?? 0;
  expect(shown).toBeGreaterThan(3);
  expect(text).toContain(`…and ${100 - shown} more lines.\n\n</details>\n\nnever cut\n\nCut to`);
  expect(text).not.toMatch(/Fourth|last/);
  expect(text).toContain("all of it is in report.html.");
});

test("a heading under which nothing fits goes with what it announced", () => {
  const text = markdownWithin([kept(paragraph("a")), heading(2, "Gone"), items(5, 280)], {
    longest: 260,
    elsewhere,
  });
  expect(text).toBe("a\n\nCut to GitHub’s limit for a comment; all of it is in report.html.\n");
});

test("what is kept becomes shorter until all of it fits", () => {
  const text = markdownWithin([kept(items(40, 200)), paragraph("gone")], {
    longest: 2000,
    elsewhere,
  });
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text.match(/^- item \d+ x*…$/gm)).toHaveLength(40);
});

test("so much that no abbreviation helps is cut, too, and says how much is missing", () => {
  const text = markdownWithin([kept(heading(1, "FAIL"), items(1000, 200))], {
    longest: 2000,
    elsewhere,
  });
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text).toMatch(/^# FAIL\n\n- item 0 xx/);
  expect(text).toMatch(/…and \d{3} more lines\./);
});

test("500 endpoints with long names and markup, 500 failed checks: every one is named", () => {
  const verdict = fail.verdicts.find(({ outcome }) => outcome === "fail");
  if (verdict?.outcome !== "fail") throw new Error("no failed check");
  const verdicts = Array.from({ length: 500 }, (_, index): JudgedVerdict => ({
    ...verdict,
    checkId: `check.${index}`,
    title: `check-${index} of ${"a long name ".repeat(12)}`,
  }));
  const report = {
    ...fail,
    endpoints: Array.from({ length: 500 }, (_, index) => ({
      ...fail.endpoints[0]!,
      endpoint: `endpoint-${index}.${"<b>@team|".repeat(40)}`,
    })),
  };
  const many = markdown({ ...report, verdicts: [...report.verdicts, ...verdicts] });
  expect(longestComment).toBeLessThan(githubLimit);
  expect(many.length).toBeLessThanOrEqual(longestComment);
  expect(many).toMatch(/^# ✗ FAIL\n/);
  for (const index of verdicts.keys()) expect(many).toContain(`- ✗ check-${index} of`);
  const few = markdown(report);
  expect(few.length).toBeLessThanOrEqual(longestComment);
  expect(few).toContain("<summary>Endpoints</summary>");
  expect(few).toMatch(/…and \d{3} more rows\.\n\n<\/details>/);
  expect(few).not.toMatch(/<b>|@team/);
});

test("a name of 10,000 characters makes no row of others longer", () => {
  const endpoints = ["x".repeat(10_000), "short"].map((endpoint) => ({
    ...fail.endpoints[0]!,
    endpoint,
  }));
  const rows = markdown({ ...fail, endpoints }).split("\n");
  expect(rows.find((row) => row.includes("| short "))?.length).toBeLessThan(250);
});
