import type { HeadroomError } from "../domain/errors.ts";
import type { Parsed } from "./quantity.ts";

/** Gathers everything that is wrong, so that one try shows every problem. */
export class Problems {
  readonly #list: string[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  add(problem: string): void {
    this.#list.push(problem);
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
