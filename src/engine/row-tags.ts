import { parseArrivalsName } from "../domain/plan.ts";
import type { ResponseTags } from "../domain/sample.ts";
import { isSurface, requestKinds } from "../domain/surface.ts";
import { splitCsvLine } from "./csv-line.ts";
import type { CsvColumns } from "./csv-columns.ts";
import type { FlowKey } from "./window-slots.ts";

/** A row's tags. Shared by all rows with the same tags. */
export interface RowTags {
  /** Absent where k6's scenario is not named `<phase>_<flow>`. */
  readonly flow: FlowKey | undefined;
  /** Absent where the flow, surface, endpoint, kind or outcome is missing or unknown. */
  readonly response: ResponseTags | undefined;
  /** The same tags on a row of the trend `page`. */
  readonly page: ResponseTags | undefined;
  /** The user tags, unparsed. */
  readonly extra: ReadonlyMap<string, string>;
}

/** k6 writes tags in random order: five of them make 120 spellings of one set. */
const capacity = 20_000;
/** Characters of all keys together: rows of a megabyte are no reason to keep 20 GB. */
const capacityCharacters = 32 * 1024 ** 2;

/** What a reader makes of one row's fields, by the header's columns. */
export type TagsOf<Tags> = (fields: readonly string[], columns: CsvColumns) => Tags;

/** Tags by the text of their columns: rows repeat them, so each spelling is parsed once. Bounded. */
export class TagsCache<Tags> {
  readonly #columns: CsvColumns;
  readonly #tagsOf: TagsOf<Tags>;
  readonly #spellings = new Map<number, Spelling<Tags>>();
  #chunk: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#chunk);
  #count = 0;
  #characters = 0;

  constructor(columns: CsvColumns, tagsOf: TagsOf<Tags>) {
    this.#columns = columns;
    this.#tagsOf = tagsOf;
  }

  /**
   * @param bytes @param start @param end the columns after the value, where `measurementFirst`
   * @returns `undefined` where they are no CSV
   */
  after(bytes: Buffer, start: number, end: number): Tags | undefined {
    // Making a string of every row's bytes, to find it in a map, would cost more than all else that is done to a row.
    if (bytes !== this.#chunk) {
      this.#chunk = bytes;
      this.#view = viewOf(bytes);
    }
    const hash = hashOf(this.#view, start, end);
    const first = this.#spellings.get(hash);
    for (let spelling = first; spelling !== undefined; spelling = spelling.next)
      if (isEqual(spelling.text, this.#view, start, end)) return spelling.tags;
    return this.#parsed(bytes.subarray(start, end), hash, first);
  }

  #parsed(text: Buffer, hash: number, next: Spelling<Tags> | undefined): Tags | undefined {
    this.#count++;
    this.#characters += text.length;
    const isFull = this.#count > capacity || this.#characters > capacityCharacters;
    if (isFull) {
      this.#spellings.clear();
      this.#count = 1;
      this.#characters = text.length;
    }
    const fields = splitCsvLine(`,,,${text.toString("utf8")}`);
    const tags = fields === undefined ? undefined : this.#tagsOf(fields, this.#columns);
    // A copy: a view would keep its whole chunk alive.
    this.#spellings.set(hash, {
      text: viewOf(Buffer.from(text)),
      tags,
      next: isFull ? undefined : next,
    });
    return tags;
  }
}

interface Spelling<Tags> {
  readonly text: DataView;
  readonly tags: Tags | undefined;
  /** Another text with the same hash. */
  readonly next: Spelling<Tags> | undefined;
}

/** FNV-1a over words of four bytes; of the hash 30 bits, which V8 keeps as a small integer. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = 0x811c9dc5;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}

function isEqual(text: DataView, view: DataView, start: number, end: number): boolean {
  const length = end - start;
  if (text.byteLength !== length) return false;
  let index = 0;
  for (; index + 4 <= length; index += 4)
    if (text.getInt32(index) !== view.getInt32(start + index)) return false;
  for (; index < length; index++)
    if (text.getUint8(index) !== view.getUint8(start + index)) return false;
  return true;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** @param fields of one row, by the header's columns */
export function rowTags(fields: readonly string[], columns: CsvColumns): RowTags {
  const extra = parseExtraTags(fields[columns.extraTags] ?? "");
  const flow = flowOf(fields[columns.scenario] ?? "", fields[columns.group] ?? "");
  const tags = flow === undefined ? undefined : responseTags(extra, flow);
  const ofTrend = (metric: ResponseTags["metric"]): ResponseTags | undefined =>
    tags === undefined ? undefined : { metric, ...tags };
  return { flow, response: ofTrend("response"), page: ofTrend("page"), extra };
}

/** Outside of k6's scenarios there are setup() and teardown() only. */
function flowOf(scenario: string, group: string): FlowKey | undefined {
  if (scenario !== "") return parseArrivalsName(scenario);
  const name = group === "::teardown" ? "teardown" : "setup";
  return { phase: name, flow: name };
}

function responseTags(
  extra: ReadonlyMap<string, string>,
  { flow, phase }: FlowKey,
): Omit<ResponseTags, "metric"> | undefined {
  const surface = extra.get("surface") ?? "";
  const endpoint = extra.get("endpoint");
  const kind = requestKinds.find((known) => known === extra.get("kind"));
  const outcome = extra.get("outcome");
  if (!isSurface(surface) || endpoint === undefined || kind === undefined || outcome === undefined)
    return undefined;
  return { surface, endpoint, kind, outcome, phase, flow };
}

/** `k=v&k2=v2`, unescaped by k6: an `=` in a value stays, an `&` would start another tag. */
export function parseExtraTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const pair of text === "" ? [] : text.split("&")) {
    const at = pair.indexOf("=");
    if (at > 0) tags.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return tags;
}
