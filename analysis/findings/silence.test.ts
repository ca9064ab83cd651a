import { expect, test } from "vitest";
import type { Silence } from "../../src/domain/silence.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { assess } from "../assess.ts";
import { testRun } from "../testdata/test-run.ts";
import { applySilence } from "./silence.ts";

const finding = (id: Finding["id"]): Finding => ({
  id,
  severity: "P2",
  sentence: `${id}.`,
  evidence: "",
  action: "",
});
const all = [finding("saturation"), finding("slow-assets"), finding("slow-assets")];
const silence = (id: string, until: string): Silence => ({ id, until, reason: "known" });
const noon = Date.UTC(2026, 11, 1, 12);

test("nothing is silenced without a silence", () => {
  expect(applySilence(all, undefined, noon)).toEqual({ findings: all });
});

test("a silenced finding stands apart, until the last day has passed", () => {
  const { findings, silenced } = applySilence(all, [silence("slow-assets", "2026-12-01")], noon);
  expect(findings.map(({ id }) => id)).toEqual(["saturation"]);
  expect(silenced).toMatchObject([{ state: "silenced", reason: "known", until: "2026-12-01" }]);
  expect(silenced?.[0]?.findings).toHaveLength(2);
});

test("an expired silence says so, and the finding is shown again", () => {
  const { findings, silenced } = applySilence(all, [silence("slow-assets", "2026-11-30")], noon);
  expect(findings).toEqual(all);
  expect(silenced).toMatchObject([{ state: "expired" }]);
});

test("what is not found is listed as well", () => {
  const { findings, silenced } = applySilence(all, [silence("error-burst", "2027-01-01")], noon);
  expect(findings).toEqual(all);
  expect(silenced).toMatchObject([{ id: "error-burst", state: "silenced", findings: [] }]);
});

test("silence changes no outcome, and a stored run is judged by its own day", () => {
  const data = testRun();
  const before = assess(data);
  expect(before.findings.length).toBeGreaterThan(0);
  const ids = [...new Set(before.findings.map(({ id }) => id))];
  const day = new Date(data.run.startedAt).toISOString().slice(0, 10);
  const after = assess({
    ...data,
    run: { ...data.run, silence: ids.map((id) => silence(id, day)) },
  });
  expect(after.findings).toEqual([]);
  expect(after.silenced?.flatMap(({ findings }) => findings)).toHaveLength(before.findings.length);
  const { outcome, exitStatus, sentence, verdicts, validity } = before;
  expect(after).toMatchObject({ outcome, exitStatus, sentence, verdicts, validity });
});
