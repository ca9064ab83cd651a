import type { LoadProfile } from "../../src/domain/profile.ts";
import { perMinute, seconds } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { hold, warmUp } from "./phases.ts";

export const gate = {
  name: "gate",
  summary: "one short run of a release comparison; a gate runs pairs of them",
  requestsPerMinute: perMinute(6_000),
  // A p95 of n requests varies by about 1 / √n from run to run: each surface has about as many. More pages, ten HTTP
  // requests each, would be more than the ceiling of production.
  shares: { api: 0.24, subgraph: 0.43, web: 0.18, mixed: 0.15 },
  phases: [warmUp(seconds(10)), hold(seconds(40))],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [mostlyFailing],
  keepSamples: false,
} as const satisfies LoadProfile;
