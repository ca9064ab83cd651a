import { metricFile, type SiteDocument } from "./document.ts";
import { indexPage } from "./index-page.ts";
import { metricPage } from "./metric-page.ts";

/** Every page of the site, by its file name. Works from a file URL: no server, no request. */
export function sitePages(site: SiteDocument): ReadonlyMap<string, string> {
  return new Map([
    ["index.html", indexPage(site)],
    ...site.trends.map((trend) => [metricFile(trend.metric), metricPage(trend, site)] as const),
  ]);
}
