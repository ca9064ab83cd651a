/** The page of `--live`: complete as it is served, without script too; its regions are drawn anew while the load goes on. */
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import { formatCount, formatShare, inSentence } from "../../src/domain/number-text.ts";
import { formatElapsed, formatTimeOfDay } from "../../src/domain/time-text.ts";
import { partSection } from "../kit/block-page.ts";
import { sentences, type Part } from "../kit/block.ts";
import { icon } from "../kit/icon.ts";
import { pageShell, type PageScript } from "../kit/page-shell.ts";
import { markup, Markup, type Fragment } from "../markup.ts";
import { outcomeWord } from "../wording.ts";
import { gatePart, type LiveGateState } from "./gate.ts";
import { chartParts, moreParts, surfacesPart } from "./parts.ts";
import { requestsOf, type LiveRunState } from "./run-state.ts";

/** A run of the same command that has its report already. */
export interface FinishedRun {
  readonly id: string;
  readonly outcome: RunOutcome;
  /** Relative to the page. */
  readonly link: string;
}

export interface LiveState {
  /** What the command does. */
  readonly command: string;
  readonly headroom: string;
  /** What it is doing now, in its own words. */
  readonly stage: string;
  /** Its newest load; absent before the first. */
  readonly run?: LiveRunState | undefined;
  readonly finished: readonly FinishedRun[];
  readonly gate?:
    | { readonly state: LiveGateState; readonly analyses: readonly number[] }
    | undefined;
  /** Somebody asked it to stop. */
  readonly isStopping: boolean;
}

/** What a viewer's page replaces, by the name of its place. */
type Regions = Readonly<Record<"head" | "gate" | "now" | "more", string>>;

/** Everything but the charts: small, drawn every second. @param now epoch milliseconds */
export function liveRegions(state: LiveState, now: number): Regions {
  const { run, gate, finished } = state;
  return {
    head: head(state, now).text,
    gate: bodies(gate === undefined ? [] : [gatePart(gate.state, gate.analyses)]),
    now: bodies(run === undefined ? [] : [surfacesPart(run)]),
    more: bodies([
      ...(run === undefined ? [] : moreParts(run)),
      ...(finished.length === 0 ? [] : [finishedPart(finished)]),
    ]),
  };
}

export const liveCharts = ({ run }: LiveState, now: number): string =>
  bodies(run === undefined ? [] : chartParts(run, now));

const bodies = (parts: readonly Part[]): string =>
  parts.map((part) => partSection(part).body.text).join("");

const finishedPart = (finished: readonly FinishedRun[]): Part => ({
  id: "finished",
  title: "Runs before this one",
  blocks: [
    sentences(
      finished.map(({ id, outcome, link }) => [
        { text: outcomeWord(outcome), tone: outcome },
        " ",
        { text: id, link, title: `Report of ${id}` },
      ]),
    ),
  ],
});

export function livePage(state: LiveState, now: number, script: PageScript): string {
  const regions = liveRegions(state, now);
  return pageShell({
    title: markup`LIVE · ${subject(state)} · Headroom`,
    style: liveStyle,
    head: markup`<noscript><meta http-equiv="refresh" content="5"></noscript>`,
    served: script,
    header: markup`${place("head", regions.head)}
<div class="inner live-bar"><button type="button" id="live-pause" hidden>Pause</button> <span id="live-status" role="status"></span><p class="live-said" id="live-said" aria-live="polite"></p></div>`,
    sections: [
      { id: "live-gate", title: "Pairs", body: place("gate", regions.gate) },
      { id: "live-now", title: "Now", body: place("now", regions.now) },
      { id: "live-charts", title: "Over time", body: place("charts", liveCharts(state, now)) },
      { id: "live-more", title: "More", body: place("more", regions.more) },
    ].filter(({ id }) => id !== "live-gate" || state.gate !== undefined),
    footer: markup`Headroom ${state.headroom} · read only, of this machine alone · every time is UTC`,
  });
}

const place = (name: string, content: string): Markup =>
  markup`<div id="live-${name}">${new Markup(content)}</div>`;

const subject = ({ run, command }: LiveState): string =>
  run === undefined ? command : `${run.plan.profile} on ${run.plan.environment}`;

function head(state: LiveState, now: number): Markup {
  const { run, stage, isStopping } = state;
  return markup`<header class="overview incomplete"><div class="inner">
<p class="what"><strong>${subject(state)}</strong>${run !== undefined && ` · target: ${run.plan.sandbox ? "sandbox" : "live"}`} <span class="when">${formatTimeOfDay(now)}</span></p>
<h1>${icon("incomplete", 52)}<span class="word">LIVE</span> <span class="exit">${placeWord(run)}</span></h1>
<p class="sentence">${isStopping && "Stopping: what was measured will be reported. "}${sentence(state)}</p>
${run !== undefined && timeBar(run)}<p class="next"><span class="label">Doing</span> ${stage}</p>
</div></header>`;
}

const placeWord = (run: LiveRunState | undefined): string =>
  run?.progress === undefined
    ? "before the load"
    : `phase ${run.progress.phase} · ${formatElapsed(run.progress.leftMs)} left`;

function sentence({ run }: LiveState): string {
  const { progress } = run ?? {};
  if (progress === undefined) return "The load has not begun.";
  const { offeredPerMinute, achievedPerMinute, errors, dropped } = progress;
  const requests = requestsOf(progress);
  return `Offered ${inSentence(offeredPerMinute, "1/min")}, answered ${inSentence(achievedPerMinute, "1/min")}; ${formatShare(errors, requests)} of ${formatCount(requests)} requests failed, ${formatCount(dropped)} iterations dropped.`;
}

/** How much of the plan is over. */
function timeBar({ plan, progress }: LiveRunState): Fragment {
  if (progress === undefined) return undefined;
  const share = Math.min(1, Math.max(0, 1 - progress.leftMs / plan.durationMs));
  return markup`<div class="coverage"><svg role="img" width="100%" height="8"><title>${formatShare(plan.durationMs - progress.leftMs, plan.durationMs)} of the plan is over</title><rect class="track" width="100%" height="8" rx="4"/><rect class="fill" width="${Math.round(share * 1000) / 10}%" height="8" rx="4"/></svg></div>
`;
}

const liveStyle = `
.live-bar{display:flex;gap:14px;align-items:center;min-height:44px;padding-top:12px}
.live-bar button{font:inherit;font-size:.92rem;color:var(--ink);background:var(--card);border:1px solid var(--muted);border-radius:8px;padding:6px 16px;min-width:86px}
.live-bar button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.live-said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
main>div>section{padding-top:36px}main>div>section>h2{margin-bottom:6px}`;
