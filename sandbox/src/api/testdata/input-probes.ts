/** Inputs near the edges of a JSON Schema: right ones, and ones with something wrong. Seeded. */
import type { InputSchema } from "../../../../profiles/platform/contract/index.ts";
import { integer, pick } from "../../random.ts";
import { seededRandom } from "../../../../src/domain/random.ts";
import type { Random } from "../../../../src/domain/random.ts";

const address = "0xAbCdEf0123456789aBcDeF0123456789abcdef01";

/** Values of every type, and the usual mistakes of form. */
const anything = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  7,
  365,
  366,
  1e21,
  "",
  " ",
  "1",
  "x",
  "id",
  "name",
  "createdAt",
  "x".repeat(250),
  [],
  ["x"],
  [[]],
  {},
  { id: 1 },
  address,
  address.toLowerCase(),
  address.toUpperCase(),
  address.slice(2),
  address.slice(0, -1),
  `${address}0`,
  `${address} `,
  address.replace("A", "g"),
  [address],
  Array.from({ length: 100 }, () => address),
  Array.from({ length: 101 }, () => address),
] as const;

/** A value that fits, or lies at an edge. */
function near(schema: InputSchema, random: Random): unknown {
  const alternatives = schema.anyOf;
  if (alternatives !== undefined) return near(pick(random, alternatives), random);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  switch (schema.type) {
    case "object":
      return nearObject(schema, random);
    case "array": {
      const { minItems = 0, maxItems = 3, items = {} } = schema;
      const edges = [minItems, minItems + 1, maxItems, maxItems + 1];
      return Array.from({ length: pick(random, edges) }, () => near(items, random));
    }
    case "string":
      return schema.pattern === undefined ? pick(random, ["", "a", "bond", "x".repeat(300)]) : address;
    case "boolean":
      return random() < 0.5;
    case "number":
    case "integer": {
      const { minimum, exclusiveMinimum, maximum } = schema;
      const low = minimum ?? exclusiveMinimum ?? 0;
      const high = maximum ?? 1000;
      return pick(random, [low - 1, low, low + 1, low + 0.5, high, high + 1, integer(random, 1, 9)]);
    }
    case "null":
      return null;
    // Says nothing about its form.
    case undefined:
      return pick(random, ["1", 1, "25"]);
    default:
      return schema.type satisfies never;
  }
}

const nearObject = (schema: InputSchema, random: Random): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([name]) => schema.required?.includes(name) === true || random() < 0.6)
      .map(([name, part]) => [name, near(part, random)]),
  );

/** One thing changed: a field left out, one of another type, one that is not known. */
function mutated(value: unknown, random: Random): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || random() < 0.1) return pick(random, anything);
  const fields = Object.entries(value);
  const [name, part] = fields.length === 0 ? ["unknown", undefined] : pick(random, fields);
  const draw = random();
  if (draw < 0.2) return Object.fromEntries(fields.filter(([other]) => other !== name));
  if (draw < 0.4) return { ...value, [`unknown${integer(random, 0, 99)}`]: pick(random, anything) };
  if (draw < 0.6) return { ...value, [name]: mutated(part, random) };
  return { ...value, [name]: pick(random, anything) };
}

/**
 * @param schema `null`: the procedure takes nothing
 * @returns `count` different inputs; about half of them fit
 */
export function inputProbes(
  schema: InputSchema | null,
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly unknown[] {
  const random = seededRandom(seed);
  const probes = new Map<string, unknown>();
  for (let attempt = 0; probes.size < count && attempt < count * 100; attempt++) {
    const base = near(schema ?? { type: "object" }, random);
    const probe = random() < 0.4 ? base : mutated(base, random);
    probes.set(JSON.stringify(probe), probe);
  }
  return [...probes.values()];
}
