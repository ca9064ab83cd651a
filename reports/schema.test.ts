import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import {
  documentSchema,
  documentShape,
  published,
  publishedSchema,
} from "../src/domain/documents/schemas.ts";
import { json } from "./json.ts";
import { huge, reports } from "./testdata/fixtures.ts";

const schemas = Object.entries(published);
const parse = (text: string): unknown => JSON.parse(text);
const compile = (schema: object) =>
  new Ajv2020({ strict: true, allErrors: true, validateFormats: false }).compile(schema);
const validate = compile(publishedSchema("report"));
const shape = documentShape("Report");

test.each(Object.entries({ ...reports, huge }))(
  "the document of a %s run fits the schema",
  (_, each) => {
    validate(parse(json(each)));
    expect(validate.errors).toBeNull();
    expect(shape.safeParse(parse(json(each))).error?.issues ?? []).toEqual([]);
  },
);

const { pass } = reports;
const run = { ...pass.run, plan: { ...pass.run.plan } };

describe("what does not fit is refused by a program's validator and by our own readers", () => {
  test.each<[string, object]>([
    ["a field that is unknown", { ...pass, verdictCount: 6 }],
    ["an outcome that is unknown", { ...pass, outcome: "green" }],
    ["another version", { ...pass, schemaVersion: 2 }],
    ["a deep field that is unknown", { ...pass, run: { ...run, host: "x" } }],
    ["a field that is missing", { ...pass, sentence: undefined }],
    ["an id that is a path", { ...pass, run: { ...run, id: "../x" } }],
    ["an instant that no date can hold", { ...pass, run: { ...run, startedAt: 9e15 } }],
    ["half a request", { ...pass, latency: [{ ...pass.latency[0], requests: 1.5 }] }],
    ["a negative duration", { ...pass, run: { ...run, plan: { ...run.plan, durationMs: -1 } } }],
    ["a ratio above 1", { ...pass, run: { ...run, plan: { ...run.plan, availabilityTarget: 2 } } }],
    ["a point of half a pair", { ...pass, series: [{ ...pass.series[0], points: [[1]] }] }],
  ])("%s", (_, document) => {
    const written = parse(JSON.stringify(document));
    expect(validate(written)).toBe(false);
    expect(shape.safeParse(written).success).toBe(false);
  });
});

test.each(schemas)("the schema of a %s is one that validators take", (_, { name }) => {
  expect(() => compile(documentSchema(name))).not.toThrow();
});

test.each(schemas)("every property of a %s has a description", (_, { name }) => {
  const { $defs = {}, ...schema } = documentSchema(name);
  const without: string[] = [];
  walk({ ...schema, $defs }, "#", (node, path) => {
    const isProperty = /\/properties\/[^/]+$/.test(path);
    const type = $defs[JSON.stringify(node["$ref"] ?? "").slice('"#/$defs/'.length, -1)];
    const described = node["description"] ?? (typeof type === "object" ? type.description : "");
    if (isProperty && !described) without.push(path);
  });
  expect(without).toEqual([]);
});

test.each(schemas)("every object of a %s refuses unknown fields", (_, { name }) => {
  const open: string[] = [];
  walk(documentSchema(name), "#", (node, path) => {
    if (Array.isArray(node["required"]) && node["additionalProperties"] !== false) open.push(path);
  });
  expect(open).toEqual([]);
});

test("the committed schemas are those of the types (npm run schemas writes them)", async () => {
  const tool = "../tools/schemas.mjs";
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { schemasText } = (await import(tool)) as { schemasText: () => string };
  const file = new URL("../src/domain/documents/schemas.json", import.meta.url);
  const [committed, made] = [readFileSync(file, "utf8"), schemasText()].map(definitionsOf);
  expect(committed).toEqual(made);
}, 60_000);

/** Name → hash, so that a difference is named in a line. */
const definitionsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries<unknown>(JSON.parse(text)).map(([name, schema]) => [
      name,
      createHash("sha256").update(JSON.stringify(schema)).digest("hex"),
    ]),
  );

function walk(
  node: unknown,
  path: string,
  visit: (node: Record<string, unknown>, path: string) => void,
): void {
  if (typeof node !== "object" || node === null) return;
  visit(Object.fromEntries(Object.entries(node)), path);
  for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`, visit);
}
