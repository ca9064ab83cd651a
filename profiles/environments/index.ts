/**
 * Ceilings count every HTTP request, page assets included: a nightly run (10,500 requests/min without them) sends about
 * 17,000/min to a platform whose pages have ten assets.
 *
 * Specification, section "Environment Configuration Matrix". Hosts are not in it: a file of your own names them
 * (docs/environments.md), and nothing that is not named there is ever loaded.
 */
import type { Environment, EnvironmentName } from "../../src/domain/environment.ts";
import { deployedNames } from "../platform/deployed-workloads.ts";
import { hours, minutes, perMinute } from "../../src/domain/units.ts";

/** The embedded sandbox has the workloads of the specification: one for each surface. */
const sandboxWorkloads = { web: "web", api: "api", subgraph: "subgraph" } as const;

const identities = {
  count: 6,
  emailPattern: "load-{n}@example.test",
  passwordVariable: "HEADROOM_PASSWORD",
} as const;

/** More than the pages of a usual application name; a page with hundreds multiplies the load. */
const assetsPerPage = 60;

const smallLoads = {
  requestsPerMinute: perMinute(6_000),
  users: 200,
  durationMs: minutes(15),
  commandDurationMs: hours(2),
  assetsPerPage,
} as const;

const elsewhere = {
  sandbox: false,
  targets: {},
  allowedHosts: [],
  identities,
  // As the public chart names them; a team's own file may name others.
  workloads: deployedNames,
  observers: {},
} as const;

export const environments = {
  local: {
    name: "local",
    summary: "this machine: the embedded sandbox, or what listens on loopback",
    sandbox: true,
    targets: {},
    allowedHosts: ["127.0.0.1", "localhost", "[::1]"],
    allowedNetworks: ["127.0.0.0/8", "::1/128"],
    ceilings: {
      requestsPerMinute: perMinute(3_000_000),
      users: 10_000,
      durationMs: hours(12),
      commandDurationMs: hours(72),
      assetsPerPage,
    },
    approval: "none",
    identities: { ...identities, emailPattern: "load-{n}@sandbox.test" },
    workloads: sandboxWorkloads,
    observers: {},
  },
  "feature-branch": {
    ...elsewhere,
    name: "feature-branch",
    summary: "one branch's own deployment; best effort",
    ceilings: smallLoads,
    approval: "none",
  },
  "shared-development": {
    ...elsewhere,
    name: "shared-development",
    summary: "where teams meet: small loads only",
    ceilings: smallLoads,
    approval: "none",
    availabilityTarget: 0.95,
  },
  staging: {
    ...elsewhere,
    name: "staging",
    summary: "the nightly load run: production-like resources, deployed daily",
    ceilings: {
      requestsPerMinute: perMinute(50_000),
      users: 3_000,
      durationMs: hours(12),
      commandDurationMs: hours(24),
      assetsPerPage,
    },
    approval: "none",
    availabilityTarget: 0.99,
  },
  "pre-production": {
    ...elsewhere,
    name: "pre-production",
    summary: "the release gate: full production resources, deployed weekly",
    ceilings: {
      requestsPerMinute: perMinute(50_000),
      users: 3_000,
      durationMs: hours(12),
      commandDurationMs: hours(24),
      assetsPerPage,
    },
    approval: "none",
    availabilityTarget: 0.995,
  },
  production: {
    ...elsewhere,
    name: "production",
    summary: "never loaded by default: needs a recorded approval that has not expired",
    ceilings: {
      requestsPerMinute: perMinute(17_500),
      users: 1_000,
      durationMs: minutes(30),
      commandDurationMs: hours(2),
      assetsPerPage,
    },
    approval: "recorded",
    availabilityTarget: 0.999,
  },
  "disaster-recovery": {
    ...elsewhere,
    name: "disaster-recovery",
    summary: "on request, to prove that it carries the load (recovery within 4 h)",
    ceilings: {
      requestsPerMinute: perMinute(17_500),
      users: 1_000,
      durationMs: hours(4),
      commandDurationMs: hours(8),
      assetsPerPage,
    },
    approval: "recorded",
  },
} as const satisfies Record<EnvironmentName, Environment>;
