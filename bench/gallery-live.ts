/** A load that is going on, two minutes after its start: a live page for the gallery, made by arithmetic. */
import { livePage } from "../reports/live/page.ts";
import { LiveRunState } from "../reports/live/run-state.ts";
import { reports } from "../reports/testdata/fixtures.ts";
import type { SurfaceProgress } from "../src/domain/load-progress.ts";
import type { Surface } from "../src/domain/surface.ts";

const { plan, startedAt } = reports.pass.run;
const seconds = 150;
const warmUp = 30;

/** What the page's policy calls a script of nothing. */
const noScript = { text: "", hash: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" };

const levels = { web: 1350, api: 128, subgraph: 104 } as const;
const perSecond = { web: 25, api: 100, subgraph: 50 } as const;

function surfaceAt(surface: Surface, second: number): SurfaceProgress {
  const level = levels[surface] * (1 + 0.05 * Math.sin(second / 7) + 0.03 * Math.sin(second * 1.7));
  const quantiles = { p50Ms: level * 0.42, p95Ms: level, p99Ms: level * 1.6 };
  const failures: Record<string, number> =
    surface === "api" && second > 95 ? { http_500: Math.min(5, second - 95) } : {};
  return {
    surface,
    requests: perSecond[surface] * second,
    failures,
    recent: quantiles,
    judged: second > warmUp ? quantiles : {},
  };
}

export function galleryLivePage(): string {
  const run = new LiveRunState(plan);
  run.event({ type: "load-start", at: startedAt });
  for (let second = 1; second <= seconds; second++) {
    const at = startedAt + second * 1000;
    const rate = plan.requestsPerMinute * Math.min(1, 0.2 + (0.8 * second) / warmUp);
    const generator = { source: "generator" as const, labels: {} };
    run.observation(at, {
      ...generator,
      at,
      name: "k6.cpu",
      value: 0.7 + 0.1 * Math.sin(second / 9),
      unit: "cores",
    });
    run.observation(at, {
      ...generator,
      at,
      name: "host.idle",
      value: 0.42 + 0.05 * Math.sin(second / 11),
      unit: "ratio",
    });
    run.second(at, {
      phase: second > warmUp ? "hold" : "warm-up",
      leftMs: plan.durationMs - second * 1000,
      offeredPerMinute: rate,
      achievedPerMinute: rate * (0.997 + 0.002 * Math.sin(second)),
      surfaces: (["web", "api", "subgraph"] as const).map((name) => surfaceAt(name, second)),
      errors: Math.min(5, Math.max(0, second - 95)),
      dropped: 0,
      users: 64,
    });
  }
  const state = {
    command: "headroom run nightly --live",
    headroom: "0.1.0",
    stage: "loading nightly",
    run,
    finished: [],
    isStopping: false,
  };
  return livePage(state, startedAt + seconds * 1000, noScript);
}
