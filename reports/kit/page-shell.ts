import { markup, Markup, type Fragment } from "../markup.ts";
import { contents, type Section } from "./layout.ts";
import { pageScript, pageScriptHash } from "./page-script.ts";
import { stylesheet } from "./style.ts";

/**
 * Nothing is fetched, nothing is sent, and nothing runs but the page's own script: whatever the target put into a page stays
 * text. A page with screenshots may show files of its own origin, that is, of the place it was opened from; the script of a
 * page that is served may ask there for more.
 */
const policyWith = ({ images = "none", served }: Pick<Page, "images" | "served">): string =>
  `default-src 'none'; script-src '${served?.hash ?? pageScriptHash}'; ${served === undefined ? "" : "connect-src 'self'; "}style-src 'unsafe-inline'; img-src ${images === "beside" ? "'self' data:" : "data:"}; base-uri 'none'; form-action 'none'`;

/** A script of ours, without `</script`. */
export interface PageScript {
  readonly text: string;
  /** Of its text, as a policy names it. */
  readonly hash: string;
}

export interface Page {
  readonly title: Fragment;
  /** After the shared stylesheet. */
  readonly style?: string;
  /** Pictures in files of the page's own folder; none unless asked for. */
  readonly images?: "none" | "beside";
  /** Of a page that is served while it changes, in place of the script of all others. */
  readonly served?: PageScript;
  /** Into its head. */
  readonly head?: Fragment;
  /** From the top of the page to its table of contents. */
  readonly header: Fragment;
  readonly sections: readonly Section[];
  readonly footer: Fragment;
}

/** A whole page of ours: one file, complete without its script, that asks no network for anything. */
export const pageShell = ({
  title,
  style = "",
  images = "none",
  served,
  head,
  header,
  sections,
  footer,
}: Page): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policyWith({ images, served }))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${head}<title>${title}</title>
<style>${new Markup(stylesheet + style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
${header}
${contents(sections)}
<main id="main">
${sections.map(({ body }) => body)}
</main>
<footer>${footer}</footer>
<script>${new Markup(served?.text ?? pageScript)}</script>
</body>
</html>
`.text;
