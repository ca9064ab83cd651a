/**
 * All secrets of this process, and the only code that removes them from text. Code that reads a secret adds
 * it here before using it; code that writes (files of a run, standard output and error, notifications) filters here first.
 */
import { headLength, withoutSecret, type Secret } from "./find-secret.ts";
import {
  base64Searches,
  characterPattern,
  coreOf,
  plainSearch,
  shortestSecret,
  strengthOf,
  type Strength,
} from "./forms.ts";

const weakWords = {
  "too-short": (source) =>
    `${source} has fewer than ${shortestSecret} characters: it cannot be removed from files and output`,
  "in-place": (source) =>
    `${source} is a plain word: it is removed from files and output only where a password or a key is expected`,
  "whole-word": () => undefined,
  anywhere: () => undefined,
} as const satisfies Record<Strength, (source: string) => string | undefined>;

const shortestThatIsCut = 16;
const shortestLine = 8;

/** Parts of a session that no list can hold: what a server or k6 repeats of headers. */
const recognised: readonly (readonly [RegExp, string])[] = [
  [/((?:session_token|session_data)(?:=|%3D|"\s*:\s*"))[^\s;"',&[\]]{8,}/gi, "$1[secret session]"],
  [
    /(authorization\\*["']?\s*[:=]\s*\\*["']?(?:basic|bearer)\s+)[A-Za-z0-9._~+/=%-]{8,}/gi,
    "$1[secret authorization]",
  ],
];

export class SecretList {
  /** The longest first: a URL before the password in it. */
  #secrets: readonly Secret[] = [];
  readonly #weak = new Map<string, Strength>();

  forget(): void {
    this.#secrets = [];
    this.#weak.clear();
  }

  /**
   * @param source where it comes from: the name of a variable, a flag, a field; it takes the secret's place
   * @param shown instead of `[secret SOURCE]`
   */
  add(source: string, value: string | undefined, shown = `[secret ${source}]`): void {
    if (value === undefined || value.trim() === "") return;
    const trimmed = value.trim();
    for (const each of new Set(linesOf(trimmed).flatMap((line) => [line, decoded(line)])))
      this.#add({ source, value: each, shown, canBeCut: each.length >= shortestThatIsCut });
  }

  /** A value displayed differently, replaced as a whole only: an expanded URL. */
  addShownAs(source: string, value: string, shown: string): void {
    this.#add({ source, value, shown, canBeCut: false });
  }

  /** Warnings about secrets that may remain in output, one line each. */
  get warnings(): readonly string[] {
    return [...this.#weak].flatMap(([source, strength]) => weakWords[strength](source) ?? []);
  }

  /** @returns the text with the name of its source in place of each secret */
  clean(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = withoutSecret(clean, secret);
    for (const [pattern, instead] of recognised) clean = clean.replaceAll(pattern, instead);
    return clean;
  }

  /** @param rows whole lines of k6's samples @returns the same buffer where there is no secret in it */
  cleanRows(rows: Buffer): Buffer {
    if (this.#secrets.length === 0) return rows;
    const text = rows.toString("utf8");
    const clean = this.clean(text);
    return clean === text ? rows : Buffer.from(clean, "utf8");
  }

  #add({
    source,
    value,
    ...how
  }: Pick<Secret, "value" | "shown" | "canBeCut"> & {
    readonly source: string;
  }): void {
    const strength = strengthOf(value);
    if (strength !== "anywhere" && value.trim() !== "") this.#weak.set(source, strength);
    if (strength === "too-short" || this.#secrets.some((each) => each.value === value)) return;
    const characters = Array.from(coreOf(value));
    const secret: Secret = {
      value,
      strength,
      ...how,
      head: plainSearch(characters.slice(0, headLength).join("")),
      characters: characters.map((character) => new RegExp(characterPattern(character), "y")),
      encoded: base64Searches(strength === "in-place" ? `:${value}` : value),
    };
    this.#secrets = [...this.#secrets, secret].toSorted((a, b) => b.value.length - a.value.length);
  }
}

/** Secrets of this process, which none of its writers outputs. */
export const knownSecrets = new SecretList();

/** As it was before it was written into a URL. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** A key has several lines, which a message may repeat one at a time; its frame is no secret. */
const linesOf = (value: string): string[] =>
  value.includes("\n")
    ? value
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line.length >= shortestLine && !line.startsWith("-----"))
    : [value];
