import { contents, type Section } from "../html/layout.ts";
import { formatInstant } from "../format.ts";
import { stylesheet } from "../html/style.ts";
import { markup, Markup, type Fragment } from "../markup.ts";
import type { SiteDocument } from "./document.ts";
import { siteStyle } from "./style.ts";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole page: no script, no request, the same frame as the reports. */
export function page(
  site: SiteDocument,
  title: string,
  lead: Fragment,
  sections: readonly Section[],
): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} · ${site.profile} on ${site.environment} · Headroom history</title>
<style>${new Markup(stylesheet + siteStyle)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header class="site"><div class="inner">${lead}</div></header>
${contents(sections)}
<main id="main">
${sections.map(({ body }) => body)}
</main>
<footer>Headroom ${site.headroom} · written ${formatInstant(site.writtenAt)} · dates are UTC</footer>
</body>
</html>
`.text;
}
