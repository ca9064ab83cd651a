/** The mix of requests: measured from an access log or a HAR file, and as a plan carries it. */
import type { Amount, Count, Factor, Ratio, When } from "./written.ts";
import type { PerSurface, Surface } from "./surface.ts";

/** Name → number of requests. @propertyNames {"type":"string","minLength":1,"maxLength":120} */
export type Counts = Readonly<Record<string, Count>>;

export const total = (counts: Counts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Document of `headroom mix --json`. It holds names of pages, procedures and operations, never a whole URL. */
export interface MeasuredMix {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** Tells this document from others. */
  readonly kind: "mix";
  /** What was read. */
  readonly source: {
    /** Names of the files, without their folders. */
    readonly files: readonly string[];
    /** ISO 8601 instants of the first and the last request; absent where no request has a time. */
    readonly from?: When | undefined;
    /** ISO 8601 instant of the last request; absent where no request has a time. */
    readonly to?: When | undefined;
    /** Requests that were read, of any sort. */
    readonly requests: Count;
  };
  /** Requests by surface, assets apart: what the shares are made of. */
  readonly requests: PerSurface<Count>;
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
        readonly startsAt: When;
        /** Length in seconds. */
        readonly seconds: Factor;
        /** Mean rate of that time. */
        readonly requestsPerSecond: Amount;
      }
    | undefined;
  /** Requests that fit no known page, procedure or operation. */
  readonly unclassified: {
    /** Number of such requests. */
    readonly requests: Count;
    /** The most frequent ones: method and path, every part that varies replaced by a placeholder. */
    readonly patterns: readonly {
      /** Method and path with placeholders. */
      readonly pattern: string;
      /** Requests of this pattern. */
      readonly requests: Count;
    }[];
  };
  /** Lines that could not be read. */
  readonly badLines: {
    /** Number of such lines. */
    readonly lines: Count;
    /** The first of them. */
    readonly first: readonly {
      /** Name of the file. */
      readonly file: string;
      /** From 1. */
      readonly line: Count;
      /** Why the line could not be read. */
      readonly problem: string;
    }[];
  };
}

/** A part of a measured mix that no scenario can send. */
export interface LeftOut {
  /** Surface of the requests. */
  readonly surface: Surface;
  /** Name of the page, procedure or operation. */
  readonly name: string;
  /** 0..1 of the requests of the whole mix. */
  readonly share: Ratio;
}

/** A measured mix as a plan carries it: the weights of the scenarios, and where they come from. */
export interface PlannedMix {
  /** The mix document, as named. */
  readonly file: string;
  /** ISO 8601 instant of the first request; absent: not known. */
  readonly from?: string | undefined;
  /** ISO 8601 instant of the last request; absent: not known. */
  readonly to?: string | undefined;
  /** Requests of the mix. */
  readonly requests: Count;
  /** Integer weights per cycle, by name. A surface that is absent keeps the assumed weights. */
  readonly weights: Readonly<Partial<Record<Surface, Counts>>>;
  /** 0..1 of the API's requests that the scenario sends. Absent: as assumed. */
  readonly writeShare?: Ratio | undefined;
  /** 0..1 of the requests of the mix: the sum over everything that no scenario can send. */
  readonly leftOutShare: Ratio;
  /** The largest parts of it. */
  readonly leftOut: readonly LeftOut[];
}
