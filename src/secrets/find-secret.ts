/** Where a secret is in a text, and the text without it. */
import type { Search, Strength } from "./forms.ts";

export interface Secret {
  readonly value: string;
  readonly strength: Strength;
  /** What takes its place. */
  readonly shown: string;
  /** Its beginning alone is a secret too. */
  readonly canBeCut: boolean;
  /** Its beginning. */
  readonly head: Search;
  /** Each of its characters: a match of the head is followed for as long as they match. */
  readonly characters: readonly RegExp[];
  readonly encoded: readonly Search[];
}

/** This much of the beginning of a longer secret counts as the secret: messages are truncated. */
export const headLength = 12;

/** @returns the text with `shown` in each place of the secret; the same text where it has none */
export const withoutSecret = (text: string, secret: Secret): string =>
  withoutEncoded(withoutPlain(text, secret), secret);

const mayHold = (text: string, { literal }: Search): boolean =>
  literal === undefined || text.includes(literal);

type Place = readonly [from: number, to: number];

function withoutPlain(text: string, secret: Secret): string {
  return mayHold(text, secret.head) ? spliced(text, plainPlaces(text, secret), secret.shown) : text;
}

function plainPlaces(text: string, secret: Secret): Place[] {
  const places: Place[] = [];
  for (const { index: from } of text.matchAll(secret.head.pattern)) {
    const { to, count } = followed(text, from, secret.characters);
    const isWhole = count === secret.characters.length;
    const isCut = count >= headLength && secret.canBeCut;
    if ((isWhole || isCut) && isInPlace(text, [from, to], secret.strength)) places.push([from, to]);
  }
  return places;
}

/** Length of the common prefix of the text and the secret. */
function followed(
  text: string,
  from: number,
  characters: readonly RegExp[],
): { readonly to: number; readonly count: number } {
  let to = from;
  let count = 0;
  for (const character of characters) {
    character.lastIndex = to;
    if (!character.test(text)) break;
    to = character.lastIndex;
    count++;
  }
  return { to, count };
}

/** What comes before a password or a key. */
const beforeSecret =
  /(?:\/\/[^/\s:@]*:|\b(?:basic|bearer) |(?:pass(?:word|wd|phrase)?|pwd|token|secret|key|pincode)\\*["']?\s*[:=]\s*\\*["']?)$/i;
const beforeNumber = /(?:"\s*:|[[,])\s*$/;
const afterNumber = /^\s*[,}\]\n]/;
/** Part of a longer word, of an identifier, of a date. */
const isJoined = (character = " "): boolean => /[\w-]/.test(character);
/** 123456.5, 1,123456 */
const decimalBefore = /\d[.,]$/;
const decimalAfter = /^[.,]\d/;

function isInPlace(text: string, [from, to]: Place, strength: Strength): boolean {
  if (strength === "anywhere") return true;
  if (isJoined(text[from - 1]) || isJoined(text[to])) return false;
  const before = text.slice(Math.max(0, from - 80), from);
  if (strength === "in-place") return beforeSecret.test(before);
  if (!/^\d/.test(text.slice(from))) return true;
  // A number in a document is not a secret, and a string in its place would make the document invalid.
  const after = text.slice(to, to + 8);
  return !(
    (beforeNumber.test(before) && afterNumber.test(after)) ||
    decimalBefore.test(before) ||
    decimalAfter.test(after)
  );
}

/** The whole encoded value is removed: the characters at the secret's ends contain bits of it too. */
function withoutEncoded(text: string, { encoded, shown }: Secret): string {
  let clean = text;
  for (const search of encoded) {
    if (!mayHold(clean, search)) continue;
    const places = [...clean.matchAll(search.pattern)].map((match): Place => {
      const end = match.index + match[0].length;
      return [startOfEncoded(clean, match.index), endOfEncoded(clean, end)];
    });
    clean = spliced(clean, places, shown);
  }
  return clean;
}

const encodedBefore = /(?:[A-Za-z0-9+/_-]|%(?:25)*2[BbFf])*$/;
const encodedAfter = /^(?:[A-Za-z0-9+/_-]|%(?:25)*2[BbFf])*(?:=|%(?:25)*3[Dd]){0,2}/;
/** Longer ones are data, of which the part around the secret goes. */
const longestEncoded = 4096;

const startOfEncoded = (text: string, at: number): number =>
  at - (encodedBefore.exec(text.slice(Math.max(0, at - longestEncoded), at))?.[0].length ?? 0);
const endOfEncoded = (text: string, at: number): number =>
  at + (encodedAfter.exec(text.slice(at, at + longestEncoded))?.[0].length ?? 0);

/** @param places in ascending order of their starts; one inside the one before is a part of it */
function spliced(text: string, places: readonly Place[], shown: string): string {
  if (places.length === 0) return text;
  let clean = "";
  let at = 0;
  for (const [from, to] of places) {
    if (to <= at) continue;
    clean += from < at ? "" : text.slice(at, from) + shown;
    at = to;
  }
  return clean + text.slice(at);
}
