/** Requests of a log, counted in bounded memory, as the document of a measured mix. */
import { minuteMs } from "../domain/units.ts";
import { total, type Counts, type MeasuredMix } from "../domain/mix.ts";
import { isPlausibleInstant } from "../engine/timestamp.ts";
import { classify, type Apart } from "./classify.ts";
import type { LoggedRequest } from "./logged-request.ts";
import { pathPattern } from "./path-pattern.ts";
import { peakOf } from "./peak.ts";

/** Of names that come from the log itself; what exceeds it is counted together. */
const mostNames = 500;
const shownPatterns = 20;
const shownBadLines = 10;

export interface TallyOptions {
  /** Only requests to these hosts count. Empty: all of them. */
  readonly hosts: readonly string[];
}

export class Tally {
  readonly #hosts: ReadonlySet<string>;
  readonly #pages = new Map<string, number>();
  readonly #procedures = new Map<string, number>();
  readonly #operations = new Map<string, number>();
  readonly #apart = new Map<Apart, number>();
  readonly #unknown = new Map<string, number>();
  /** Requests of the mix by minute since 1970. */
  readonly #minutes = new Map<number, number>();
  readonly #seenHosts = new Set<string>();
  readonly #files: string[] = [];
  readonly #badLines: MeasuredMix["badLines"]["first"][number][] = [];
  #badCount = 0;
  #requests = 0;
  #withoutHost = 0;
  #subgraph = 0;
  #unknownCount = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor({ hosts }: TallyOptions) {
    this.#hosts = new Set(hosts);
  }

  beginFile(name: string): void {
    this.#files.push(name);
  }

  badLine(line: number, problem: string): void {
    this.#badCount += 1;
    if (this.#badLines.length < shownBadLines)
      this.#badLines.push({ file: this.#files.at(-1) ?? "", line, problem });
  }

  add(request: LoggedRequest): void {
    this.#requests += 1;
    const { host, at } = request;
    if (host === undefined) this.#withoutHost += 1;
    else if (this.#seenHosts.size < mostNames) this.#seenHosts.add(host);
    if (this.#hosts.size > 0 && !this.#hosts.has(host ?? "")) return this.setApart("other-hosts");
    this.#extend(at);
    const classified = classify(request);
    switch (classified.kind) {
      case "apart":
        return this.setApart(classified.reason);
      case "unknown":
        this.#unknownCount += 1;
        return count(this.#unknown, `${request.method} ${pathPattern(request.target)}`);
      case "page":
        count(this.#pages, classified.name);
        break;
      case "procedure":
        count(this.#procedures, classified.name);
        break;
      case "operation":
        this.#subgraph += 1;
        if (classified.name !== undefined) count(this.#operations, classified.name);
        break;
      default:
        return classified satisfies never;
    }
    if (at !== undefined && isPlausibleInstant(at)) count(this.#minutes, Math.floor(at / minuteMs));
  }

  /** @param requests how many of them */
  setApart(reason: Apart, requests = 1): void {
    this.#apart.set(reason, (this.#apart.get(reason) ?? 0) + requests);
  }

  /** Hosts of the requests, if the log has them. */
  get hosts(): readonly string[] {
    return [...this.#seenHosts].toSorted();
  }

  /** None of the requests has a host. */
  get isWithoutHosts(): boolean {
    return this.#requests > 0 && this.#withoutHost === this.#requests;
  }

  document(): MeasuredMix {
    const pages = sorted(this.#pages);
    const procedures = sorted(this.#procedures);
    const spanMs = this.#to - this.#from;
    const hasTimes = Number.isFinite(spanMs);
    return {
      schemaVersion: 1,
      kind: "mix",
      source: {
        files: this.#files,
        from: hasTimes ? new Date(this.#from).toISOString() : undefined,
        to: hasTimes ? new Date(this.#to).toISOString() : undefined,
        requests: this.#requests,
      },
      requests: { web: total(pages), api: total(procedures), subgraph: this.#subgraph },
      pages,
      procedures,
      operations: sorted(this.#operations),
      apart: sorted(this.#apart),
      peak: peakOf(this.#minutes, this.#from, this.#to),
      unclassified: {
        requests: this.#unknownCount,
        patterns: Object.entries(sorted(this.#unknown))
          .slice(0, shownPatterns)
          .map(([pattern, requests]) => ({ pattern, requests })),
      },
      badLines: { lines: this.#badCount, first: this.#badLines },
    };
  }

  #extend(at: number | undefined): void {
    if (at === undefined || !isPlausibleInstant(at)) return;
    this.#from = Math.min(this.#from, at);
    this.#to = Math.max(this.#to, at);
  }
}

function count<Key>(counts: Map<Key | "(other)", number>, key: Key): void {
  const kept = counts.has(key) || counts.size < mostNames || typeof key === "number";
  const name = kept ? key : "(other)";
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Most frequent first. */
const sorted = (counts: ReadonlyMap<string, number>): Counts =>
  Object.fromEntries([...counts].toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b)));
