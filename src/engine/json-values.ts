import { ConfigError } from "../domain/errors.ts";

/** A value of JSON as text, with the line where it begins, from 1. */
export interface JsonText {
  readonly line: number;
  readonly text: string;
}

/**
 * The values of a stream of JSON, one after the other: one a line as k6 writes them, over several lines as `jq` does, or
 * the entries of one list. Time is linear in the length; a value beyond the limit ends the reading.
 */
export class JsonValues {
  readonly #shown: string;
  #limit: number;
  #held: string[] = [];
  #heldLength = 0;
  #heldLine = 0;
  #depth = 0;
  #isInText = false;
  #lines = 0;

  /** @param shown name of the file, for messages @param limit longest value, characters */
  constructor(shown: string, limit: number) {
    this.#shown = shown;
    this.#limit = limit;
  }

  limitTo(limit: number): void {
    this.#limit = limit;
  }

  /** @returns the values that are complete with this line @throws ConfigError beyond the limit */
  push(line: string): readonly JsonText[] {
    this.#lines++;
    if (line.length + this.#heldLength > this.#limit) throw this.#tooLong();
    if (this.#depth === 0 && /^\s*\{.*\}\s*$/.test(line))
      return [{ line: this.#lines, text: line }];
    return this.#scan(line);
  }

  /** Whether a value has begun and not ended. */
  get isOpen(): boolean {
    return this.#depth > 0;
  }

  get lines(): number {
    return this.#lines;
  }

  #scan(line: string): readonly JsonText[] {
    const done: JsonText[] = [];
    let from = 0;
    for (let at = 0; at < line.length; at++) {
      const character = line[at];
      if (this.#isInText) {
        if (character === "\\") at++;
        else if (character === '"') this.#isInText = false;
      } else if (character === '"') this.#isInText = true;
      else if (character === "{") {
        if (this.#depth++ === 0) {
          from = at;
          this.#heldLine = this.#lines;
        }
      } else if (character === "}" && this.#depth > 0 && --this.#depth === 0) {
        done.push({
          line: this.#heldLine,
          text: `${this.#held.join("")}${line.slice(from, at + 1)}`,
        });
        this.#held = [];
        this.#heldLength = 0;
        from = at + 1;
      }
    }
    // JSON has no line break inside a string: a string open at the end of a line is truncated.
    this.#isInText = false;
    if (this.#depth > 0) {
      this.#held.push(line.slice(from), "\n");
      this.#heldLength += line.length - from + 1;
    }
    return done;
  }

  #tooLong(): ConfigError {
    const where = this.#heldLength > 0 ? this.#heldLine : this.#lines;
    return new ConfigError(
      `${this.#shown}: line ${where} is longer than ${this.#limit} characters; k6 writes no such line`,
      { code: "unknown-import" },
    );
  }
}
