/** Every command, one file each, in the order of the help. A file is loaded when its command is called. */
import type { Command } from "./command.ts";

export interface ListedCommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const commands: readonly ListedCommand[] = [
  {
    name: "demo",
    summary: "start the sandbox, load its three surfaces for a minute, judge, write the report",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
  {
    name: "run",
    summary: "load a platform with a profile, judge what was measured, write the report",
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "nightly",
    summary: "run, add to the history, detect change points, notify once per new regression",
    load: async () => (await import("./commands/nightly.ts")).nightlyCommand,
  },
  {
    name: "history",
    summary:
      "the trend of every metric over all nightly runs, with its change points; a site of all runs",
    load: async () => (await import("./commands/history.ts")).historyCommand,
  },
  {
    name: "import",
    summary: "import plain k6 results (summary, CSV or JSON output)",
    load: async () => (await import("./commands/import.ts")).importCommand,
  },
  {
    name: "mix",
    summary: "measure the mix of pages, API procedures and subgraph operations from an access log",
    load: async () => (await import("./commands/mix.ts")).mixCommand,
  },
  {
    name: "attach",
    summary: "go on with a run whose Headroom died while its runners in a cluster did not",
    load: async () => (await import("./commands/attach.ts")).attachCommand,
  },
  {
    name: "analyse",
    summary: "judge a stored run again, from its raw samples where it kept them; nothing is loaded",
    load: async () => (await import("./commands/analyse.ts")).analyseCommand,
  },
  {
    name: "report",
    summary: "render a stored run in another format, including crashed runs",
    load: async () => (await import("./commands/report.ts")).reportCommand,
  },
  {
    name: "detect",
    summary:
      "find change points in any series (CSV, JSON, NDJSON); exits 0 even if change points are found",
    load: async () => (await import("./commands/detect.ts")).detectCommand,
  },
  {
    name: "compare",
    summary:
      "is the candidate worse than the baseline by more than 5 %? Two files of values, or two sets of stored runs",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  {
    name: "gate",
    summary:
      "release gate: is the candidate more than 5 % worse than the baseline? Yes, no, or not enough evidence",
    load: async () => (await import("./commands/gate.ts")).gateCommand,
  },
  {
    name: "baseline",
    summary: "named sets of valid, passing runs that a gate compares with",
    load: async () => (await import("./commands/baseline.ts")).baselineCommand,
  },
  {
    name: "fit",
    summary: "fit the scalability law to any table of loads: contention, coherency, knee, capacity",
    load: async () => (await import("./commands/fit.ts")).fitCommand,
  },
  {
    name: "plan",
    summary:
      "the quarterly capacity plan: what runs out when, what to order by which day, at what cost",
    load: async () => (await import("./commands/plan.ts")).planCommand,
  },
  {
    name: "simulate",
    summary:
      "predict what an autoscaling policy does; hpa: replay recordings; lint: check policies",
    load: async () => (await import("./commands/simulate.ts")).simulateCommand,
  },
  {
    name: "sandbox",
    summary: "start the local platform: web, API and subgraph over PostgreSQL, until Ctrl-C",
    load: async () => (await import("./commands/sandbox.ts")).sandboxCommand,
  },
  {
    name: "doctor",
    summary:
      "check this machine; with --env, each identity; with --contract, the target's contract",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  {
    name: "seed",
    summary:
      "users, roles and tokens that a staging platform needs for a load, and the calls that create them",
    load: async () => (await import("./commands/seed.ts")).seedCommand,
  },
  {
    name: "manifests",
    summary: "Kubernetes objects made for an environment: the network policy of Headroom's pods",
    load: async () => (await import("./commands/manifests.ts")).manifestsCommand,
  },
  {
    name: "explain",
    summary: "what the id of a finding, a check or an invalid run means, and what to do about it",
    load: async () => (await import("./commands/explain.ts")).explainCommand,
  },
  {
    name: "list",
    summary: "list profiles, scenarios, environments",
    load: async () => (await import("./commands/list.ts")).listCommand,
  },
  {
    name: "schema",
    summary:
      "print a JSON Schema: of what --json prints (report, gate, plan, nightly, detect, fit, compare, compare-runs), of a measured mix or of an environment file",
    load: async () => (await import("./commands/schema.ts")).schemaCommand,
  },
];
