/** JSON Schemas of the documents, made from their types by `tools/schemas.mjs`: published, and used to read what is stored. */
import { z } from "zod";
import definitions from "./schemas.json" with { type: "json" };

export type DocumentName = keyof typeof definitions;

/** Published ones, by what `headroom schema` calls them. */
export const published = {
  report: { name: "Report", title: "Headroom report" },
  plan: { name: "PlanDocument", title: "Headroom capacity plan" },
  gate: { name: "GateDocument", title: "Headroom gate" },
  mix: { name: "MeasuredMix", title: "Headroom mix of requests" },
  nightly: { name: "NightlyDocument", title: "Headroom nightly run" },
  detect: { name: "DetectionDocument", title: "Headroom change points" },
  fit: { name: "FitDocument", title: "Headroom scalability fit" },
  compare: { name: "ComparisonDocument", title: "Headroom comparison of values" },
  "compare-runs": { name: "RunComparisonDocument", title: "Headroom comparison of runs" },
} as const satisfies Record<string, { readonly name: DocumentName; readonly title: string }>;

type JsonSchema = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>;

/** @returns JSON Schema (draft 2020-12) with every definition that it refers to; it refuses unknown fields */
export function documentSchema(name: DocumentName): JsonSchema {
  const used = new Set<DocumentName>();
  reach(name, used);
  used.delete(name);
  const $defs = Object.fromEntries([...used].toSorted().map((each) => [each, definitions[each]]));
  return asSchema({ $schema: draft, ...definitions[name], $defs });
}

export const isPublished = (document: string): document is keyof typeof published =>
  Object.hasOwn(published, document);

/** @returns what `headroom schema` prints */
export function publishedSchema(document: keyof typeof published): JsonSchema {
  const { name, title } = published[document];
  const { $schema, ...schema } = documentSchema(name);
  const version = definitions[name].properties.schemaVersion.const;
  return asSchema({ $schema, $id: `urn:headroom:${document}:${version}`, title, ...schema });
}

/**
 * The same as readers check it, made when the first document is read. Infinities are words in what is checked.
 * @typeParam Document the type that the schema of this name is made from
 */
export const documentShape = <Document>(name: DocumentName): z.ZodType<Document> =>
  z.lazy(() => asShape<Document>(z.fromJSONSchema(documentSchema(name))));

/**
 * The same, where fields that a later version added are left alone.
 * @param listOf name of a list whose items the caller checks: a schema's pass over many thousand numbers takes its time
 */
export const lineShape = <Line>(name: DocumentName, listOf?: string): z.ZodType<Line> =>
  z.lazy(() => asShape<Line>(z.fromJSONSchema(asSchema(loose(documentSchema(name), listOf)))));

const loose = (schema: JsonSchema, listOf: string | undefined): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === "additionalProperties" && value === false) return undefined;
    return key === listOf ? { type: "array" } : value;
  });

const draft = "https://json-schema.org/draft/2020-12/schema";

function reach(name: DocumentName, used: Set<DocumentName>): void {
  if (used.has(name)) return;
  used.add(name);
  for (const [, other] of JSON.stringify(definitions[name]).matchAll(/"#\/\$defs\/(\w+)"/g))
    if (isName(other)) reach(other, used);
}

/* Names of types and of definitions are the same, by the tool that writes them. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters
const asShape = <Document>(shape: z.ZodType): z.ZodType<Document> => shape as z.ZodType<Document>;

const isName = (name: string | undefined): name is DocumentName =>
  name !== undefined && Object.hasOwn(definitions, name);

/* Our own file: the test compiles all of it with a validator. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asSchema = (schema: unknown): JsonSchema => schema as JsonSchema;
