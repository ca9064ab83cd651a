import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { toJson } from "../../src/domain/json.ts";
import { publishedSchema } from "../../src/domain/documents/schemas.ts";
import { document } from "./testdata/document.ts";

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  publishedSchema("gate"),
);
const isValid = (each: object): boolean => validate(JSON.parse(toJson(each)));

const quick = {
  services: [
    {
      service: "api",
      address: "http://127.0.0.1/api/auth/ok",
      isHealthy: true,
      milliseconds: 3,
      detail: "status 200",
    },
  ],
  objectivesRun: { id: "run-7", startedAt: 1, outcome: "pass", sentence: "All pass." },
  smallestDetectable: { title: "p95 of API reads", change: Infinity },
};

test("gate.json fits its schema, a quick one and a bypassed one too", () => {
  isValid(document);
  expect(validate.errors).toBeNull();
  const bypass = { who: "Ada", why: "w", until: "2030-01-01T00:00:00Z", team: "performance" };
  isValid({ ...document, isQuick: true, quick, bypass, exitStatus: 0 });
  expect(validate.errors).toBeNull();
});

test.each([
  ["a field that is unknown", { ...document, verdict: "green" }],
  ["an outcome that is unknown", { ...document, outcome: "green" }],
  ["another version", { ...document, schemaVersion: 1 }],
  ["a field that is missing", { ...document, lostAttempts: undefined }],
  ["a service without health", { ...document, quick: { services: [{ service: "api" }] } }],
])("%s is refused", (_, each) => {
  expect(isValid(each)).toBe(false);
});
