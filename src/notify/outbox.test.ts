import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Message } from "./message.ts";
import { Outbox } from "./outbox.ts";

const message: Message = {
  id: "nightly/staging/api.response.p95/new-regression/n-1",
  kind: "new-regression",
  severity: "P2",
  profile: "nightly",
  environment: "staging",
  metric: "api.response.p95",
  sentence: "API response p95 is worse",
  at: 1,
  nightlyRun: "n-1",
  suspects: ["k6: 2.1 → 2.2"],
};

test("a queued notification is read as it was written, also under earlier names", () => {
  const root = mkdtempSync(path.join(tmpdir(), "headroom-outbox-"));
  const outbox = new Outbox(root);
  outbox.put([message], [], 1);
  expect(outbox.messages()).toEqual([message]);
  const folder = path.join(root, "notifications");
  const file = path.join(folder, readdirSync(folder)[0] ?? "");
  const { sha256: _seal, ...stored }: { message: Message; sha256: string } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  writeFileSync(
    file,
    JSON.stringify({
      ...stored,
      message: { ...stored.message, kind: "new-change", nightlyRun: undefined, night: "n-1" },
    }),
  );
  expect(outbox.messages()).toEqual([message]);
  expect(outbox.problems()).toEqual([]);
});
