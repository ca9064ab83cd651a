import { HeadroomError } from "../domain/errors.ts";
import type { Parsed } from "../domain/parsed.ts";

/** Rows of one kind. */
export const shownAtOnce = 5;

/** Gathers everything that is wrong, so that one try shows every problem. */
export class Problems {
  readonly #list: string[] = [];
  readonly #refusals: HeadroomError[] = [];

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

  /** @returns what was read, or `undefined` with all that its reader refused noted */
  attempt<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  /** The same of what takes a while. */
  async settled<Value>(reading: Promise<Value>): Promise<Value | undefined> {
    try {
      return await reading;
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  #note(error: unknown): void {
    if (!(error instanceof HeadroomError)) throw error;
    this.#refusals.push(error);
    this.#list.push(...problemsOf(error));
  }

  /** @throws a reader's own error where it is all, else the one that `make` builds, with every problem and hint */
  raise(make: (message: string) => HeadroomError): void {
    const [refusal, ...more] = this.#refusals;
    const isAll = more.length === 0 && this.#list.length === problemsOf(refusal).length;
    if (refusal !== undefined && isAll) throw refusal;
    if (this.#list.length === 1) throw make(this.#list[0] ?? "");
    if (this.#list.length > 1) {
      const lines = this.#list.map((line) => `  - ${line}`);
      const error = make([`${lines.length} problems:`, ...lines].join("\n"));
      const hints = [...this.#refusals, error].flatMap(({ hint }) => hint ?? []);
      error.problems = this.#list;
      error.hint = hints.length === 0 ? undefined : [...new Set(hints)].join(" ");
      throw error;
    }
  }
}

const problemsOf = (error?: HeadroomError): readonly string[] =>
  error?.problems ?? error?.message.split("\n") ?? [];
