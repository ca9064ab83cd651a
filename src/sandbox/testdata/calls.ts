/** A body for each procedure of the API that is loaded, as the platform's clients send it. */

export interface KnownAddresses {
  readonly tokenFactory: string;
  readonly token: string;
  /** A token that the caller holds. */
  readonly heldToken: string;
  readonly recipient: string;
}

const walletVerification = { secretVerificationCode: "123456", verificationType: "PINCODE" };

export function callsFor({
  tokenFactory,
  token,
  heldToken,
  recipient,
}: KnownAddresses): Readonly<Record<string, { readonly json?: unknown }>> {
  return {
    "settings/theme/get": { json: {} },
    "system/list": { json: {} },
    "user/me": {},
    "settings/read": { json: { key: "BASE_CURRENCY" } },
    "system/factory/list": { json: {} },
    "system/addon/list": { json: {} },
    "actions/list": { json: { status: "PENDING" } },
    "system/read": { json: { id: "default" } },
    "user/events": {
      json: { limit: 10, offset: 0, orderBy: "blockTimestamp", orderDirection: "desc" },
    },
    "user/assets": { json: {} },
    "system/stats/portfolioDetails": { json: {} },
    "system/stats/portfolioByPreset": { json: { preset: "trailing7Days" } },
    "system/stats/assets": {},
    "system/stats/systemValueHistoryByPreset": { json: { preset: "trailing24Hours" } },
    "system/stats/transactionHistory": { json: { timeRange: 7 } },
    "token/list": { json: { tokenFactory } },
    "token/read": { json: { tokenAddress: token } },
    "token/holders": { json: { tokenAddress: token } },
    "token/events": { json: { tokenAddress: token } },
    "token/statsTotalSupply": { json: { tokenAddress: token, days: 30 } },
    "token/statsVolume": { json: { tokenAddress: token, days: 30 } },
    "token/statsSupplyChanges": { json: { tokenAddress: token, days: 30 } },
    "token/search": { json: { query: "bond", limit: 10 } },
    "user/list": { json: { limit: 20, offset: 0 } },
    "system/identity/list": { json: { limit: 20, offset: 0 } },
    "system/entity/list": { json: { limit: 20, offset: 0, filters: { isContract: true } } },
    "token/mint": {
      json: {
        contract: heldToken,
        recipients: [recipient],
        amounts: ["1000000000000000000"],
        walletVerification,
      },
    },
    "token/transfer": {
      json: { contract: heldToken, recipients: [recipient], amounts: ["1000"], walletVerification },
    },
  };
}
