/** Which files a browser fetches for a document, found without a parser: it runs for every page of the load. */
import { originOf } from "./guard.ts";

const tags = /<(?:link|script|img)\b[^>]*>/gi;
const source = /\s(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const fetchedLink =
  /\srel\s*=\s*["']?[^"'>]*\b(?:stylesheet|modulepreload|preload|icon|manifest)\b/i;

/** Scripts and stylesheets, also those that are only announced. */
const code =
  /^<script|\srel\s*=\s*["']?[^"'>]*\b(?:stylesheet|modulepreload)\b|\sas\s*=\s*["']?(?:script|style)\b/i;

export interface PageAsset {
  readonly url: string;
  /** A script or a stylesheet: the page does not work without. */
  readonly isCode: boolean;
}

/**
 * Absolute URLs on the document's own origin, each once, in the order of the document. Other hosts are left alone:
 * they are not ours to load. Links that only name something (`canonical`, `alternate`) are not fetched.
 */
export function assetsOf(html: string, documentUrl: string): readonly PageAsset[] {
  const origin = originOf(documentUrl);
  const isCodeByUrl = new Map<string, boolean>();
  for (const tag of html.match(tags) ?? []) {
    if (/^<link/i.test(tag) && !fetchedLink.test(tag)) continue;
    const [, double, single, bare] = source.exec(tag) ?? [];
    const reference = double ?? single ?? bare;
    const url = reference === undefined ? undefined : resolve(reference, origin, documentUrl);
    if (url !== undefined) isCodeByUrl.set(url, isCodeByUrl.get(url) === true || code.test(tag));
  }
  return Array.from(isCodeByUrl, ([url, isCode]) => ({ url, isCode }));
}

/** @returns `undefined` for other origins and for what is no file (`data:`, an empty reference) */
function resolve(reference: string, origin: string, documentUrl: string): string | undefined {
  const path = reference.replaceAll("&amp;", "&").replace(/#.*$/, "").trim();
  if (path === "") return undefined;
  if (path.startsWith("//"))
    return sameOrigin(`${origin.slice(0, origin.indexOf(":"))}:${path}`, origin);
  if (path.startsWith("/")) return origin + path;
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return sameOrigin(path, origin);
  const directory = documentUrl.replace(/[?#].*$/, "").slice(origin.length);
  return `${origin}${directory.slice(0, directory.lastIndexOf("/")) || ""}/${path.replace(/^\.\//, "")}`;
}

const sameOrigin = (url: string, origin: string): string | undefined =>
  originOf(url) === origin ? url : undefined;
