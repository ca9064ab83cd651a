// Makes the JSON Schemas of all documents from their commented types: node tools/schemas.mjs (npm run schemas) writes
// src/domain/documents/schemas.json. It takes some seconds, a TypeScript program of its own, and a development
// dependency, which is why its result is committed; a test fails where that is behind the types.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const file = path.join(root, "src/domain/documents/schemas.json");

/** Published documents, and those that are read on their own. */
const documents = [
  "Report",
  "GateDocument",
  "PlanDocument",
  "MeasuredMix",
  "Calibration",
  "GateRecord",
  "NightlyRecord",
  "PlanRecord",
  "NightlyDocument",
  "DetectionDocument",
  "ComparisonDocument",
  "RunComparisonDocument",
  "FitDocument",
  "HistoryRun",
  "Decisions",
  "PageView",
  "Window",
  "FlowWindow",
  "Observation",
  "PhaseEvent",
  "LoadEvent",
  "AbortEvent",
  "FailureEvent",
  "GapEvent",
  "EngineEvent",
  "ResilienceEvent",
  "WritesReadBackEvent",
  "TracedRequestsEvent",
];

/** A line a definition: changes of different documents can be merged. @returns what the file holds */
export function schemasText() {
  const lines = Object.entries(documentSchemas()).map(
    ([name, schema]) => `  ${JSON.stringify(name)}: ${JSON.stringify(schema)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** Reads the types that src/documents.ts exports. @returns definitions by name, in alphabetical order */
function documentSchemas() {
  const { definitions } = createGenerator({
    path: path.join(root, "src/documents.ts"),
    tsconfig: path.join(root, "tsconfig.json"),
    skipTypeCheck: true,
    additionalProperties: false,
    jsDoc: "extended",
    extraTags: ["additionalProperties", "anyOf"],
  }).createSchema();
  const reached = new Map();
  const isOwn = (name) => !name.includes("<") && "properties" in definitions[name];
  const visit = (name) => {
    if (reached.has(name)) return;
    reached.set(name, undefined);
    reached.set(name, convert(definitions[name], { definitions, isOwn, visit }));
  };
  for (const name of documents) visit(name);
  return Object.fromEntries([...reached].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Draft 7 → 2020-12. Only objects with a name of their own stay references: everything else is shorter in its place. */
function convert(node, context) {
  if (Array.isArray(node)) return node.map((each) => convert(each, context));
  if (typeof node !== "object" || node === null) return node;
  const { $ref, ...own } = node;
  if ($ref === undefined) return convertKeys(ownType(node), context);
  const name = decodeURIComponent($ref.slice("#/definitions/".length));
  if (!context.isOwn(name)) return convert({ ...context.definitions[name], ...own }, context);
  context.visit(name);
  return { ...own, $ref: `#/$defs/${name}` };
}

/** Where a type says how it is written, that counts. */
function ownType({ type, ...node }) {
  if (!("anyOf" in node)) return type === undefined ? node : { type, ...node };
  const { anyOf, enum: _, ...rest } = node;
  return anyOf.length === 1 ? { ...anyOf[0], ...rest } : { ...node };
}

function convertKeys({ items, properties, ...node }, context) {
  // What tuples of draft 7 have: `items: false` says the same.
  delete node.additionalItems;
  const all = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, convert(value, context)]),
  );
  if (properties !== undefined)
    all.properties = Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, convert(each, context)]),
    );
  if (Array.isArray(items)) return { ...all, prefixItems: convert(items, context), items: false };
  return items === undefined ? all : { ...all, items: convert(items, context) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, schemasText());
