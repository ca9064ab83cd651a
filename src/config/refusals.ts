import { ConfigError, HeadroomError } from "../domain/errors.ts";

/** Runs checks one after the other and keeps what they refuse, so that one try shows everything. */
export class Refusals {
  readonly #errors: HeadroomError[] = [];

  /** @returns `undefined` where the check refused */
  async take<Value>(check: () => Value | Promise<Value>): Promise<Value | undefined> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof HeadroomError)) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** @throws the refusal, or one ConfigError with all of them */
  raise(): void {
    const [first, ...more] = this.#errors;
    if (first === undefined) return;
    if (more.length === 0) throw first;
    const hints = new Set(this.#errors.flatMap(({ hint }) => (hint === undefined ? [] : [hint])));
    throw new ConfigError(this.#errors.map(({ message }) => message).join("\n"), {
      code: "refused",
      hint: [...hints].join(" "),
    });
  }
}
