import type { Report } from "../src/domain/report.ts";
import { charts } from "./html/charts.ts";
import { endpoints, latency } from "./html/latency.ts";
import { errors } from "./html/errors.ts";
import { findings } from "./html/findings.ts";
import { generator } from "./html/generator.ts";
import { contents } from "./html/layout.ts";
import { method } from "./html/method.ts";
import { objectives } from "./html/objectives.ts";
import { overview } from "./html/overview.ts";
import { stylesheet } from "./html/style.ts";
import { markup, Markup } from "./markup.ts";
import { outcomeWord } from "./wording.ts";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * `report.html`: one file that needs no script and asks no network for anything. It reads from the verdict down to the
 * method, on paper, on a phone, in the dark, and to a screen reader.
 */
export function html(report: Report): string {
  const { plan } = report.run;
  const sections = [
    findings(report),
    objectives(report),
    charts(report),
    latency(report),
    endpoints(report),
    errors(report),
    generator(report),
    method(report),
  ];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${outcomeWord(report.outcome)} · ${plan.profile} on ${plan.environment} · Headroom</title>
<style>${new Markup(stylesheet)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
${overview(report)}
${contents(sections)}
<main id="main">
${sections.map((section) => section.body)}
</main>
<footer>Headroom ${report.run.versions.headroom} · run ${report.run.id} · every time is UTC</footer>
</body>
</html>
`.text;
}
