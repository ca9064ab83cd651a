/** What investors, issuers and administrators do, as data; the requests that the scenarios declare are counted from it. */
import type { ApiRead } from "./api-calls.ts";
import type { PageName } from "./page-calls.ts";
import type { SubgraphOperation } from "./subgraph-calls.ts";

/** One step of a journey: a page or none, its requests to the API and the subgraph, and a pause before it. */
export interface Step {
  readonly page?: PageName;
  readonly reads: readonly ApiRead[];
  readonly queries: readonly SubgraphOperation[];
}

/** Names of addresses in a table. Fewer than its rows: names are kept for 29 minutes, so that some are known. */
const names = ["account.search", "account.search", "account.search"] as const;

/** What the first view of a token requests from the browser, however it is opened. */
const tokenView = [
  "token.holder",
  "token.statsCollateralRatio",
  "token.statsWalletDistribution",
  "token.statsSupplyChanges",
  "token.statsSupplyChanges",
  "token.statsTotalSupply",
  "token.statsVolume",
  "account.search",
] as const;

/** What every user's dashboard requests from the browser. */
const dashboardView = [
  "actions.list",
  "user.events",
  "system.stats.portfolioDetails",
  "settings.read",
  "system.stats.portfolioByPreset",
] as const;

/**
 * Reads are those that the browser sends (`page-requests.ts`): after a document, those of its components; for a step
 * without a page, which is a link inside the application, those of the loader too.
 */
export const journeys = {
  investor: [
    {
      page: "dashboard",
      reads: [...dashboardView, "system.stats.portfolioByPreset", "system.identity.me"],
      queries: [],
    },
    { reads: ["user.assets", "actions.list", ...names], queries: ["UserAssetsQuery"] },
    { page: "token", reads: ["system.read", ...tokenView], queries: ["TokenDistributionStats"] },
    { reads: ["token.holders", ...names], queries: [] },
  ],
  issuer: [
    {
      page: "dashboard",
      reads: [...dashboardView, "system.stats.assets", "system.stats.systemValueHistoryByPreset"],
      queries: [],
    },
    { page: "token-list", reads: ["system.read", ...names], queries: ["ListTokenFactories"] },
    { reads: ["token.search"], queries: [] },
    {
      reads: ["token.read", "system.factory.read", ...tokenView],
      queries: ["TokenHoldersQuery"],
    },
    { reads: ["token.events", "account.search"], queries: [] },
  ],
  administrator: [
    {
      page: "dashboard",
      reads: [
        ...dashboardView,
        "system.stats.identityCount",
        "system.stats.identityStatsOverTimeByPreset",
        "system.stats.trustedIssuerStatsState",
        "system.stats.trustedIssuerStatsByPreset",
        "system.stats.claimsStatsState",
        "system.stats.claimsStatsByPreset",
      ],
      queries: ["TransactionMetrics"],
    },
    { page: "token-list", reads: ["system.read", ...names], queries: ["ListTokenQuery"] },
    { reads: ["user.list"], queries: [] },
    { reads: ["system.entity.list"], queries: ["IdentityList"] },
    {
      reads: [
        "system.stats.assets",
        "system.stats.transactionCount",
        "user.statsUserCount",
        "system.stats.value",
        "system.stats.assetActivityByPreset",
        "system.stats.assetActivityByPreset",
        "user.statsGrowthOverTime",
        "system.stats.transactionHistory",
      ],
      queries: [],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Step[]>>;
