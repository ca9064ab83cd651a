import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { document } from "../../reports/gate/testdata/document.ts";
import { gateFiles } from "../gate.ts";
import { sealedText } from "../store/stored-document.ts";
import { storedGates } from "./stored-gates.ts";

test("gates are read in order of their start, by their directory's name; a broken one is a problem", () => {
  const root = mkdtempSync(path.join(tmpdir(), "headroom-gates-"));
  const store = (name: string, text: string): void => {
    mkdirSync(path.join(root, name));
    writeFileSync(path.join(root, name, gateFiles.document), text);
  };
  store("late", sealedText({ ...document, startedAt: document.startedAt + 1000 }));
  store("early", sealedText(document));
  store("broken", "{");
  mkdirSync(path.join(root, "a-run"));
  const { gates, problems } = storedGates(root);
  expect(gates.map(({ id }) => id)).toEqual(["early", "late"]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("broken");
});
