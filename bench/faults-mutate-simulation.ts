/** Seeded damage: what disks, editors, crashes and attackers make of text. */
import type { Random } from "../src/domain/random.ts";

const pick = <Item>(items: readonly Item[], random: Random): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
};
const at = (length: number, random: Random): number => Math.floor(random() * (length + 1));

const oddNumbers = [
  "1e999",
  "-1",
  "-0",
  "1e-400",
  "9007199254740993",
  "00",
  "0x10",
  "NaN",
  "1e3.5",
  "2147483648",
];
const oddValues = [
  "null",
  "true",
  "[]",
  "{}",
  '""',
  '"Infinity"',
  '"-Infinity"',
  '"__proto__"',
  "[[[[[]]]]]",
  '"\\ud800"',
];
const oddTexts = [
  "\u0000",
  "\uFEFF",
  "\u2028",
  "\uD800",
  "é",
  ",",
  '"',
  "\\",
  "{",
  "}",
  "\r",
  "\t",
  "=",
  "&",
  "%",
  ";",
];

type Mutation = (text: string, random: Random) => string;

const mutations: readonly Mutation[] = [
  // Cut off, at the end or at the beginning.
  (text, random) => text.slice(0, at(text.length, random)),
  (text, random) => text.slice(at(text.length, random)),
  // A part is gone, or there twice.
  (text, random) => {
    const from = at(text.length, random);
    return text.slice(0, from) + text.slice(from + 1 + Math.floor(random() * 20));
  },
  (text, random) => {
    const from = at(text.length, random);
    return text.slice(0, from) + text.slice(Math.max(0, from - Math.floor(random() * 30)));
  },
  // One bit of one character.
  (text, random) => {
    const place = at(Math.max(0, text.length - 1), random);
    const code = (text.charCodeAt(place) || 0) ^ (1 << Math.floor(random() * 8));
    return text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
  },
  // Something that does not belong there.
  (text, random) => {
    const place = at(text.length, random);
    return text.slice(0, place) + pick(oddTexts, random) + text.slice(place);
  },
  // Another number, another value.
  (text, random) =>
    replaceOne(text, /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, pick(oddNumbers, random), random),
  (text, random) =>
    replaceOne(
      text,
      /"(?:[^"\\]|\\.)*"(?!\s*:)|\b\d+\b|\btrue\b|\bnull\b/g,
      pick(oddValues, random),
      random,
    ),
  // Another name.
  (text, random) =>
    replaceOne(
      text,
      /"[\w.-]+"(?=\s*:)/g,
      pick(['"constructor"', '"__proto__"', '"x"', '""'], random),
      random,
    ),
];

function replaceOne(text: string, pattern: RegExp, by: string, random: Random): string {
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) return text;
  const match = pick(places, random);
  return text.slice(0, match.index) + by + text.slice(match.index + match[0].length);
}

/** One to three of them. */
export function mutated(text: string, random: Random): string {
  let result = text;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--)
    result = pick(mutations, random)(result, random);
  return result;
}

export { pick };
