import type { Plan } from "../../domain/plan.ts";
import type { Watch } from "../start-observers.ts";
import { observeBrowser, type ObserveBrowserOptions } from "./index.ts";
import { locateChromium } from "./locate-chromium.ts";

export interface BrowserWatchOptions {
  readonly plan: Plan;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Where the browsers' files are, relative to the run's directory. */
  readonly directory: string;
  /** Starts the browsers' process with this Chromium. */
  readonly start: (
    chromium: string,
    onLog: Parameters<ObserveBrowserOptions["start"]>[0],
  ) => ReturnType<ObserveBrowserOptions["start"]>;
}

/** Browsers as an observer, where the plan has some: without Chromium or a web target there is a gap, and the load goes on. */
export function browserWatch(options: BrowserWatchOptions): readonly Watch[] {
  const { plan, env, now, directory, start } = options;
  const { browserUsers: users, targets } = plan;
  if (users === undefined) return [];
  return [
    {
      source: "browser",
      start: async (sink) => {
        if (targets.web === undefined)
          throw new Error("the plan has no target for web; pages were not loaded in a browser");
        const chromium = locateChromium(env);
        return observeBrowser(
          { users, directory, now, start: (onLog) => start(chromium, onLog) },
          sink,
        );
      },
    },
  ];
}
