/**
 * What the API depends on, each behind a circuit breaker with the specification's figures. While a dependency is out, calls
 * that need it fail slowly with 500 DEPENDENCY_FAILED; while its breaker is open they fail at once with 503 CIRCUIT_OPEN.
 * The database is a real one: its breaker stands before its pools.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { breakers } from "../../../profiles/platform/resilience.ts";
import type { BreakerKind } from "../../../src/domain/sandbox-events.ts";
import { CircuitBreaker } from "./breaker.ts";

/** What a caller is told in the place of an answer. */
export class DependencyError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A flushed cache: so many reads find nothing, and fill it again. */
const coldReads = 50;
/** What such a read takes longer. */
const missMs = 300;

/** How long a call waits for a dependency that is out. */
const timeoutMs = 500;

/** Signing and the chain for writes, a cache for what every page asks for, other services of the platform for the rest. */
function dependencyOf(endpoint: string): Exclude<BreakerKind, "database"> {
  if (endpoint === "token.mint" || endpoint === "token.transfer") return "external";
  return /^(?:settings|user)\./.test(endpoint) ? "cache" : "internal";
}

export class Dependencies {
  readonly breakers: Readonly<Record<BreakerKind, CircuitBreaker>>;
  readonly #out = new Set<BreakerKind>();
  #cold = 0;
  #missed = 0;

  constructor(now: () => number = Date.now) {
    const made = (kind: BreakerKind): CircuitBreaker =>
      new CircuitBreaker(kind, breakers[kind], now);
    this.breakers = {
      internal: made("internal"),
      database: made("database"),
      external: made("external"),
      cache: made("cache"),
    };
  }

  setOut(kind: BreakerKind, isOut: boolean): void {
    if (isOut) this.#out.add(kind);
    else this.#out.delete(kind);
  }

  /** What was cached is gone: reads are slow until they have filled it again. */
  flushCache(): void {
    this.#cold = coldReads;
    this.#missed = 0;
  }

  get isCacheFull(): boolean {
    return this.#cold === 0;
  }

  /** Reads that found nothing since the last flush. */
  get missed(): number {
    return this.#missed;
  }

  /** To be passed before a procedure is carried out. @throws DependencyError where its dependency does not answer */
  async pass(endpoint: string): Promise<void> {
    const kind = dependencyOf(endpoint);
    const breaker = this.breakers[kind];
    if (this.#out.size === 0 && breaker.isClosed) return this.#fill(kind);
    if (!breaker.mayCall()) throw circuitOpen(kind);
    if (!this.#out.has(kind)) {
      breaker.succeeded();
      return this.#fill(kind);
    }
    await sleep(timeoutMs);
    breaker.failed();
    throw new DependencyError(500, "DEPENDENCY_FAILED", `The ${kind} dependency does not answer`);
  }

  async #fill(kind: BreakerKind): Promise<void> {
    if (kind !== "cache" || this.#cold === 0) return;
    this.#cold--;
    this.#missed++;
    await sleep(missMs);
  }

  /** Puts the breaker before a query. @throws DependencyError where it is open */
  async query<Result>(run: () => Promise<Result>): Promise<Result> {
    const breaker = this.breakers.database;
    if (!breaker.mayCall()) throw circuitOpen("database");
    try {
      const result = await run();
      breaker.succeeded();
      return result;
    } catch (error) {
      if (isUnreachable(error)) breaker.failed();
      else breaker.succeeded();
      throw error;
    }
  }
}

const circuitOpen = (kind: BreakerKind): DependencyError =>
  new DependencyError(503, "CIRCUIT_OPEN", `The ${kind} dependency is unavailable`);

/** The server is gone, going, or not yet there; what it says of a query is an answer. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof Error &&
  (/ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|57P0[123]/.test(Reflect.get(error, "code") ?? "") ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message));
