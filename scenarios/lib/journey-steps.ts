/** What investors, issuers and administrators do, as data: requests per iteration are counted from it. */
import type { Surface } from "../../src/domain/surface.ts";
import type { ApiRead } from "./api-calls.ts";
import type { PageName } from "./page-calls.ts";
import type { SubgraphOperation } from "./subgraph-calls.ts";

/** A look at the screen: a page or none, what it then asks of the API and the subgraph, and a pause before it. */
export interface Step {
  readonly page?: PageName;
  readonly reads: readonly ApiRead[];
  readonly queries: readonly SubgraphOperation[];
}

export const journeys = {
  investor: [
    {
      page: "dashboard",
      reads: [
        "user.me",
        "system.stats.portfolioDetails",
        "system.stats.portfolioByPreset",
        "user.events",
        "actions.list",
      ],
      queries: [],
    },
    { reads: ["user.assets"], queries: ["UserAssetsQuery"] },
    {
      page: "token",
      reads: ["token.read", "token.holders", "token.events", "token.statsTotalSupply"],
      queries: ["TokenDistributionStats"],
    },
  ],
  issuer: [
    {
      page: "token-list",
      reads: ["user.me", "settings.read", "system.factory.list", "system.addon.list", "token.list"],
      queries: ["ListTokenFactories"],
    },
    { reads: ["token.search"], queries: [] },
    {
      page: "token",
      reads: [
        "token.read",
        "token.holders",
        "token.events",
        "token.statsSupplyChanges",
        "actions.list",
      ],
      queries: ["TokenHoldersQuery"],
    },
  ],
  administrator: [
    {
      page: "dashboard",
      reads: [
        "user.me",
        "system.read",
        "system.stats.assets",
        "system.stats.systemValueHistoryByPreset",
        "system.stats.transactionHistory",
        "actions.list",
      ],
      queries: ["TransactionMetrics"],
    },
    {
      page: "token-list",
      reads: ["system.factory.list", "system.addon.list", "settings.read"],
      queries: ["ListTokenQuery"],
    },
    {
      reads: ["user.list", "system.identity.list", "system.entity.list"],
      queries: ["IdentityList"],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Step[]>>;

/** HTTP requests of one iteration, assets apart. */
export const requestsOf = (steps: readonly Step[]): Readonly<Record<Surface, number>> => ({
  web: steps.filter(({ page }) => page !== undefined).length,
  api: steps.reduce((sum, { reads }) => sum + reads.length, 0),
  subgraph: steps.reduce((sum, { queries }) => sum + queries.length, 0),
});
