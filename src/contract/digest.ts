/**
 * Facts about the platform as the digests of `profiles/platform/contract`: the same content, written so that one
 * procedure, type or query is one line, without repetition.
 */
import type { ApiContract, SubgraphContract } from "../../profiles/platform/contract/index.ts";

/** Parts shorter than this many characters are written inline. */
const shortestShared = 80;

/** @returns the text of `api.json` */
export function apiDigest({ source, procedures }: ApiContract): string {
  const counts = new Map<string, number>();
  visitParts(procedures, (text) => counts.set(text, (counts.get(text) ?? 0) + 1));
  const shared: string[] = [];
  const numbers = new Map<string, number>();
  const written = (value: unknown): string => {
    const plain = JSON.stringify(value);
    if ((counts.get(plain) ?? 0) < 2 || plain.length < shortestShared) return compact(value);
    const number = numbers.get(plain) ?? shared.push(compact(value)) - 1;
    numbers.set(plain, number);
    return `{"$shared":${number}}`;
  };
  const compact = (value: unknown): string =>
    Array.isArray(value)
      ? `[${value.map(written).join(",")}]`
      : isObject(value)
        ? `{${fieldsOf(value, written).join(",")}}`
        : JSON.stringify(value);
  const lines = fieldsOf(procedures, compact);
  return jsonOf({
    source: JSON.stringify(source),
    procedures: block(lines, "{}"),
    shared: block(shared, "[]"),
  });
}

/** @returns the text of `subgraph.json` */
export function subgraphDigest({ source, types, enums, queries }: SubgraphContract): string {
  const sets: string[] = [];
  const numbered = Object.entries(queries).map(([name, query]) => {
    const type = query.type.replaceAll(/[[\]!]/g, "");
    const set = JSON.stringify(query.arguments).replaceAll(`"${type}_`, '"$type_');
    const place = sets.includes(set) ? sets.indexOf(set) : sets.push(set) - 1;
    return [name, { type: query.type, arguments: place }] as const;
  });
  return jsonOf({
    source: JSON.stringify(source),
    types: block(fieldsOf(types, JSON.stringify), "{}"),
    enums: block(fieldsOf(enums, JSON.stringify), "{}"),
    argumentSets: block(sets, "[]"),
    queries: block(fieldsOf(Object.fromEntries(numbered), JSON.stringify), "{}"),
  });
}

function visitParts(value: unknown, visit: (text: string) => void): void {
  if (!isObject(value)) return;
  for (const part of Object.values(value)) {
    if (isObject(part)) visit(JSON.stringify(part));
    visitParts(part, visit);
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const fieldsOf = (value: object, written: (part: unknown) => string): readonly string[] =>
  Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}:${written(part)}`);

const block = (lines: readonly string[], [open, close]: string): string =>
  `${open}\n${lines.join(",\n")}\n${close}`;

const jsonOf = (parts: Readonly<Record<string, string>>): string =>
  `{\n${Object.entries(parts)
    .map(([name, text]) => `"${name}": ${text}`)
    .join(",\n")}\n}\n`;
