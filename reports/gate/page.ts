import { formatInstant } from "../../src/domain/time-text.ts";
import { partSection } from "../kit/block-page.ts";
import { pageShell } from "../kit/page-shell.ts";
import { markup, type Markup } from "../markup.ts";
import { icon } from "../kit/icon.ts";
import type { GateDocument } from "./document.ts";
import { explanations } from "../explained/part.ts";
import { gateParts } from "./parts.ts";
import { gateStyle } from "./style.ts";
import * as words from "./words.ts";

/** `gate.html`: one file, complete without its script, that asks no network, from the verdict down to the runs. */
export function gatePage(document: GateDocument): string {
  return pageShell({
    title: markup`${document.outcome.toUpperCase()} · release gate ${document.candidate.label} · Headroom`,
    style: gateStyle,
    header: markup`${bypass(document)}${overview(document)}`,
    sections: [...gateParts(document), ...explanations(document.findings.map(({ id }) => id))].map(
      (part) => partSection(part),
    ),
    footer: markup`Headroom ${document.headroom} · gate ${document.id} · hash ${document.hash} · every time is UTC`,
  });
}

const bypass = ({ bypass: record, outcome }: GateDocument): Markup | undefined =>
  record &&
  markup`<section class="bypass" aria-label="Bypass"><div class="inner"><p><strong>BYPASSED</strong> by ${record.who} (${record.team} team) until ${record.until}: ${record.why}</p><p class="muted">The verdict below stays ${outcome.toUpperCase()}; this record turned the exit status to 0.</p></div></section>
`;

function overview(document: GateDocument): Markup {
  const { outcome, baseline, candidate, profile, environment, isQuick } = document;
  return markup`<header class="overview ${outcome}">
<div class="inner">
<p class="what">Release gate${isQuick && " (quick)"}: <strong>${candidate.label}</strong> against <strong>${baseline.label}</strong>, profile ${profile} on ${environment} <span class="when">${formatInstant(document.startedAt)}</span></p>
<h1>${icon(outcome, 52)}<span class="word">${outcome.toUpperCase()}</span> <span class="exit">exit status ${document.exitStatus}</span></h1>
<p class="sentence">${document.sentence}</p>
<p class="next"><span class="label">Next</span> ${words.nextStep(document)}</p>
${document.warnings.length > 0 && markup`<ul class="sentences">${document.warnings.map(({ message }) => markup`<li>${message}</li>`)}</ul>`}
</div>
</header>`;
}
