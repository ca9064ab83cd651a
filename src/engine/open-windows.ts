/** Slices of time that still take samples, for one kind of content. Memory: the windows open at a time. */
export class OpenWindows<Key, Content> {
  readonly #durationMs: number;
  readonly #create: () => Content;
  readonly #emit: (key: Key, at: number, content: Content) => void;
  readonly #open = new Map<number, Map<Key, Content>>();

  constructor(options: {
    readonly durationMs: number;
    readonly create: () => Content;
    readonly emit: (key: Key, at: number, content: Content) => void;
  }) {
    this.#durationMs = options.durationMs;
    this.#create = options.create;
    this.#emit = options.emit;
  }

  /**
   * The content of the window around an instant, opened where it is not.
   * @param key the same object for the same key (`WindowKeys`) @param at epoch ms
   */
  around(key: Key, at: number): Content {
    const start = at - (at % this.#durationMs);
    let slice = this.#open.get(start);
    if (slice === undefined) this.#open.set(start, (slice = new Map()));
    let content = slice.get(key);
    if (content === undefined) slice.set(key, (content = this.#create()));
    return content;
  }

  /** Emits and forgets the windows that ended at or before an instant, the earliest first. */
  closeEndedBy(instant: number): void {
    const ended = [...this.#open.keys()].filter((start) => start + this.#durationMs <= instant);
    for (const start of ended.toSorted((one, other) => one - other)) {
      for (const [key, content] of this.#open.get(start) ?? []) this.#emit(key, start, content);
      this.#open.delete(start);
    }
  }
}
