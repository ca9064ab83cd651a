import { describe, expect, test } from "vitest";
import type { GateDocument } from "./document.ts";
import { gateJunit } from "./junit.ts";
import { gateMarkdown } from "./markdown.ts";
import { gatePage } from "./page.ts";
import { gateTable } from "./table.ts";
import { document } from "./testdata/document.ts";
import { withoutScript } from "../testdata/without-script.ts";

const bypassed: GateDocument = {
  ...document,
  exitStatus: 0,
  bypass: { who: "Ada", why: "w", until: "2030-01-01T00:00:00Z", team: "performance" },
};

describe("the page of a gate", () => {
  test("tells the verdict first, then what decides, and draws every run", () => {
    const page = gatePage(document);
    expect(page.indexOf("FAIL")).toBeLessThan(page.indexOf("Required metrics"));
    expect(page).toContain("exit status 1");
    expect(page.match(/class="dot baseline"/g)).toHaveLength(3 * 2);
    expect(page).toContain("never answered");
    expect(page).toContain("the level drifts (p 0.04)");
    expect(page).toContain("k6-version: 1 against 2");
    expect(page).toContain("saturated");
  });

  test("escapes everything, and asks the network for nothing", () => {
    const page = withoutScript(gatePage(document));
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<script");
    expect(page).toContain("default-src 'none'");
  });

  test("a bypass stands above the unchanged verdict, everywhere", () => {
    expect(gatePage(bypassed)).toMatch(/BYPASSED[\s\S]*The verdict below stays FAIL[\s\S]*<h1>/);
    expect(gateMarkdown(bypassed)).toMatch(/^> \*\*BYPASSED\*\* by Ada[\s\S]*# ✗ FAIL/);
    expect(gateJunit(bypassed)).toContain('<property name="bypass" value="Ada');
  });

  test("a gate that could not judge anything still has its page", () => {
    const { lastAnalysis: _last, ...empty } = document;
    const silent: GateDocument = {
      ...empty,
      outcome: "invalid",
      metrics: [],
      order: [],
      findings: [],
      objectives: [],
    };
    expect(gatePage(silent)).toContain("INVALID");
    expect(gateMarkdown(silent)).toContain("no analysis made");
    expect(gateJunit(silent)).toContain('<error type="invalid"');
  });
});

test("a quick gate that passes with an open comparison has nothing red in JUnit", () => {
  const xml = gateJunit({ ...document, outcome: "pass", isQuick: true });
  expect(xml).not.toContain("<failure");
  expect(xml).toMatch(/failures="0" errors="0" skipped="[1-9]/);
  expect(xml).toContain("<skipped message=");
});

test("Markdown holds no foreign markup", () => {
  const text = gateMarkdown(document);
  expect(text).not.toContain("<img");
  expect(text).not.toContain("@everyone");
  expect(text).toContain(
    "| ✗ FAIL         | p95 of API reads      |   100 ms |    120 ms |  +20 % | 1.150–1.250× |       +8 % | 3 / 4 |",
  );
});

test("JUnit has a case for each required metric, and inconclusive blocks", () => {
  const xml = gateJunit(document);
  expect(xml).toContain('tests="4" failures="3" errors="0"');
  expect(xml).toMatch(/name="web.errors" time="0.000">\s*<failure type="inconclusive"/);
  expect(xml).not.toContain("token.read");
});

test("the table names required metrics before findings", () => {
  const lines = gateTable(document).split("\n");
  expect(lines[1]).toMatch(/^required +p95 of API reads +100 ms +120 ms +1\.200× +1\.150–1\.250×/);
  expect(lines.at(-2)).toMatch(/^finding/);
});
