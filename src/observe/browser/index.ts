/** Page views in real browsers, read from the log of the k6 process that drives them. */
import { pageViewMark, type PageView } from "../../domain/page-view.ts";
import type { Observation } from "../../domain/observation.ts";
import type { ObserverSink, RunningObserver } from "../observer.ts";
import { parsePageView } from "./parse-page-view.ts";

/** The k6 process that drives the browsers; `src/engine/run-browser.ts` starts one. */
interface BrowserProcess {
  readonly stop: () => void;
  readonly kill: () => void;
  readonly finished: Promise<{
    readonly class: string;
    readonly sentence: string;
    readonly exitCode: number | undefined;
  }>;
}

export interface ObserveBrowserOptions {
  readonly start: (
    onLog: (entry: {
      readonly level: string;
      readonly message: string;
      readonly at: number;
    }) => void,
  ) => Promise<BrowserProcess>;
  readonly users: number;
  /** Where its files are, relative to the run's directory. */
  readonly directory: string;
  readonly now: () => number;
}

/** How long the last pages may take once the load is over. */
const stopWithinMs = 8000;

/** Between two views of a user is about a second; k6 waits up to 30 s for a browser that hangs, and says nothing meanwhile. */
const longestSilenceMs = 10_000;

/**
 * Starts the browsers' process and records what it tells: `page.load`, `page.ttfb`, `page.fcp`, `page.lcp`, `page.inp`
 * (ms), `page.cls` (ratio), `page.asset` (ms, the slowest of the view, labels `asset`), `page.failed` (1, label
 * `problem`), `screenshot` (ms of the load; labels `kind`, `file`) and `browser.users`.
 * @throws Error where the process cannot be started
 */
export async function observeBrowser(
  options: ObserveBrowserOptions,
  sink: ObserverSink,
): Promise<RunningObserver> {
  const { users, now } = options;
  let stopping = false;
  let lastError: string | undefined;
  const gap = (sentence: string): void =>
    sink.gap({ source: "browser", code: "browser-ended", at: now(), sentence });
  const record = (name: string, value: number, rest: Partial<Observation> = {}): void =>
    sink.observation({
      source: "browser",
      name,
      labels: {},
      at: now(),
      value,
      unit: "ms",
      ...rest,
    });
  const lastReports = new Map<number, number>();
  const startedAt = now();
  let endedAt: number | undefined;
  const seenGaps = new Set<string>();
  const gapOnce = (reason: string): void => {
    if (seenGaps.has(reason)) return;
    seenGaps.add(reason);
    gap(reason);
  };
  const browsers = await options.start(({ level, message }) => {
    const view = message.startsWith(pageViewMark)
      ? parsePageView(message.slice(pageViewMark.length))
      : undefined;
    if (view !== undefined) recordView(view);
    else if (level === "error") lastError = message.split("\n")[0];
  });
  record("browser.users", users, { unit: "count" });

  async function untilEnd(): Promise<void> {
    try {
      const { class: kind, sentence, exitCode } = await browsers.finished;
      endedAt = now();
      if (stopping || kind === "completed") return;
      const said = lastError === undefined ? "" : `: ${lastError}`;
      gap(`the browsers' k6 ${sentence} (exit code ${exitCode ?? "none"})${said}`);
    } catch (error) {
      gap(`the browsers' k6 ended: ${String(error)}`);
    }
  }

  function recordView(view: PageView): void {
    const { page, at, user } = view;
    if (user !== undefined) {
      const silence = at - (lastReports.get(user) ?? at);
      if (silence > longestSilenceMs)
        gap(`the browser of user ${user} opened no page for ${Math.round(silence / 1000)} s`);
      lastReports.set(user, now());
    }
    const tell = (
      name: string,
      value: number | undefined,
      rest: Partial<Observation> = {},
    ): void => {
      if (value !== undefined) record(name, value, { at, labels: { page }, ...rest });
    };
    if (view.picture !== undefined) {
      const { kind, file } = view.picture;
      const labels = { page, kind, file: `${options.directory}/${file}` };
      // A view that failed has no time: its picture carries none.
      return record("screenshot", view.loadMs ?? 0, { at, labels });
    }
    if (view.isBrowserFault === true) {
      if (!stopping) gapOnce(`the browser failed: ${view.problem ?? "no reason given"}`);
      return;
    }
    // A script may lead elsewhere once the page is there: what is then shown was never loaded.
    const problem = view.problem ?? (view.loadMs === undefined ? "no load event" : undefined);
    if (problem !== undefined)
      return tell("page.failed", 1, { unit: "count", labels: { page, problem } });
    tell("page.load", view.loadMs);
    tell("page.ttfb", view.ttfbMs);
    tell("page.fcp", view.fcpMs);
    tell("page.lcp", view.lcpMs);
    tell("page.inp", view.inpMs);
    tell("page.cls", view.cls, { unit: "ratio" });
    if (view.slowest !== undefined)
      tell("page.asset", view.slowest.ms, {
        labels: { page, asset: assetName(view.slowest.url) },
      });
  }

  /** A view in progress is lost, and was no fast one. */
  function recordLastViews(at: number): void {
    for (let user = 1; user <= users; user += 1) {
      const silence = at - (lastReports.get(user) ?? startedAt);
      if (silence > longestSilenceMs)
        gap(
          `the browser of user ${user} completed no page view in the last ${Math.round(silence / 1000)} s: the view in progress is not measured`,
        );
    }
  }

  const ended = untilEnd();
  return {
    stop: async () => {
      stopping = true;
      recordLastViews(endedAt ?? now());
      browsers.stop();
      const deadline = setTimeout(() => browsers.kill(), stopWithinMs);
      await ended;
      clearTimeout(deadline);
    },
  };
}

/** Path without what a bundler adds: `/assets/app-3f2a9c.css?v=1` → `/assets/app.css`. */
export const assetName = (url: string): string =>
  url
    .replace(/^https?:\/\/[^/]*/i, "")
    .replace(/[?#].*$/, "")
    .replace(/[-.][0-9a-zA-Z_]{8,}(?=\.\w+$)/, "");
