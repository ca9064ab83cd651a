import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { Report } from "../src/domain/report.ts";
import type { Quantity } from "../src/domain/units.ts";
import { json } from "./json.ts";
import { reportSchema } from "./schema.ts";
import type { report } from "./schema/report.ts";
import { huge, reports } from "./testdata/fixtures.ts";

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(reportSchema);
const parse = (text: string): unknown => JSON.parse(text);

test.each(Object.entries({ ...reports, huge }))(
  "the document of a %s run fits the schema",
  (_, each) => {
    validate(parse(json(each)));
    expect(validate.errors).toBeNull();
  },
);

describe("what does not fit is refused", () => {
  test.each([
    ["a field that is unknown", { ...reports.pass, verdictCount: 6 }],
    ["an outcome that is unknown", { ...reports.pass, outcome: "green" }],
    ["another version", { ...reports.pass, schemaVersion: 2 }],
    ["a deep field that is unknown", { ...reports.pass, run: { ...reports.pass.run, host: "x" } }],
    ["a field that is missing", { ...reports.pass, sentence: undefined }],
  ])("%s", (_, document) => {
    expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
  });
});

test("every object of the schema refuses unknown fields", () => {
  const open: string[] = [];
  walk(reportSchema, "#", (node, path) => {
    if ("properties" in node && node["additionalProperties"] !== false) open.push(path);
  });
  expect(open).toEqual([]);
});

/** The type as a program reads it from JSON: no brands, no promises of constancy, infinities are words. */
type Written<Type> = Type extends number
  ? number extends Type
    ? WrittenNumber
    : Type extends Quantity<string>
      ? WrittenNumber
      : Type
  : Type extends object
    ? { -readonly [Key in keyof Type]: Written<Type[Key]> }
    : Type;
type WrittenNumber = number | "Infinity" | "-Infinity";
type Schema = z.infer<typeof report>;

/* Assignable both ways, or this file does not compile: the schema knows every field and every alternative. */
const asReport = (each: Written<Schema>): Written<Report> => each;
const asSchema = (each: Written<Report>): Written<Schema> => each;

test("schema and type have the same shape", () => {
  expect([asReport, asSchema].map((convert) => convert.length)).toEqual([1, 1]);
  expect(reportSchema.required).toContain("verdicts");
});

function walk(
  node: unknown,
  path: string,
  visit: (node: Record<string, unknown>, path: string) => void,
): void {
  if (typeof node !== "object" || node === null) return;
  visit(Object.fromEntries(Object.entries(node)), path);
  for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`, visit);
}
