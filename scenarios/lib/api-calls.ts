/**
 * What the API is asked: data only, so that planning, tests and k6 read the same table.
 *
 * Weights are a proposal (no production traffic is known): what every page asks weighs most, then the dashboard, then
 * what people browse; searches and administration are rare.
 */
import type { PlatformIds } from "./ids.ts";
import type { Expected, Input } from "./json-outcome.ts";
import type { Picker } from "./weighted.ts";

export interface ApiCall extends Expected {
  /** Path below `/api/rpc/`. */
  readonly path: string;
  /** Times per cycle of reads; 0: only journeys ask it. */
  readonly weight: number;
  readonly input: (ids: PlatformIds, picker: Picker) => Input;
}

const nothing = (): Input => ({});
const presets = ["trailing24Hours", "trailing7Days"] as const;
const searches = ["bond", "fund", "equity", "deposit", "stable", "eur", "usd", "green"] as const;
const settings = ["SYSTEM_ADDRESS", "BASE_CURRENCY"] as const;

const ofPreset = (_: PlatformIds, picker: Picker): Input => ({ preset: picker.one(presets) });
const ofToken = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  tokenAddress: picker.one(tokens).id,
});
const ofTokenDays = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  tokenAddress: picker.one(tokens).id,
  days: picker.one([7, 30, 90]),
});
const ofPage = (_: PlatformIds, picker: Picker): Input => ({
  limit: 20,
  offset: 20 * picker.one([0, 0, 0, 1, 2]),
});

/** By endpoint: the path with dots, as it is called everywhere else. */
export const apiReads = {
  "settings.theme.get": { path: "settings/theme/get", weight: 3, input: nothing, shape: [""] },
  "system.list": { path: "system/list", weight: 2, input: nothing, shape: ["0.id"] },
  "user.me": {
    path: "user/me",
    weight: 10,
    input: nothing,
    shape: ["id", "onboardingState.wallet"],
  },
  "settings.read": {
    path: "settings/read",
    weight: 10,
    input: (_, picker) => ({ key: picker.one(settings) }),
    shape: ["?"],
  },
  "system.factory.list": { path: "system/factory/list", weight: 8, input: nothing, shape: ["#"] },
  "system.addon.list": { path: "system/addon/list", weight: 8, input: nothing, shape: ["#"] },
  "actions.list": {
    path: "actions/list",
    weight: 8,
    input: () => ({ status: "PENDING" }),
    shape: ["#"],
  },
  "system.read": {
    path: "system/read",
    weight: 6,
    input: () => ({ id: "default" }),
    shape: ["id"],
  },
  "user.events": {
    path: "user/events",
    weight: 4,
    input: (_, picker) => ({
      limit: 10,
      offset: 10 * picker.one([0, 0, 1, 2]),
      orderBy: "blockTimestamp",
      orderDirection: "desc",
    }),
    shape: ["events.#", "total"],
  },
  "user.assets": { path: "user/assets", weight: 4, input: nothing, shape: ["#"] },
  "system.stats.portfolioDetails": {
    path: "system/stats/portfolioDetails",
    weight: 3,
    input: nothing,
    shape: ["totalValue"],
  },
  "system.stats.portfolioByPreset": {
    path: "system/stats/portfolioByPreset",
    weight: 3,
    input: ofPreset,
    shape: ["data.#"],
  },
  "system.stats.assets": {
    path: "system/stats/assets",
    weight: 2,
    input: nothing,
    shape: ["totalAssets"],
  },
  "system.stats.systemValueHistoryByPreset": {
    path: "system/stats/systemValueHistoryByPreset",
    weight: 2,
    input: ofPreset,
    shape: ["data.#"],
  },
  "system.stats.transactionHistory": {
    path: "system/stats/transactionHistory",
    weight: 2,
    input: (_, picker) => ({ timeRange: picker.one([7, 30, 90]) }),
    shape: ["transactionHistory.#"],
  },
  "token.list": {
    path: "token/list",
    weight: 6,
    input: ({ factories }, picker) => ({ tokenFactory: picker.one(factories) }),
    // The factory is that of a token.
    shape: ["tokens.0.id", "totalCount"],
  },
  "token.read": {
    path: "token/read",
    weight: 8,
    input: ofToken,
    shape: ["id", "name"],
    sameId: { found: "id", asked: "tokenAddress" },
  },
  "token.holders": {
    path: "token/holders",
    weight: 3,
    input: ofToken,
    shape: ["token.balances.#"],
  },
  "token.events": { path: "token/events", weight: 3, input: ofToken, shape: ["events.#"] },
  "token.statsTotalSupply": {
    path: "token/statsTotalSupply",
    weight: 2,
    input: ofTokenDays,
    shape: ["totalSupplyHistory.#"],
  },
  "token.statsVolume": {
    path: "token/statsVolume",
    weight: 1,
    input: ofTokenDays,
    shape: ["volumeHistory.#"],
  },
  "token.statsSupplyChanges": {
    path: "token/statsSupplyChanges",
    weight: 1,
    input: ofTokenDays,
    shape: ["supplyChangesHistory.#"],
  },
  "token.search": {
    path: "token/search",
    weight: 3,
    input: (_, picker) => ({ query: picker.one(searches), limit: 10 }),
    shape: ["#"],
  },
  "user.list": { path: "user/list", weight: 2, input: ofPage, shape: ["items.#"] },
  "system.identity.list": {
    path: "system/identity/list",
    weight: 2,
    input: ofPage,
    shape: ["items.#", "total"],
  },
  "system.entity.list": {
    path: "system/entity/list",
    weight: 1,
    input: ofPage,
    shape: ["items.#", "total"],
  },
} as const satisfies Readonly<Record<string, ApiCall>>;

export type ApiRead = keyof typeof apiReads;

/** A movement so small that the platform's totals do not show it: millionths of a token, or less. */
const dust = "1000000";

/** Who moves what, and to whom. */
export interface Movement {
  readonly token: string;
  readonly recipient: string;
  /** Of the load identities' wallets: each write asks for it. */
  readonly pincode: string;
}

const moving = ({ token, recipient, pincode }: Movement): Input => ({
  contract: token,
  recipients: [recipient],
  amounts: [dust],
  walletVerification: { secretVerificationCode: pincode, verificationType: "PINCODE" },
});

/** Each a transaction that the platform answers once it is mined and indexed. */
export const apiWrites = {
  "token.mint": { path: "token/mint", input: moving, shape: ["id"] },
  "token.transfer": { path: "token/transfer", input: moving, shape: ["id"] },
} as const;

export type ApiWrite = keyof typeof apiWrites;
