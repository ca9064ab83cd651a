/**
 * The API's requests: data only, so that planning, tests and k6 read the same table. Weights follow from page views
 * (`page-traffic.ts`): a read has the weight of the requests that browsers send.
 */
import { roles } from "../../src/domain/role.ts";
import type { PlatformIds } from "./ids.ts";
import type { Expected, Input } from "./json-outcome.ts";
import type { Picker } from "./weighted.ts";

export interface ApiCall extends Expected {
  /** Path below `/api/rpc/`. */
  readonly path: string;
  readonly input: (ids: PlatformIds, picker: Picker) => Input;
}

const nothing = (): Input => ({});
const presets = ["trailing24Hours", "trailing7Days"] as const;
const searches = ["bond", "fund", "equity", "deposit", "stable", "eur", "usd", "green"] as const;
const tableRows = 20;

const ofPreset = (_: PlatformIds, picker: Picker): Input => ({ preset: picker.one(presets) });
const ofWeek = (): Input => ({ preset: "trailing7Days" });
const ofToken = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  tokenAddress: picker.one(tokens).id,
});
/** A platform without bonds answers about any other token with zeros. */
const ofBond = (ids: PlatformIds, picker: Picker): Input =>
  ids.bonds.length === 0 ? ofToken(ids, picker) : { tokenAddress: picker.one(ids.bonds) };
const ofTokenDays =
  (...days: readonly number[]) =>
  (ids: PlatformIds, picker: Picker): Input => ({
    ...ofToken(ids, picker),
    days: picker.one(days),
  });
const ofDays = (timeRange: number) => (): Input => ({ timeRange });
/** The first pages of a table are opened most. */
const ofPage =
  (orderBy: string, orderDirection: "asc" | "desc") =>
  (_: PlatformIds, picker: Picker): Input => ({
    limit: tableRows,
    offset: tableRows * picker.one([0, 0, 0, 1, 2]),
    orderBy,
    orderDirection,
  });

/** By endpoint: the path with dots, as it is called everywhere else. */
export const apiReads = {
  "account.search": {
    path: "account/search",
    // Tokens and holders by turns: what tables of addresses show.
    input: ({ tokens, accounts }, picker) => ({
      query: picker.next() < 0.5 ? picker.one(tokens).id : picker.one(accounts),
      limit: 1,
    }),
    shape: ["#"],
  },
  "actions.list": {
    path: "actions/list",
    // The dashboard, the tab of a token, the user's assets.
    input: (ids, picker) =>
      picker.one([
        {},
        {},
        { status: "PENDING" },
        { targets: [picker.one(ids.tokens).id] },
        { name: "ClaimYield" },
      ]),
    shape: ["#"],
  },
  "settings.read": { path: "settings/read", input: () => ({ key: "BASE_CURRENCY" }), shape: ["?"] },
  "settings.theme.get": { path: "settings/theme/get", input: nothing, shape: ["metadata.version"] },
  "system.addon.list": { path: "system/addon/list", input: nothing, shape: ["#"] },
  "system.entity.list": {
    path: "system/entity/list",
    input: ofPage("lastActivity", "desc"),
    shape: ["items.#", "total"],
  },
  "system.factory.list": { path: "system/factory/list", input: nothing, shape: ["#"] },
  "system.factory.read": {
    path: "system/factory/read",
    input: ({ factories }, picker) => ({ id: picker.one(factories) }),
    shape: ["id", "name"],
    sameId: { found: "id", asked: "id" },
  },
  "system.identity.me": { path: "system/identity/me", input: nothing, shape: ["id", "account.id"] },
  "system.read": { path: "system/read", input: () => ({ id: "default" }), shape: ["id"] },
  "system.stats.assetActivityByPreset": {
    path: "system/stats/assetActivityByPreset",
    input: ofPreset,
    shape: ["data.#"],
  },
  "system.stats.assets": { path: "system/stats/assets", input: nothing, shape: ["totalAssets"] },
  "system.stats.claimsStatsByPreset": {
    path: "system/stats/claimsStatsByPreset",
    input: ofWeek,
    shape: ["data.#"],
  },
  "system.stats.claimsStatsState": {
    path: "system/stats/claimsStatsState",
    input: nothing,
    shape: ["totalIssuedClaims"],
  },
  "system.stats.identityCount": {
    path: "system/stats/identityCount",
    input: nothing,
    shape: ["userIdentitiesCreatedCount"],
  },
  "system.stats.identityStatsOverTimeByPreset": {
    path: "system/stats/identityStatsOverTimeByPreset",
    input: ofWeek,
    shape: ["identityStats.#"],
  },
  "system.stats.portfolioByPreset": {
    path: "system/stats/portfolioByPreset",
    input: ofPreset,
    shape: ["data.#"],
  },
  "system.stats.portfolioDetails": {
    path: "system/stats/portfolioDetails",
    input: nothing,
    shape: ["totalValue"],
  },
  "system.stats.systemValueHistoryByPreset": {
    path: "system/stats/systemValueHistoryByPreset",
    input: ofWeek,
    shape: ["data.#"],
  },
  "system.stats.transactionCount": {
    path: "system/stats/transactionCount",
    input: ofDays(7),
    shape: ["totalTransactions"],
  },
  "system.stats.transactionHistory": {
    path: "system/stats/transactionHistory",
    input: ofDays(30),
    shape: ["transactionHistory.#"],
  },
  "system.stats.trustedIssuerStatsByPreset": {
    path: "system/stats/trustedIssuerStatsByPreset",
    input: ofWeek,
    shape: ["data.#"],
  },
  "system.stats.trustedIssuerStatsState": {
    path: "system/stats/trustedIssuerStatsState",
    input: nothing,
    shape: ["totalActiveTrustedIssuers"],
  },
  "system.stats.value": { path: "system/stats/value", input: nothing, shape: ["totalValue"] },
  "token.compliance": {
    path: "token/compliance",
    input: ofToken,
    shape: ["complianceModuleConfigs.#"],
  },
  "token.denominationAssets": { path: "token/denominationAssets", input: ofBond, shape: ["#"] },
  "token.events": { path: "token/events", input: ofToken, shape: ["events.#"] },
  "token.holder": {
    path: "token/holder",
    input: (ids, picker) => ({ ...ofToken(ids, picker), holderAddress: picker.one(ids.accounts) }),
    // Null: this account holds none of it.
    shape: ["holder?"],
  },
  "token.holders": { path: "token/holders", input: ofToken, shape: ["token.balances.#"] },
  "token.list": {
    path: "token/list",
    input: ({ factories }, picker) => ({ tokenFactory: picker.one(factories) }),
    // The factory is that of a token.
    shape: ["tokens.0.id", "totalCount"],
  },
  "token.read": {
    path: "token/read",
    input: ofToken,
    shape: ["id", "name"],
    sameId: { found: "id", asked: "tokenAddress" },
  },
  "token.search": {
    path: "token/search",
    input: (_, picker) => ({ query: picker.one(searches), limit: 10 }),
    shape: ["#"],
  },
  "token.statsBondStatus": {
    path: "token/statsBondStatus",
    input: ofBond,
    shape: ["coveredPercentage"],
  },
  "token.statsCollateralRatio": {
    path: "token/statsCollateralRatio",
    input: ofToken,
    shape: ["collateralRatio"],
  },
  "token.statsSupplyChanges": {
    path: "token/statsSupplyChanges",
    input: ofTokenDays(365, 30),
    shape: ["supplyChangesHistory.#"],
  },
  "token.statsTotalSupply": {
    path: "token/statsTotalSupply",
    input: ofTokenDays(30),
    shape: ["totalSupplyHistory.#"],
  },
  "token.statsVolume": {
    path: "token/statsVolume",
    input: ofTokenDays(30),
    shape: ["volumeHistory.#"],
  },
  "token.statsWalletDistribution": {
    path: "token/statsWalletDistribution",
    input: ofToken,
    shape: ["buckets.#", "totalHolders"],
  },
  "token.statsYieldCoverage": {
    path: "token/statsYieldCoverage",
    input: ofBond,
    shape: ["yieldCoverage"],
  },
  "token.statsYieldDistribution": {
    path: "token/statsYieldDistribution",
    input: ofBond,
    shape: ["periods.#"],
  },
  "user.assets": { path: "user/assets", input: nothing, shape: ["#"] },
  "user.events": {
    path: "user/events",
    // The dashboard, and the pages of the activity.
    input: (ids, picker) =>
      picker.next() < 0.7 ? { limit: tableRows } : ofPage("blockTimestamp", "desc")(ids, picker),
    shape: ["events.#", "total"],
  },
  "user.list": {
    path: "user/list",
    input: ofPage("createdAt", "desc"),
    shape: ["items.#", "total"],
  },
  "user.me": { path: "user/me", input: nothing, shape: ["id", "onboardingState.wallet"] },
  "user.search": {
    path: "user/search",
    input: (_, picker) => ({ query: picker.one(searches), limit: 10 }),
    shape: ["#"],
  },
  "user.statsGrowthOverTime": {
    path: "user/statsGrowthOverTime",
    input: ofDays(30),
    shape: ["userGrowth.#"],
  },
  "user.statsUserCount": {
    path: "user/statsUserCount",
    input: ofDays(7),
    shape: ["totalUsers"],
  },
} as const satisfies Readonly<Record<string, ApiCall>>;

export type ApiRead = keyof typeof apiReads;

export const apiReadNames: readonly ApiRead[] = Object.keys(apiReads).filter(
  (name): name is ApiRead => name in apiReads,
);

/** Who sends a read: one of a role, or whoever there is. */
export const readers = [...roles, undefined] as const;

/** Who moves what, and to whom. */
export interface Movement {
  readonly token: string;
  readonly recipient: string;
  /** Base units, as the platform takes them. */
  readonly amount: string;
  /** Of the load identities' wallets: each write requires it. */
  readonly pincode: string;
}

const moving = ({ token, recipient, amount, pincode }: Movement): Input => ({
  contract: token,
  recipients: [recipient],
  amounts: [amount],
  walletVerification: { secretVerificationCode: pincode, verificationType: "PINCODE" },
});

/** Each a transaction that the platform answers once it is mined and indexed. */
export const apiWrites = {
  "token.mint": { path: "token/mint", input: moving, shape: ["id"] },
  "token.transfer": { path: "token/transfer", input: moving, shape: ["id"] },
} as const;

export type ApiWrite = keyof typeof apiWrites;
