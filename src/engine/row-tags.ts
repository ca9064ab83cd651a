import { parseArrivalsName } from "../domain/plan.ts";
import { isSurface, requestKinds, type RequestKind, type Surface } from "../domain/surface.ts";
import { splitCsvLine } from "./csv-line.ts";
import type { CsvColumns } from "./csv-columns.ts";

/** A row's tags. Shared by all rows with the same tags. */
export interface RowTags {
  /** Absent where k6's scenario is not named `<phase>_<flow>`. */
  readonly phase?: string;
  readonly flow?: string;
  /** Absent where surface, endpoint, kind or outcome is missing or unknown. */
  readonly request?: {
    readonly surface: Surface;
    readonly endpoint: string;
    readonly kind: RequestKind;
    readonly outcome: string;
  };
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
  readonly #known = new Map<string, Tags | undefined>();
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
    // One character a byte: cheap, and as a key as good as the text itself.
    const key = bytes.toString("latin1", start, end);
    const known = this.#known.get(key);
    if (known !== undefined || this.#known.has(key)) return known;
    this.#characters += key.length;
    if (this.#known.size >= capacity || this.#characters > capacityCharacters) {
      this.#known.clear();
      this.#characters = key.length;
    }
    const fields = splitCsvLine(`,,,${bytes.toString("utf8", start, end)}`);
    const tags = fields === undefined ? undefined : this.#tagsOf(fields, this.#columns);
    this.#known.set(key, tags);
    return tags;
  }
}

/** @param fields of one row, by the header's columns */
export function rowTags(fields: readonly string[], columns: CsvColumns): RowTags {
  const extra = parseExtraTags(fields[columns.extraTags] ?? "");
  const place = placeOf(fields[columns.scenario] ?? "", fields[columns.group] ?? "");
  return { ...place, ...requestOf(extra), extra };
}

/** Outside of k6's scenarios there are setup() and teardown() only. */
function placeOf(scenario: string, group: string): { phase: string; flow: string } | undefined {
  if (scenario !== "") return parseArrivalsName(scenario);
  const name = group === "::teardown" ? "teardown" : "setup";
  return { phase: name, flow: name };
}

function requestOf(extra: ReadonlyMap<string, string>): Pick<RowTags, "request"> {
  const surface = extra.get("surface") ?? "";
  const endpoint = extra.get("endpoint");
  const kind = requestKinds.find((known) => known === extra.get("kind"));
  const outcome = extra.get("outcome");
  if (!isSurface(surface) || endpoint === undefined || kind === undefined || outcome === undefined)
    return {};
  return { request: { surface, endpoint, kind, outcome } };
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
