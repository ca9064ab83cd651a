/**
 * What each scenario sends per iteration. The k6 code of the same names lives in `scenarios/`; planning needs these
 * figures before any code runs, and after the run they are compared with the requests sent (± 2 %).
 */
import type { Scenario, ScenarioName } from "../src/domain/profile.ts";
import { milliseconds, seconds } from "../src/domain/units.ts";

export const scenarios = {
  web: {
    name: "web",
    summary:
      "page views: sign-in page, dashboard, token list, token page, documentation, each with its assets",
    flows: [
      {
        name: "web",
        share: 1,
        requestsPerIteration: { web: 1 },
        typicalIterationMs: milliseconds(1500),
      },
    ],
  },
  api: {
    name: "api",
    summary:
      "oRPC: the 47 reads that browsers send for page views, by weight; mint and transfer at a low rate",
    flows: [
      {
        name: "api-reads",
        share: 0.995,
        requestsPerIteration: { api: 1 },
        typicalIterationMs: milliseconds(150),
        roles: ["administrator"],
      },
      {
        name: "api-writes",
        share: 0.005,
        requestsPerIteration: { api: 1 },
        typicalIterationMs: milliseconds(800),
        roles: ["issuer"],
      },
    ],
  },
  subgraph: {
    name: "subgraph",
    summary: "GraphQL: the operations that the API issues, with varying variables",
    flows: [
      {
        name: "subgraph",
        share: 1,
        requestsPerIteration: { subgraph: 1 },
        typicalIterationMs: milliseconds(120),
      },
    ],
  },
  mixed: {
    name: "mixed",
    summary: "journeys across all three surfaces: investor, issuer, administrator",
    flows: [
      {
        name: "investor",
        share: 0.7,
        requestsPerIteration: { web: 2, api: 25, subgraph: 2 },
        typicalIterationMs: seconds(8),
        roles: ["investor"],
      },
      {
        name: "issuer",
        share: 0.2,
        requestsPerIteration: { web: 2, api: 24, subgraph: 2 },
        typicalIterationMs: seconds(9),
        roles: ["issuer"],
      },
      {
        name: "administrator",
        share: 0.1,
        requestsPerIteration: { web: 2, api: 25, subgraph: 3 },
        typicalIterationMs: seconds(9),
        roles: ["administrator"],
      },
    ],
  },
  noop: {
    name: "noop",
    summary:
      "the cheapest request of the API, to find the generator's own ceiling; nothing is judged",
    flows: [
      {
        name: "noop",
        share: 1,
        requestsPerIteration: { api: 1 },
        typicalIterationMs: milliseconds(20),
      },
    ],
  },
} as const satisfies Record<ScenarioName, Scenario>;
