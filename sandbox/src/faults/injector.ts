/** The faults of one sandbox: which of them act now, what they met, and what should be found of them. */
import type { ServerResponse } from "node:http";
import type { Surface } from "../../../src/domain/surface.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Service } from "../latency.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { refuseMisplaced } from "./cluster-fault.ts";
import type { Action, Expectation, Meeting, Platform } from "./fault-kind.ts";
import { together } from "./expectations.ts";
import type { Fault } from "./index.ts";
import { formatFault, kindOf } from "./index.ts";
import type { WriteFate } from "./writes.ts";
import type { Targeted } from "./target.ts";

/** With so many requests to each surface whoever tests may find out what is there, unless a fault has a start. */
const sparedRequests = 20;
const tickMs = 100;

export interface InjectorOptions {
  readonly seed: number;
  readonly faults?: readonly Fault[];
  /** What faults of the cluster act on. Absent: they are refused. */
  readonly cluster?: Cluster;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** What is true of one fault. Instants in epoch milliseconds. */
export interface FaultTruth {
  readonly id: number;
  readonly text: string;
  readonly kind: Fault["kind"];
  readonly target?: string;
  readonly endpoint?: string;
  /** Absent: it has not begun, because no request came yet. */
  readonly since?: number;
  /** Absent: for good, as far as is known. */
  readonly until?: number;
  readonly active: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
  /** Requests that it might have struck while it acted, and those that it did; absent where it strikes none. */
  readonly met?: number;
  readonly struck?: number;
}

export interface FaultsTruth {
  /** First request that is no sign-in: times of faults count from it. Absent: none came. */
  readonly firstRequestAt?: number;
  readonly faults: readonly FaultTruth[];
  /** Of all faults together. */
  readonly expect: Expectation;
}

interface Injected {
  readonly id: number;
  readonly fault: Fault;
  readonly text: string;
  readonly addedAt: number;
  /** Added while the sandbox runs: its times count from then. */
  readonly isLate: boolean;
  readonly action: Action;
  removedAt: number | undefined;
  met: number;
  struck: number;
  /** Set while it holds on to something. */
  undo: (() => void) | undefined;
}

export class FaultInjector {
  readonly #seed: number;
  readonly #now: () => number;
  readonly #cluster: Cluster | undefined;
  readonly #injected: Injected[] = [];
  readonly #seen: Record<Surface, number> = { web: 0, api: 0, subgraph: 0 };
  #firstRequestAt: number | undefined;
  #platform: Platform | undefined;
  #queryFactor = 1;
  #ticker: NodeJS.Timeout | undefined;

  /** @throws UsageError for a fault of a cluster, or a workload, that is not there */
  constructor({ seed, faults = [], cluster, now = Date.now }: InjectorOptions) {
    this.#seed = seed;
    this.#cluster = cluster;
    this.#now = now;
    for (const fault of faults) this.#inject(fault, false);
    this.#queryFactor = this.factor("database", "query");
  }

  /** Multiplies the time of an endpoint: all faults that meet it together. */
  readonly factor = (service: Service, endpoint: string): number => {
    let factor = 1;
    for (const each of this.#injected) {
      if (each.action.factor !== undefined && this.#isActive(each)) {
        factor *= each.action.factor(service, endpoint);
      }
    }
    return factor;
  };

  /** Milliseconds on top of the time of an endpoint. */
  readonly delayMs = (service: Service, endpoint: string): number => {
    let delayMs = 0;
    for (const each of this.#injected) {
      if (each.action.delayMs !== undefined && this.#isActive(each)) {
        delayMs += each.action.delayMs(service, endpoint);
      }
    }
    return delayMs;
  };

  /** To be asked of every request before it is answered. @returns whether a fault has taken care of it */
  meet(request: Omit<Meeting, "isEarly">): boolean {
    const { surface, kind } = request;
    if (kind !== "sign-in") {
      this.#firstRequestAt ??= this.#now();
      if (kind !== "asset") this.#seen[surface] += 1;
    }
    if (this.#injected.length === 0) return false;
    const meeting = { ...request, isEarly: this.#seen[surface] <= sparedRequests };
    return this.#injected.some((each) => this.#strikes(each, meeting));
  }

  /** To be asked once for each mint that is about to be carried out. */
  readonly fateOfWrite = (): WriteFate | undefined => {
    for (const each of this.#injected) {
      if (each.action.fateOfWrite === undefined || !this.#isActive(each)) continue;
      each.met += 1;
      const fate = each.action.fateOfWrite();
      if (fate === undefined) continue;
      each.struck += 1;
      return fate;
    }
    return undefined;
  };

  /** Sets an answer's clock wrong, where a fault says so. */
  skew(response: ServerResponse): void {
    let offsetMs = 0;
    for (const each of this.#injected) {
      if (each.action.clockMs !== undefined && this.#isActive(each)) {
        offsetMs += each.action.clockMs;
      }
    }
    if (offsetMs !== 0) {
      response.setHeader("date", new Date(this.#now() + offsetMs).toUTCString());
    }
  }

  /** Adds a fault while the sandbox runs; its times count from now. @throws UsageError as the constructor */
  add(fault: Fault): FaultTruth {
    const injected = this.#inject(fault, true);
    this.#tick();
    this.#keepTicking();
    return this.#truthOf(injected);
  }

  /** Ends a fault, or all of them; they stay in the truth. @returns those that were ended */
  remove(id?: number): readonly FaultTruth[] {
    const ended = this.#injected.filter(
      (each) => each.removedAt === undefined && (id === undefined || each.id === id),
    );
    for (const each of ended) each.removedAt = this.#now();
    this.#tick();
    return ended.map((each) => this.#truthOf(each));
  }

  truth(): FaultsTruth {
    const faults = this.#injected.map((each) => this.#truthOf(each));
    return {
      firstRequestAt: this.#firstRequestAt,
      faults,
      expect: together(faults.map(({ expect }) => expect)),
    };
  }

  /** From now on faults may take hold of parts of the platform. */
  attach(platform: Platform): void {
    this.#platform = platform;
    this.#tick();
    this.#keepTicking();
  }

  /** Lets go of everything. @returns a line for each fault that met requests */
  close(): readonly string[] {
    clearInterval(this.#ticker);
    this.#platform = undefined;
    for (const each of this.#injected) letGo(each);
    return this.#injected
      .filter(strikes)
      .map(({ text, met, struck }) => `fault ${text}: struck ${struck} of ${met} requests`);
  }

  #inject(fault: Fault, isLate: boolean): Injected {
    const id = this.#injected.length + 1;
    const text = formatFault(fault);
    if (kindOf(fault).isOfCluster === true) refuseMisplaced(fault, text, this.#cluster);
    const action = kindOf(fault).act(fault, {
      random: seededRandom(seedOf(text, this.#seed)),
      now: this.#now,
      sparesEarly: !isLate && fault.startMs === undefined,
    });
    const injected: Injected = {
      id,
      fault,
      text,
      addedAt: this.#now(),
      isLate,
      action,
      removedAt: undefined,
      met: 0,
      struck: 0,
      undo: undefined,
    };
    this.#injected.push(injected);
    return injected;
  }

  #strikes(each: Injected, meeting: Meeting): boolean {
    const { concerns, strike } = each.action;
    if (strike === undefined || !this.#isActive(each)) return false;
    if (concerns !== undefined && !concerns(meeting)) return false;
    each.met += 1;
    const isStruck = strike(meeting);
    if (isStruck !== false) each.struck += 1;
    return isStruck === true;
  }

  #span({ fault, isLate, addedAt, removedAt }: Injected): { since?: number; until?: number } {
    const base = isLate ? addedAt : this.#firstRequestAt;
    const since = fault.startMs === undefined ? addedAt : plus(base, fault.startMs);
    const planned = fault.endMs === undefined ? undefined : plus(base, fault.endMs);
    const until = Math.min(planned ?? Infinity, removedAt ?? Infinity);
    return {
      since: since === undefined || since > until ? undefined : since,
      until: until === Infinity ? undefined : until,
    };
  }

  #isActive(each: Injected): boolean {
    const { since = Infinity, until = Infinity } = this.#span(each);
    const now = this.#now();
    return since <= now && now < until;
  }

  #truthOf(each: Injected): FaultTruth {
    const { kind, startMs: _start, endMs: _end, ...parameters } = each.fault;
    const { target, endpoint, ...others }: Partial<Targeted<string>> & Record<string, unknown> =
      parameters;
    return {
      id: each.id,
      text: each.text,
      kind,
      target,
      endpoint,
      ...this.#span(each),
      active: this.#isActive(each),
      parameters: others,
      expect: kindOf(each.fault).expect(each.fault),
      met: strikes(each) ? each.met : undefined,
      struck: strikes(each) ? each.struck : undefined,
    };
  }

  #keepTicking(): void {
    if (this.#ticker !== undefined || this.#platform === undefined) return;
    if (this.#injected.length === 0) return;
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  /** Standing faults begin and end. */
  #tick(): void {
    const platform = this.#platform;
    if (platform === undefined) return;
    for (const each of this.#injected) {
      const isActive = this.#isActive(each);
      if (isActive && each.undo === undefined) each.undo = each.action.begin?.(platform);
      if (!isActive) letGo(each);
    }
    const queryFactor = this.factor("database", "query");
    if (queryFactor === this.#queryFactor) return;
    this.#queryFactor = queryFactor;
    // It takes a connection of the pool, which a fault may hold: the probe then keeps its pace.
    platform.setQueryFactor(queryFactor).catch(() => undefined);
  }
}

const strikes = ({ action }: Injected): boolean =>
  action.strike !== undefined || action.fateOfWrite !== undefined;

function letGo(each: Injected): void {
  each.undo?.();
  each.undo = undefined;
}

const plus = (base: number | undefined, ms: number): number | undefined =>
  base === undefined ? undefined : base + ms;

/** FNV-1a over the fault's text, mixed with the sandbox's seed. */
function seedOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
