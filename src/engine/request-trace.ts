import type { TracedRequests } from "../domain/resilience.ts";
import type { ResponseTags } from "../domain/sample.ts";
import type { Milliseconds } from "../domain/units.ts";
import { isOutsideLoad, isUserRequest } from "../domain/window.ts";
import { OpenWindows, WindowSlot } from "./open-windows.ts";

type Key = Pick<ResponseTags, "surface" | "endpoint">;

interface Answered {
  readonly outcome: string;
  readonly at: number;
  readonly ms: number;
}

/** Keeps requests one by one where some failed: windows hold no durations of those. Memory: the requests of a few seconds. */
export class RequestTrace {
  readonly #emit: (requests: TracedRequests) => void;
  readonly #seconds: OpenWindows<Key, Answered[]>;
  readonly #slots = new Map<string, WindowSlot<Key, Answered[]>>();
  /** Endpoints whose last second that was written has a failure. */
  readonly #failing = new Set<Key>();

  constructor(durationMs: Milliseconds, emit: (requests: TracedRequests) => void) {
    this.#emit = emit;
    this.#seconds = new OpenWindows<Key, Answered[]>({
      durationMs,
      create: () => [],
      emit: (key, at, requests) => this.#close(key, at, requests),
    });
  }

  response(tags: ResponseTags, at: number, ms: number): void {
    if (!isUserRequest(tags) || isOutsideLoad(tags)) return;
    const { surface, endpoint, outcome } = tags;
    const name = `${surface} ${endpoint}`;
    let slot = this.#slots.get(name);
    if (slot === undefined) this.#slots.set(name, (slot = new WindowSlot({ surface, endpoint })));
    this.#seconds.around(slot, at).push({ outcome, at, ms });
  }

  closeEndedBy(instant: number): void {
    this.#seconds.closeEndedBy(instant);
  }

  #close(key: Key, at: number, requests: readonly Answered[]): void {
    const hasFailed = requests.some(({ outcome }) => outcome !== "ok");
    if (!hasFailed && !this.#failing.has(key)) return;
    if (hasFailed) this.#failing.add(key);
    else this.#failing.delete(key);
    const inOrder = requests.toSorted((one, next) => one.at - next.at);
    this.#emit({
      at,
      ...key,
      outcomes: inOrder.map(({ outcome }) => outcome),
      endedMs: inOrder.map((each) => rounded(each.at - at)),
      tookMs: inOrder.map(({ ms }) => rounded(ms)),
    });
  }
}

/** Tenths of a millisecond. */
const rounded = (ms: number): number => Math.round(ms * 10) / 10;
