/** The windows of one key: samples find theirs by it. The newest is at hand, the others are in `OpenWindows`. */
export class WindowSlot<Key, Content> {
  readonly key: Key;
  /** Of the newest window, epoch ms. */
  start = Number.NaN;
  end = Number.NaN;
  content: Content | undefined;

  constructor(key: Key) {
    this.key = key;
  }
}

/** Slices of time that still take samples, for one kind of content. Memory: the windows open at a time. */
export class OpenWindows<Key, Content> {
  readonly #durationMs: number;
  readonly #create: () => Content;
  readonly #emit: (key: Key, at: number, content: Content) => void;
  readonly #open = new Map<number, Map<WindowSlot<Key, Content>, Content>>();

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
   * @param slot the same one for the same key @param at epoch ms
   */
  around(slot: WindowSlot<Key, Content>, at: number): Content {
    if (slot.content !== undefined && at >= slot.start && at < slot.end) return slot.content;
    const start = at - (at % this.#durationMs);
    let slice = this.#open.get(start);
    if (slice === undefined) this.#open.set(start, (slice = new Map()));
    let content = slice.get(slot);
    if (content === undefined) slice.set(slot, (content = this.#create()));
    slot.start = start;
    slot.end = start + this.#durationMs;
    return (slot.content = content);
  }

  /** Emits and forgets the windows that ended at or before an instant, the earliest first. */
  closeEndedBy(instant: number): void {
    const ended = [...this.#open.keys()].filter((start) => start + this.#durationMs <= instant);
    for (const start of ended.toSorted((one, other) => one - other)) {
      for (const [slot, content] of this.#open.get(start) ?? []) {
        if (slot.start === start) slot.content = undefined;
        this.#emit(slot.key, start, content);
      }
      this.#open.delete(start);
    }
  }
}
