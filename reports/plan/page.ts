import type { CeilingDates, PlanDocument } from "../../src/domain/capacity-plan.ts";
import { useText } from "../../src/domain/quantity-text.ts";
import { nothing, section, table, type Section } from "../html/layout.ts";
import { pageShell } from "../html/page-shell.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import {
  calendarChart,
  costChart,
  fanChart,
  loadLatencyCharts,
  nodeCharts,
  plotsOf,
  roomBars,
  throughputChart,
} from "./charts.ts";
import { historyConflicts, partsOf, type Block, type Part, type PictureName } from "./parts.ts";
import { planStyle } from "./style.ts";
import { todaySource, type Cell, type PlanTable } from "./tables.ts";

/** `report.html` of a plan: twelve parts, one file without script or network. */
export const planPage = (document: PlanDocument): string =>
  pageShell({
    title: markup`Capacity plan of ${document.planDate} · Headroom`,
    style: planStyle,
    header: header(document),
    sections: partsOf(document).map((part, index) => partSection(part, index + 1, document)),
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

function partSection(part: Part, number: number, document: PlanDocument): Section {
  const { id, title, lead, blocks, restsOn } = part;
  const sources = document.sources.filter((source) => restsOn.includes(source.id));
  const made = section(id, `${number}. ${title}`, lead, [
    blocks.map((block) => blockMarkup(block, document)),
    sources.length > 0 &&
      markup`<p class="rests">Rests on ${sources.map((source, index) => [index > 0 && "; ", sourceMarkup(source)])}</p>`,
  ]);
  return { ...made, title };
}

const sourceMarkup = ({ id, date, hash, link }: PlanDocument["sources"][number]): Markup =>
  markup`${link === undefined ? id : markup`<a href="${link}">${id}</a>`}${date !== undefined && ` (${date})`}, sha256 ${hash}`;

function blockMarkup(block: Block, document: PlanDocument): Fragment {
  switch (block.kind) {
    case "sentences":
      return (
        block.items.length > 0 &&
        markup`<ul class="sentences">${block.items.map((item) => markup`<li>${item}</li>`)}</ul>`
      );
    case "heading":
      return markup`<h3>${block.text}</h3>`;
    case "table":
      return block.isFolded === true
        ? markup`<details><summary>${block.table.title}</summary>${tableMarkup(block.table)}</details>`
        : tableMarkup(block.table);
    case "picture":
      return pictureMarkup(block.picture, document);
  }
  return block satisfies never;
}

const tableMarkup = ({ title, columns, rows }: PlanTable): Markup =>
  table(
    title,
    columns.map(({ title: name, numeric }) => ({
      title: name,
      numeric,
    })),
    rows.map((row) => row.map(cellMarkup)),
  );

function cellMarkup(cell: Cell): Fragment {
  if (typeof cell === "string") return cell;
  if (cell.links === undefined) return cell.text;
  return cell.links.map(({ text, link }, index) => [
    index > 0 && "; ",
    markup`<a href="${link}">${text}</a>`,
  ]);
}

function pictureMarkup(picture: PictureName, document: PlanDocument): Fragment {
  switch (picture) {
    case "capacity":
      return (document.capacity?.workloads ?? []).map((workload) =>
        plotsOf([...loadLatencyCharts(workload), throughputChart(workload) ?? []].flat(), false),
      );
    case "today":
      return roomBars(document.today);
    case "demand":
      return plotsOf(
        document.resources.flatMap((resource) => fanChart(resource, document) ?? []),
        false,
      );
    case "nodes":
      return plotsOf(nodeCharts(document), false);
    case "calendar": {
      const chart = calendarChart(document);
      return chart === undefined ? nothing("Nothing to order.") : plotsOf([chart], true);
    }
    case "cost": {
      const chart = costChart(document);
      return chart === undefined ? nothing("No number of nodes fits.") : plotsOf([chart], true);
    }
  }
  return picture satisfies never;
}
