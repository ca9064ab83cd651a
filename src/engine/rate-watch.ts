import type { PlannedCeilings } from "../domain/plan.ts";

/** More requests than the ceiling allows were sent. */
export interface RateExcess {
  readonly message: string;
}

interface Span {
  readonly seconds: number;
  /** Factor on the ceiling: the rate varies between seconds. */
  readonly slack: number;
}

/** A burst, a minute, and the whole load so far. */
const spans: readonly Span[] = [
  { seconds: 10, slack: 1.2 },
  { seconds: 60, slack: 1.05 },
];
const slackOfWhole = 1.02;
/** Requests of `setup()` apart from those of each identity: documents, ids, roles. */
const setupRequests = 20;
const setupRequestsPerIdentity = 10;

export interface RateWatchOptions extends PlannedCeilings {
  readonly identities: number;
  /** Each of several sends a request to their barrier at the start. Absent: one. */
  readonly runners?: number | undefined;
}

/**
 * Counts all HTTP requests that k6 reports, setup, assets and browsers included, by the second in which they were sent.
 * The load is too large where any 10 s have more than 1.2 times, any 60 s more than 1.05 times, or the whole load more than
 * 1.02 times what the ceiling allows for them, plus one page with its assets and the requests of `setup()`.
 */
export class RateWatch {
  readonly #perSecond: number;
  readonly #requestsPerMinute: number;
  readonly #allowance: number;
  /** Requests by second since the epoch: one entry a second of the load. */
  readonly #counts = new Map<number, number>();
  #first = Infinity;
  #newest = -Infinity;
  #total = 0;

  constructor({ requestsPerMinute, assetsPerPage, identities, runners = 1 }: RateWatchOptions) {
    this.#requestsPerMinute = requestsPerMinute;
    this.#perSecond = requestsPerMinute / 60;
    this.#allowance =
      1 + assetsPerPage + setupRequests + setupRequestsPerIdentity * identities + runners - 1;
  }

  /** @param sentAt epoch milliseconds */
  request(sentAt: number): void {
    const second = Math.floor(sentAt / 1000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1);
    if (second < this.#first) this.#first = second;
    if (second > this.#newest) this.#newest = second;
    this.#total++;
  }

  /** To be called about once a second: requests are reported when they end, so that earlier seconds still grow. */
  excess(): RateExcess | undefined {
    for (const span of spans) {
      const count = this.#most(span.seconds);
      if (count > span.seconds * this.#perSecond * span.slack + this.#allowance)
        return this.#excess(count, span.seconds);
    }
    const seconds = this.#newest - this.#first + 1;
    const isOver =
      seconds > 60 && this.#total > seconds * this.#perSecond * slackOfWhole + this.#allowance;
    return isOver ? this.#excess(this.#total, seconds) : undefined;
  }

  /** Of any so many seconds among the last ones; older ones do not change any more. */
  #most(seconds: number): number {
    const from = Math.max(this.#first, this.#newest - keptSeconds);
    for (const second of this.#counts.keys())
      if (second < this.#newest - keptSeconds) this.#counts.delete(second);
    let most = 0;
    for (let start = from; start <= this.#newest; start++) {
      let sum = 0;
      for (let second = start; second < start + seconds; second++)
        sum += this.#counts.get(second) ?? 0;
      most = Math.max(most, sum);
    }
    return most;
  }

  #excess(count: number, seconds: number): RateExcess {
    return {
      message: `${count} HTTP requests were sent in ${seconds} s (${Math.round((count / seconds) * 60)}/min, page assets included), above the ceiling of ${Math.round(this.#requestsPerMinute)}/min`,
    };
  }
}

/** A request ends within its timeout; the widest span lies before it. */
const keptSeconds = 120;
