import { expect, test } from "vitest";
import type { AppliedSilence } from "../src/domain/silence.ts";
import { gateMarkdown } from "./gate/markdown.ts";
import { gatePage } from "./gate/page.ts";
import { document } from "./gate/testdata/document.ts";
import { reporters } from "./index.ts";
import { fail } from "./testdata/fixtures.ts";

const [finding] = fail.findings;
const silenced: readonly AppliedSilence[] = [
  {
    id: "slow-endpoint",
    reason: "known",
    until: "2027-03-31",
    state: "silenced",
    findings: finding === undefined ? [] : [finding],
  },
  { id: "slow-assets", reason: "CDN", until: "2026-01-31", state: "expired", findings: [] },
];

const words = (text: string): string =>
  text.replaceAll(/\\|<[^>]+>|`/g, "").replaceAll(/\s+/g, " ");

test.each([
  ["the page of a run", reporters.html({ ...fail, silenced })],
  ["Markdown of a run", reporters.markdown({ ...fail, silenced })],
  ["the terminal", reporters.terminal({ ...fail, silenced })],
  ["the page of a gate", gatePage({ ...document, silenced })],
  ["Markdown of a gate", gateMarkdown({ ...document, silenced })],
])("%s lists what was silenced, with reason and day, and what expired", (_, text) => {
  const shown = words(text);
  expect(shown).toMatch(/slow-endpoint silenced until 2027-03-31 \(known\)/);
  expect(shown).toContain("1 finding, P1 All 6 API endpoints are slow at once");
  expect(shown).toContain("slow-assets: the silence expired on 2026-01-31 (CDN); it was not found");
});
