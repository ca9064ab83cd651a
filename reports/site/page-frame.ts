import { formatInstant } from "../../src/domain/time-text.ts";
import type { Section } from "../kit/layout.ts";
import { pageShell } from "../kit/page-shell.ts";
import { markup, type Fragment } from "../markup.ts";
import type { SiteDocument } from "./document.ts";
import { siteStyle } from "./style.ts";

/** A whole page: no request, the same frame as the reports. */
export function page(
  site: SiteDocument,
  title: string,
  lead: Fragment,
  sections: readonly Section[],
): string {
  return pageShell({
    title: markup`${title} · ${site.profile} on ${site.environment} · Headroom history`,
    style: siteStyle,
    header: markup`<header class="site"><div class="inner">${lead}</div></header>`,
    sections,
    footer: markup`Headroom ${site.headroom} · written ${formatInstant(site.writtenAt)} · dates are UTC`,
  });
}
