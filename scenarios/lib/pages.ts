/**
 * A page as a first-time visitor loads it: the document, then the assets that it names, six at a time, and not more than
 * the environment allows for a page. Nothing is
 * cached between page views (cold): a returning browser would skip the assets, which are immutable, so that page
 * times here are those of the worst visitor, not of the average one.
 */
import { defaultAssetsPerPage } from "../../profiles/platform/page-assets.ts";
import { assetsOf } from "./assets.ts";
import { codeOutcome, documentOutcome } from "./document-outcome.ts";
import type { Iteration } from "./iteration.ts";
import { countCutAssets, endpointOf, measurePage, send, sendTogether } from "./measure.ts";
import type { Answer, Endpoint } from "./measure.ts";
import { pageCalls } from "./page-calls.ts";
import type { PageName } from "./page-calls.ts";
import { markOf } from "./page-marks.ts";
import { baseUrl, plan } from "./plan.ts";
import { keepCookies, pageHeaders } from "./session.ts";

const origin = baseUrl("web");
const assetEndpoint = endpointOf("web", "asset", "asset", "GET");
const assetHeaders = { "accept-encoding": "gzip" };
const documents = new Map<string, Endpoint>();
/** A page may not multiply the load without limit. */
const mostAssets = plan.ceilings?.assetsPerPage ?? defaultAssetsPerPage;

export function openPage(page: PageName, { ids, picker, email }: Iteration): void {
  const { path, signedIn } = pageCalls[page];
  const url = origin + path(ids, picker);
  const headers = pageHeaders(signedIn);
  const document = send(documentOf(page), {
    url,
    headers,
    responseType: "text",
    judge: (response) => documentOutcome(bodyOf(response), markOf(page, email, plan)),
  });
  if (signedIn) keepCookies(document.response);
  if (document.outcome !== "ok") {
    measurePage(page, document.valueMs, document.outcome);
    return;
  }
  const assetsFrom = Date.now();
  const failed = loadAssets(bodyOf(document.response), url);
  measurePage(page, document.valueMs + Date.now() - assetsFrom, failed ?? "ok");
}

/** @returns the outcome of the first asset that failed: a page without its style or code is no page */
function loadAssets(html: string, documentUrl: string): string | undefined {
  const named = assetsOf(html, documentUrl);
  const assets = named.slice(0, mostAssets);
  if (assets.length < named.length) countCutAssets(named.length - assets.length);
  if (assets.length === 0) return undefined;
  return sendTogether(
    assetEndpoint,
    assets.map(({ url, isCode }) => ({
      url,
      headers: assetHeaders,
      responseType: "none",
      judge: isCode ? judgeCode : undefined,
    })),
  ).find(({ outcome }) => outcome !== "ok")?.outcome;
}

const judgeCode = ({ headers }: Answer): string => codeOutcome(headers["Content-Type"] ?? "");

const bodyOf = ({ body }: Answer): string => (typeof body === "string" ? body : "");

function documentOf(page: PageName): Endpoint {
  const known = documents.get(page);
  if (known !== undefined) return known;
  const made = endpointOf("web", `page.${page}`, "read", "GET");
  documents.set(page, made);
  return made;
}
