/**
 * The forms in which a secret may be echoed. A server, a library or a log repeats a value verbatim, URL-encoded, JSON- or
 * HTML-escaped, or as a part of a base64 value (basic authentication), also truncated.
 */

import { environmentNames } from "../domain/environment.ts";
import { scenarioNames } from "../domain/profile.ts";

/** Shorter values cannot be removed: they occur in ordinary text. */
export const shortestSecret = 4;

/** How a value is looked for in text. */
export type Strength =
  /** Anywhere. */
  | "anywhere"
  /** Short, digits only, or two plain words: where it is not a part of something longer. */
  | "whole-word"
  /** A plain word, or a name that documents of Headroom have: only where a password or a key is expected. */
  | "in-place"
  /** Shorter than `shortestSecret`: not looked for. */
  | "too-short";

export function strengthOf(value: string): Strength {
  if (value.length < shortestSecret) return "too-short";
  const isPlainWord = value.length <= longestPlainWord && /^[a-z]+$/i.test(value);
  if (isPlainWord || ownNames.has(value)) return "in-place";
  const isSmall = value.length < 8 || /^[\d.,]+$/.test(value) || /^[a-z]+[-_][a-z]+$/i.test(value);
  return isSmall ? "whole-word" : "anywhere";
}

const longestPlainWord = 14;
const ownNames: ReadonlySet<string> = new Set([...environmentNames, ...scenarioNames]);

/** Quotes, backslashes and spaces at the ends may belong to the text around: what is between them is looked for. */
export function coreOf(value: string): string {
  const core = value.replaceAll(/^["'\\\s]+|["'\\\s]+$/g, "");
  return core.length < shortestSecret ? value : core;
}

/** Something to look for: a text without `literal` needs no second look. */
export interface Search {
  readonly literal: string | undefined;
  readonly pattern: RegExp;
}

/** @param text what it looks for: letters and digits are the same in every form of it */
const searchFor = (text: string, pattern: string): Search => ({
  literal: (text.match(/[A-Za-z0-9]+/g) ?? []).toSorted((a, b) => b.length - a.length)[0],
  pattern: new RegExp(pattern, "g"),
});

/** The text in each of its forms. */
export const plainSearch = (text: string): Search =>
  searchFor(text, Array.from(text).map(characterPattern).join(""));

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Both cases of hexadecimal digits. */
const anyCase = (hex: string): string =>
  hex.replaceAll(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);

const entities: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};
const controls: Readonly<Record<string, string>> = { "\n": "n", "\r": "r", "\t": "t" };

/** A pattern of one character in each form, also encoded several times over. */
export function characterPattern(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const bytes = [...Buffer.from(character, "utf8")].map((byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  const units = [...Array(character.length).keys()].map((at) =>
    character.charCodeAt(at).toString(16).padStart(4, "0"),
  );
  const point = character.codePointAt(0) ?? 0;
  const name = entities[character];
  const control = controls[character];
  const encoded = [
    bytes.map((hex) => `%(?:25)*${anyCase(hex)}`).join(""),
    `&(?:amp;)*#(?:0*${point}|[xX]0*${anyCase(point.toString(16))});`,
    ...(name === undefined ? [] : [`&(?:amp;)*${name};`]),
    ...(character === " " ? ["\\+"] : []),
    quoted(character),
  ];
  const escaped = [
    units.map((hex) => `\\\\+u${anyCase(hex)}`).join(""),
    ...(control === undefined ? [] : [`\\\\+${control}`]),
    ...(character === "\\" ? ["\\\\+"] : []),
  ];
  return `(?:${escaped.join("|")}|\\\\*(?:${encoded.join("|")}))`;
}

const base64Characters: Readonly<Record<string, string>> = {
  "+": "(?:[+-]|%(?:25)*2[bB])",
  "/": "(?:[\\/_]|\\\\\\/|%(?:25)*2[fF])",
};

/**
 * The base64 characters of a value with any text before and after it: one pattern for each of the three positions
 * that it may have among the groups of three bytes. RFC 4648, both alphabets.
 */
export function base64Searches(value: string): Search[] {
  const bytes = Buffer.from(value, "utf8");
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const own = text.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    );
    return own.length < 4
      ? []
      : [
          searchFor(
            own,
            own.replaceAll(/[+/]/g, (each) => base64Characters[each] ?? each),
          ),
        ];
  });
}
