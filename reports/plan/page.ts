import type { CeilingDates, PlanDocument } from "../../src/domain/capacity-plan.ts";
import { useText } from "../../src/domain/quantity-text.ts";
import type { Section } from "../kit/layout.ts";
import { pageShell } from "../kit/page-shell.ts";
import { partSection } from "../kit/block-page.ts";
import { markup, type Markup } from "../markup.ts";
import { historyConflicts, partsOf, type PlanPart } from "./parts.ts";
import { planStyle } from "./style.ts";
import { todaySource } from "./formats.ts";

/** `report.html` of a plan: twelve parts, one file, complete without its script, that asks no network. */
export const planPage = (document: PlanDocument): string =>
  pageShell({
    title: markup`Capacity plan of ${document.planDate} · Headroom`,
    style: planStyle,
    header: header(document),
    sections: partsOf(document).map((part) => planSection(part, document)),
    footer: markup`Headroom ${document.headroom} · plan ${document.id} · hash ${document.hash} · seed ${document.seed} · every date is UTC · ${document.command}`,
  });

function header(document: PlanDocument): Markup {
  const late = document.resources.filter(({ ceilings }) => ceilings.some((each) => each.late));
  const conflicts = historyConflicts(document);
  const word = late.length === 0 ? "In time" : "Late";
  return markup`<header class="overview ${late.length === 0 ? "pass" : "fail"}">
<div class="inner">
<p class="what">Capacity plan of <strong>${document.planDate}</strong>, ${document.months} months ahead, ${basisWord(document)}</p>
<h1><span class="word">${word}</span> <span class="exit">${late.length === 0 ? "no order date is past" : `the order date is past for ${late.map(({ name }) => name).join(" and ")}`}</span></h1>
${conflicts.length > 0 && markup`<ul class="conflicts">${conflicts.map((sentence) => markup`<li><a href="#contradictions">${sentence}</a></li>`)}</ul>`}
<p class="sentence">${document.summary}</p>
<dl class="facts">${document.resources.map((resource) => factOf(resource))}</dl>
</div>
</header>`;
}

/** Today's use, and the order dates of the ceilings that are reached and of the first that lies ahead. */
function factOf(resource: PlanDocument["resources"][number]): Markup {
  const { name, ceilings, use, unit } = resource;
  const reached = ceilings.filter(({ exhaustion }) => exhaustion.p50 === 0);
  const next = ceilings.find(({ exhaustion }) => exhaustion.p50 !== 0);
  const shown = [...reached.slice(0, 1), ...(next === undefined ? [] : [next])];
  return markup`<div><dt>${name} today</dt><dd><strong>${useText(use, unit)}</strong> <span>${todaySource(resource)}</span>${
    ceilings.length === 0 && markup` <span>no ceiling</span>`
  }${shown.map((ceiling) => markup` <span class="${ceiling.late ? "late" : "due"}">${orderText(ceiling)}</span>`)}</dd></div>`;
}

function orderText({ name, exhaustion, orderByDate, late }: CeilingDates): string {
  const { expected, safe } = orderByDate;
  if (exhaustion.p50 === 0) return `LATE: above ${name}, order was due ${expected ?? "before"}`;
  if (expected === undefined && safe === undefined) return `nothing to order for ${name}`;
  const day = expected === undefined ? "no expected order date" : `order by ${expected}`;
  return `${late ? "LATE: " : ""}${day} for ${name}${safe === undefined ? "" : ` (safe ${safe})`}`;
}

function basisWord({ capacity, replicas, resources }: PlanDocument): string {
  const isMeasured = resources.some(
    ({ today, source }) => today.measured !== undefined || source !== "stated",
  );
  if (capacity === undefined)
    return isMeasured ? "on the specification and a history of use" : "on the specification alone";
  return replicas.length > 0
    ? `with the measured capacity of ${replicas.map(({ workload }) => workload).join(", ")}`
    : "on the specification: the runs that were given measured no capacity";
}

function planSection(part: PlanPart, document: PlanDocument): Section {
  const sources = document.sources.filter(({ id }) => part.restsOn.includes(id));
  return partSection(
    part,
    sources.length > 0 &&
      markup`<p class="rests">Rests on ${sources.map((source, index) => [index > 0 && "; ", sourceMarkup(source)])}</p>`,
  );
}

const sourceMarkup = ({ id, date, hash, link }: PlanDocument["sources"][number]): Markup =>
  markup`${link === undefined ? id : markup`<a href="${link}">${id}</a>`}${date !== undefined && ` (${date})`}, sha256 ${hash}`;
