import type { HeadroomError } from "../domain/errors.ts";
import type { Parsed } from "../domain/parsed.ts";

/** Rows of one kind. */
export const shownAtOnce = 5;

/** Gathers everything that is wrong, so that one try shows every problem. */
export class Problems {
  readonly #list: string[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  add(problem: string): void {
    this.#list.push(problem);
  }

  /** A file of the wrong kind has a problem in every row: the first ones, and how many more. */
  addFirst(problems: readonly string[]): void {
    this.#list.push(...problems.slice(0, shownAtOnce));
    const more = problems.length - shownAtOnce;
    if (more > 0) this.#list.push(`and ${more} more rows of this kind`);
  }

  addAll(others: Problems): void {
    this.#list.push(...others.#list);
  }

  /** The value, or `undefined` with the problem noted under the name of the flag or field it came from. */
  take<Value>(where: string, parsed: Parsed<Value>): Value | undefined {
    if (parsed.ok) return parsed.value;
    this.add(`${where}: ${parsed.problem}`);
    return undefined;
  }

  /** @throws the error that `make` builds, its message listing every problem, if there is any */
  raise(make: (message: string) => HeadroomError): void {
    if (this.#list.length === 1) throw make(this.#list[0] ?? "");
    if (this.#list.length > 1) {
      throw make(
        `${this.#list.length} problems:\n${this.#list.map((line) => `  - ${line}`).join("\n")}`,
      );
    }
  }
}
