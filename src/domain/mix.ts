/** The mix of requests: measured from an access log or a HAR file, and as a plan carries it. */
import type { PerSurface, Surface } from "./surface.ts";

/** Name → number of requests. */
export type Counts = Readonly<Record<string, number>>;

export const total = (counts: Counts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Document of `headroom mix --json`. It holds names of pages, procedures and operations, never a whole URL. */
export interface MeasuredMix {
  readonly schemaVersion: 1;
  readonly kind: "mix";
  readonly source: {
    /** Names of the files, without their folders. */
    readonly files: readonly string[];
    /** ISO 8601 instants of the first and the last request; absent where no request has a time. */
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    /** Requests that were read, of any sort. */
    readonly requests: number;
  };
  /** Requests by surface, assets apart: what the shares are made of. */
  readonly requests: PerSurface<number>;
  /** Documents by page. */
  readonly pages: Counts;
  /** Requests by API procedure: `token.read`; those of the sign-in service are called `auth.get-session` and so on. */
  readonly procedures: Counts;
  /** Requests by operation of the subgraph, where the log shows it; fewer than `requests.subgraph` otherwise. */
  readonly operations: Counts;
  /** Requests that are not part of the mix, by reason: `assets`, `probes`, `preflights`, `redirects`, … */
  readonly apart: Counts;
  /** The busiest hour of the mix; the whole log where it is shorter. Absent where no request has a time. */
  readonly peak?:
    | {
        /** ISO 8601 instant. */
        readonly startsAt: string;
        readonly seconds: number;
        readonly requestsPerSecond: number;
      }
    | undefined;
  readonly unclassified: {
    readonly requests: number;
    /** The most frequent ones: method and path, every part that varies replaced by a placeholder. */
    readonly patterns: readonly { readonly pattern: string; readonly requests: number }[];
  };
  readonly badLines: {
    readonly lines: number;
    readonly first: readonly {
      readonly file: string;
      /** From 1. */
      readonly line: number;
      readonly problem: string;
    }[];
  };
}

/** A part of a measured mix that no scenario can send. */
export interface LeftOut {
  readonly surface: Surface;
  readonly name: string;
  /** 0..1 of the requests of the whole mix. */
  readonly share: number;
}

/** A measured mix as a plan carries it: the weights of the scenarios, and where they come from. */
export interface PlannedMix {
  /** The mix document, as named. */
  readonly file: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Requests of the mix. */
  readonly requests: number;
  /** Integer weights per cycle, by name. A surface that is absent keeps the assumed weights. */
  readonly weights: Readonly<Partial<Record<Surface, Counts>>>;
  /** 0..1 of the API's requests that the scenario sends. Absent: as assumed. */
  readonly writeShare?: number | undefined;
  /** 0..1 of the requests of the mix: the sum over everything that no scenario can send. */
  readonly leftOutShare: number;
  /** The largest parts of it. */
  readonly leftOut: readonly LeftOut[];
}
