import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { decisionsOf, keepAcceptance, keepPin } from "./decisions.ts";

const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-decisions-"));
const nightly = { profile: "nightly", environment: "staging" };
const head = { ...nightly, because: "agreed", by: "Ada", decidedAt: 5 };
const acceptance = { ...head, metric: "api.response.p95", at: 1 };

test("nothing was decided yet", () => {
  expect(decisionsOf(newRoot(), nightly)).toEqual({ accepted: [] });
});

test("a change accepted again gets the new reason, another history keeps its own", () => {
  const root = newRoot();
  keepAcceptance(root, acceptance);
  keepAcceptance(root, { ...acceptance, environment: "local" });
  keepAcceptance(root, { ...acceptance, at: 9 });
  keepAcceptance(root, { ...acceptance, because: "agreed anew" });
  expect(decisionsOf(root, nightly).accepted).toEqual([
    { ...acceptance, at: 9 },
    { ...acceptance, because: "agreed anew" },
  ]);
});

test("one reference is pinned at a time", () => {
  const root = newRoot();
  keepPin(root, { ...head, baseline: "release-40" });
  keepPin(root, { ...head, profile: "soak", baseline: "soak-1" });
  keepPin(root, { ...head, baseline: "release-41" });
  expect(decisionsOf(root, nightly).pin?.baseline).toBe("release-41");
  expect(decisionsOf(root, { ...nightly, profile: "soak" }).pin?.baseline).toBe("soak-1");
});

test.each([
  ["half a file", '{"schemaVersion": 1, "acc'],
  ["a later version", '{"schemaVersion": 2, "accepted": [], "references": []}'],
  [
    "a reason that is missing",
    '{"schemaVersion":1,"accepted":[{"metric":"m","at":1}],"references":[]}',
  ],
])("%s stops, and is not written over", (_reason, text) => {
  const root = newRoot();
  const file = path.join(root, "decisions.json");
  writeFileSync(file, text);
  expect(() => keepAcceptance(root, acceptance)).toThrow(/cannot be read as decisions/);
  expect(readFileSync(file, "utf8")).toBe(text);
});
