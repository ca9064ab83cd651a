/** The events of one sandbox: made on request, and what is true of each. */
import type { EventKind } from "../../../src/domain/resilience.ts";
import type { SandboxEvent, SandboxEventTruth } from "../../../src/domain/sandbox-events.ts";
import type { WriteFate } from "../faults/writes.ts";
import { describe, failedAnswers } from "../http.ts";
import type { RequestHandler } from "../http.ts";
import {
  nodeDrain,
  nodeLoss,
  podDeletion,
  rollback,
  rollingUpdate,
  subgraphRestart,
} from "./cluster-events.ts";
import { databaseFailover, replicaLag } from "./database-events.ts";
import { cacheFlush, externalOutage } from "./dependency-events.ts";
import { refuse } from "./event-kind.ts";
import type {
  Course,
  EventRequest,
  EventKindScript,
  EventPlatform,
  Happening,
} from "./event-kind.ts";

const scripts: Partial<Readonly<Record<EventKind, EventKindScript>>> = {
  "rolling-update": rollingUpdate,
  rollback,
  "pod-deletion": podDeletion,
  "node-drain": nodeDrain,
  "node-loss": nodeLoss,
  "subgraph-restart": subgraphRestart,
  "database-failover": databaseFailover,
  "replica-lag": replicaLag,
  "external-outage": externalOutage,
  "cache-flush": cacheFlush,
};

/** How often what an event waits for is looked at. */
const tickMs = 20;

interface Going {
  readonly id: number;
  readonly kind: EventKind;
  readonly target: string | undefined;
  readonly startedAt: number;
  endedAt: number | undefined;
  readonly steps: { readonly name: string; readonly at: number }[];
  readonly truth: { -readonly [Name in keyof SandboxEventTruth]: SandboxEventTruth[Name] };
}

export class SandboxEvents {
  #platform: EventPlatform = {};
  readonly #now: () => number;
  readonly #events: Going[] = [];
  /** Asked at every tick: whether there is nothing more to wait for. */
  readonly #waits = new Set<() => boolean>();
  #ticker: NodeJS.Timeout | undefined;

  /** @param now epoch milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** From now on events may happen to these. */
  attach(platform: EventPlatform): void {
    this.#platform = platform;
  }

  /** @throws UsageError where it could not be made now */
  check(request: EventRequest): void {
    this.#happening(request);
  }

  #happening(request: EventRequest): Happening {
    const script = scripts[request.kind];
    if (script === undefined)
      throw refuse(`the sandbox cannot make ${request.kind}`, "unknown-event");
    return script(this.#platform, request);
  }

  /** Makes it happen. @throws UsageError where that is not possible here */
  start(request: EventRequest): SandboxEvent {
    const { kind } = request;
    const happening = this.#happening(request);
    const { target = request.target, workloads = [], breaker, slowReads, run } = happening;
    const event: Going = {
      id: this.#events.length + 1,
      kind,
      target,
      startedAt: this.#now(),
      endedAt: undefined,
      steps: [],
      truth: { requestsDropped: 0, writesDoubled: 0, writesLost: 0 },
    };
    this.#events.push(event);
    this.#ticker ??= setInterval(() => this.#tick(), tickMs).unref();
    const measure = (): boolean => {
      const shares = workloads.map(({ unavailableShare }) => unavailableShare);
      if (shares.length > 0)
        event.truth.unavailableShareMax = Math.max(event.truth.unavailableShareMax ?? 0, ...shares);
      if (breaker?.openedAt !== undefined && breaker.openedAt >= event.startedAt) {
        const { kind: before, failuresBeforeOpen, openedAt, closedAt } = breaker;
        event.truth.breaker = { kind: before, failuresBeforeOpen, openedAt, closedAt };
      }
      if (slowReads !== undefined) event.truth.slowReads = slowReads();
      return event.endedAt !== undefined;
    };
    this.#waits.add(measure);
    const course: Course = {
      step: (name) => {
        if (event.endedAt === undefined && !event.steps.some((step) => step.name === name))
          event.steps.push({ name, at: this.#now() });
      },
      lost: (walBytes, writes) => {
        event.truth.lostWalBytes = walBytes;
        event.truth.writesLost += writes;
      },
      until: (isTrue) => this.#until(isTrue),
    };
    void this.#run(event, run(course));
    return event;
  }

  list(): readonly SandboxEvent[] {
    return this.#events;
  }

  /**
   * Of requests under way while an event goes on, those answered with a status from 500 on, with GraphQL errors, or not to their
   * end, are dropped.
   */
  watch(handle: RequestHandler): RequestHandler {
    return (request, response) => {
      const arrivedAt = this.#now();
      response.once("close", () => {
        const isAnswered = response.writableFinished && response.statusCode < 500;
        if (!isAnswered || failedAnswers.has(response)) this.#drop(arrivedAt);
      });
      return handle(request, response);
    };
  }

  /** A write was carried out otherwise than it should have been. */
  wrote(fate: WriteFate): void {
    for (const { endedAt, truth } of this.#events) {
      if (endedAt !== undefined) continue;
      if (fate === "doubled") truth.writesDoubled += 1;
      else truth.writesLost += 1;
    }
  }

  /** Lets go of what is waited for; those that go on never end. */
  close(): void {
    clearInterval(this.#ticker);
    this.#waits.clear();
  }

  async #run(event: Going, running: Promise<void>): Promise<void> {
    await running.catch((error: unknown) =>
      event.steps.push({ name: `failed: ${describe(error)}`, at: this.#now() }),
    );
    event.endedAt = this.#now();
  }

  #drop(arrivedAt: number): void {
    const at = this.#now();
    for (const { endedAt = Infinity, truth } of this.#events) {
      if (arrivedAt > endedAt) continue;
      truth.requestsDropped += 1;
      truth.firstErrorAt ??= at;
      truth.recoveredAt = at;
    }
  }

  #until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): boolean => {
        const isOver = isTrue();
        if (isOver) resolve();
        return isOver;
      };
      if (!look()) this.#waits.add(look);
    });
  }

  #tick(): void {
    for (const look of this.#waits) {
      if (look()) this.#waits.delete(look);
    }
    if (this.#waits.size > 0) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }
}
