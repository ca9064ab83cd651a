/** What a kind of fault is made of: how it is written, what it does, what should be found. */
import type { ServerResponse } from "node:http";
import type { Pool } from "pg";
import type { RunOutcome } from "../../../src/domain/exit-status.ts";
import type { Parsed } from "../../../src/domain/parsed.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Dependencies } from "../breakers/dependencies.ts";
import type { Service } from "../latency.ts";
import type { WriteFate } from "./writes.ts";
import type { Random } from "../../../src/domain/random.ts";

/**
 * When a fault acts, in milliseconds after the first request that is no sign-in (a fault added while the sandbox
 * runs: after it was added). No start: from the beginning. No end: for good.
 */
export interface Scheduled {
  readonly startMs?: number;
  readonly endMs?: number;
}

/** What a run with the load of a profile should say of a fault. Absent: nothing of that sort is certain. */
export interface Expectation {
  readonly outcome?: RunOutcome;
  /** Checks that must FAIL. */
  readonly verdicts?: readonly string[];
  /** Findings that must be among those shown. */
  readonly findings?: readonly string[];
  /** Outcomes that must be among the errors. */
  readonly requestOutcomes?: readonly string[];
  /** What it depends on, for people. */
  readonly note?: string;
}

/** A request that a fault may meet. Endpoints are called as in a report: `token.read`, `page.dashboard`, `asset`. */
export interface Meeting {
  readonly surface: Surface;
  readonly endpoint: string;
  readonly kind: "call" | "sign-in" | "document" | "asset";
  readonly response: ServerResponse;
  /** Among the first requests to its surface, with which whoever tests finds out what is there. */
  readonly isEarly: boolean;
}

/** Parts of the platform that a standing fault takes hold of. */
export interface Platform {
  readonly pools: readonly Pool[];
  /** Tells the probe query how slow queries are. */
  readonly setQueryFactor: (factor: number) => Promise<void>;
  /** Absent: there are no pods before the surfaces. */
  readonly cluster?: Cluster;
  readonly dependencies?: Dependencies;
}

interface Tools {
  /** Of this fault alone: the same seed and fault give the same draws. */
  readonly random: Random;
  /** Milliseconds. */
  readonly now: () => number;
  /** Leave early requests alone. */
  readonly sparesEarly: boolean;
}

/** What a fault does while it acts; each does one or two of these. */
export interface Action {
  /** Whether the request is one of those that the fault may strike. */
  readonly concerns?: (meeting: Meeting) => boolean;
  /** Answers a request it concerns in its own way, or changes it and lets the application answer. @returns whether it did */
  readonly strike?: (meeting: Meeting) => boolean | "passed on";
  /** Multiplies the time of an endpoint. */
  readonly factor?: (service: Service, endpoint: string) => number;
  /** Milliseconds on top of it. */
  readonly delayMs?: (service: Service, endpoint: string) => number;
  /** Added to the clock of every answer, milliseconds. */
  readonly clockMs?: number;
  /** What becomes of the next mint; absent or `undefined`: what should. */
  readonly fateOfWrite?: () => WriteFate | undefined;
  /** Called when it begins to act. @returns how to undo it */
  readonly begin?: (platform: Platform) => () => void;
}

/** One kind of fault, a line of `faultKinds`. */
export interface FaultKind<Fault> {
  /** How it is written, for messages and help. */
  readonly form: string;
  readonly example: string;
  /** Needs the simulated cluster. */
  readonly isOfCluster?: true;
  /** The text after `kind=`, without a time. */
  parse(text: string): Parsed<Fault>;
  /** The way back: what stands after `kind=`. */
  format(fault: Fault): string;
  act(fault: Fault, tools: Tools): Action;
  expect(fault: Fault & Scheduled): Expectation;
}
