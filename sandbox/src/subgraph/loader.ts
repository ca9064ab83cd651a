/**
 * Gathers the keys that resolvers ask for in one turn of the event loop and reads them with one query: a list of
 * sixty tokens asks for its balances once, not sixty times.
 */
export class Loader<Value> {
  readonly #read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  #waiting:
    | { readonly keys: Set<string>; readonly values: Promise<ReadonlyMap<string, Value>> }
    | undefined;

  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
    this.#read = read;
  }

  async load(key: string): Promise<Value | undefined> {
    this.#waiting ??= this.#gather();
    this.#waiting.keys.add(key);
    const values = await this.#waiting.values;
    return values.get(key);
  }

  #gather(): { readonly keys: Set<string>; readonly values: Promise<ReadonlyMap<string, Value>> } {
    const keys = new Set<string>();
    const values = new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#waiting = undefined;
      return this.#read([...keys]);
    });
    return { keys, values };
  }
}

/** Rows by a key that several rows may share. */
export function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
