import { expect, test } from "vitest";
import { explainCommand } from "./explain.ts";
import { answerOf } from "../testdata/answer.ts";

test("explain prints what an id means, why it matters, what to do and an example", async () => {
  const { status, out } = await answerOf(explainCommand, ["api.response.p95", "error-burst"], {});
  expect(status).toBe(0);
  expect(out).toContain(
    "Response time, p95 (api.response.p95, subgraph.response.p95)\nresponse.p95, check\n",
  );
  expect(out).toContain("What to do\n  - Look into the service's log");
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

test("without an id all are listed, a line each", async () => {
  const { out } = await answerOf(explainCommand, [], {});
  const lines = out.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(110);
  expect(lines[0]).toMatch(/^surface-down {2,}A surface was down$/);
});

test("as JSON", async () => {
  const { out } = await answerOf(explainCommand, ["resilience.recovery.2", "--json"], {});
  expect(JSON.parse(out)).toMatchObject({ pages: [{ id: "resilience.recovery", kind: "check" }] });
});

test("unknown ids are named together, each with its nearest", async () => {
  const { status, err } = await answerOf(explainCommand, ["slow-endpont", "eror-burst"], {});
  expect(status).toBe(2);
  expect(err).toContain(
    'no finding, check or reason has the id "slow-endpont"; the nearest are "slow-endpoint", "slower-endpoint"',
  );
  expect(err).toContain(
    'no finding, check or reason has the id "eror-burst"; the nearest are "error-burst"',
  );
});
