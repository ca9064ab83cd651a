/** Operations about people: their accounts, identities, holdings and events. */
import type { PlatformIds } from "./ids.ts";
import type { Input } from "./json-outcome.ts";
import { addressOr, historyDocument, historyVariables, sinceDays } from "./subgraph-call.ts";
import type { SubgraphCall } from "./subgraph-call.ts";
import type { Picker } from "./weighted.ts";

/** One identity by its account, as most callers ask for it. */
const ofIdentity = (ids: PlatformIds, picker: Picker): Input => ({
  userAddress: picker.one(ids.accounts),
  identityAddress: null,
  identityFactory: addressOr(ids.identityFactory),
  registryStorage: addressOr(ids.identityRegistryStorage),
});

const identityFilter = `where: { or: [
          { and: [{ identityFactory: $identityFactory } { account: $userAddress }] }
          { id: $identityAddress }
        ] }
        first: 1`;
const identityVariables =
  "$userAddress: String, $identityAddress: Bytes, $identityFactory: String, $registryStorage: String!";

/** A page of identities, by the transaction that made them. */
const ofIdentityPage =
  (isContract: boolean) =>
  ({ identityFactory }: PlatformIds, picker: Picker): Input => ({
    first: 20,
    skip: 20 * picker.one([0, 0, 0, 1, 2]),
    orderBy: "deployedInTransaction",
    orderDirection: "desc",
    where: { identityFactory: addressOr(identityFactory), isContract },
  });

/** How many there are: the API reads all ids and counts them. */
const totalDocument = (name: string): string =>
  `query ${name}($where: Identity_filter) { total: identities(where: $where, first: 500, skip: 0) { id } }`;
const pageVariables =
  "$first: Int!, $skip: Int!, $orderBy: Identity_orderBy!, $orderDirection: OrderDirection!, $where: Identity_filter";
const pageArguments =
  "first: $first, skip: $skip, orderBy: $orderBy, orderDirection: $orderDirection, where: $where";

const ofTotal =
  (isContract: boolean) =>
  ({ identityFactory }: PlatformIds): Input => ({
    where: { identityFactory: addressOr(identityFactory), isContract },
  });

export const userCalls = {
  UserEventsQuery: {
    document: `query UserEventsQuery($userAddress: String!, $limit: Int!, $skip: Int!, $orderBy: Event_orderBy!, $orderDirection: OrderDirection!) {
      events(
        where: { involved_contains: [$userAddress] }
        first: $limit
        skip: $skip
        orderBy: $orderBy
        orderDirection: $orderDirection
      ) {
        id eventName txIndex blockNumber blockTimestamp transactionHash
        emitter { id } sender { id } involved { id } values { id name value }
      }
    }`,
    variables: ({ accounts }, picker) => ({
      userAddress: picker.one(accounts),
      limit: 10,
      skip: 10 * picker.one([0, 0, 1]),
      orderBy: "blockTimestamp",
      orderDirection: "desc",
    }),
    shape: ["events.#"],
  },
  UserEventsCountQuery: {
    document: `query UserEventsCountQuery($userAddress: String!) {
      events(where: { involved_contains: [$userAddress] }, first: 500, skip: 0) { id }
    }`,
    variables: ({ accounts }, picker) => ({ userAddress: picker.one(accounts) }),
    shape: ["events.#"],
  },
  UserAssetsQuery: {
    document: `query UserAssetsQuery($account: String!) {
      tokenBalances(where: { account: $account }, first: 500, skip: 0) {
        id value frozen available
        token {
          id name symbol decimals totalSupply bond { isMatured }
          yield: yield_ { schedule { id denominationAsset { id symbol decimals name } } }
        }
      }
    }`,
    variables: ({ accounts }, picker) => ({ account: picker.one(accounts) }),
    shape: ["tokenBalances.#"],
  },
  ListActionsQuery: {
    document: `query ListActionsQuery($where: Action_filter) {
      actions(where: $where, first: 500, skip: 0) {
        id name target activeAt executed expiresAt executedAt executedBy executor { id executors }
      }
    }`,
    variables: ({ accounts }, picker) => {
      const now = String(Math.floor(Date.now() / 1000));
      return {
        where: {
          and: [
            { executor_: { executors_contains: [picker.one(accounts)] } },
            { executed: false },
            { activeAt_lte: now },
            { or: [{ expiresAt_gt: now }, { expiresAt: null }] },
          ],
        },
      };
    },
    shape: ["actions.#"],
  },
  SearchAccountQuery: {
    document: `query SearchAccountQuery($address: ID!) {
      account(id: $address) { id isContract contractName }
    }`,
    variables: ({ accounts }, picker) => ({ address: picker.one(accounts) }),
    shape: ["account.id"],
    sameId: { found: "account.id", asked: "address" },
  },
  ReadIdentityQuery: {
    document: `query ReadIdentityQuery(${identityVariables}) {
      identities(
        ${identityFilter}
      ) {
        id account { id contractName }
        registered(where: { registryStorage: $registryStorage }) { id country }
        claims { id name revoked issuer { id } values { key value } }
      }
    }`,
    variables: ofIdentity,
    shape: ["identities.#"],
  },
  SearchIdentityQuery: {
    document: `query SearchIdentityQuery(${identityVariables}) {
      identities(
        ${identityFilter}
      ) {
        id account { id contractName }
        registered(where: { registryStorage: $registryStorage }, first: 1) { id country }
      }
    }`,
    variables: ofIdentity,
    shape: ["identities.#"],
  },
  ReadIdentitiesQuery: {
    document: `query ReadIdentitiesQuery($walletAddresses: [String!]!, $identityFactory: String!, $registryStorage: String!, $systemId: String!) {
      identities(where: { account_in: $walletAddresses, identityFactory: $identityFactory }) {
        id account { id systemStats(where: { system: $systemId }) { isAdmin } }
        claims { id name revoked issuer { id } values { key value } }
        registered(where: { registryStorage: $registryStorage }) { id country }
      }
    }`,
    variables: (ids, picker) => ({
      walletAddresses: [...new Set(Array.from({ length: 20 }, () => picker.one(ids.accounts)))],
      identityFactory: addressOr(ids.identityFactory),
      registryStorage: addressOr(ids.identityRegistryStorage),
      systemId: ids.system,
    }),
    shape: ["identities.#"],
  },
  IdentityList: {
    document: `query IdentityList(${pageVariables}) {
      identities(${pageArguments}) {
        id isContract account { id isContract contractName } deployedInTransaction claims { id revoked }
      }
    }`,
    variables: ofIdentityPage(false),
    shape: ["identities.#"],
  },
  IdentityListTotal: {
    document: totalDocument("IdentityListTotal"),
    variables: ofTotal(false),
    shape: ["total.#"],
  },
  EntityList: {
    document: `query EntityList(${pageVariables}) {
      identities(${pageArguments}) {
        id isContract entityType account { id isContract contractName } deployedInTransaction
        claims { id revoked } registered(first: 1) { id }
      }
    }`,
    variables: ofIdentityPage(true),
    shape: ["identities.#"],
  },
  EntityListTotal: {
    document: totalDocument("EntityListTotal"),
    variables: ofTotal(true),
    shape: ["total.#"],
  },
  AccountSystemStats: {
    document: `query AccountSystemStats($accountId: ID!) {
      accountStatsState(id: $accountId) { totalValueInBaseCurrency balancesCount }
    }`,
    variables: ({ accounts }, picker) => ({ accountId: picker.one(accounts) }),
    // Null until the account holds something.
    shape: ["accountStatsState?"],
  },
  TokenFactoryBreakdown: {
    document: `query TokenFactoryBreakdown($accountId: String!, $systemId: String!) {
      accountTokenFactoryStatsStates(where: { account: $accountId, system: $systemId }) {
        tokenFactory { id name typeId } tokenBalancesCount totalValueInBaseCurrency
      }
    }`,
    variables: ({ accounts, system }, picker) => ({
      accountId: picker.one(accounts),
      systemId: system,
    }),
    shape: ["accountTokenFactoryStatsStates.#"],
  },
  PortfolioHistoryHourly: {
    document: historyDocument("PortfolioHistoryHourly", {
      collection: "accountStats_collection",
      state: "accountStatsState",
      owner: "account",
      fields: "totalValueInBaseCurrency",
    }),
    variables: ({ accounts }, picker) => historyVariables(picker.one(accounts), picker),
    shape: ["history.#", "baseline.#", "current?"],
  },
  UserMetrics: {
    document: `query UserMetrics($since: Timestamp!) {
      accountStatsStates { account { id } }
      userGrowth: accountStats_collection(
        where: { timestamp_gte: $since, account_: { isContract: false } }
        interval: day
        orderBy: timestamp
        orderDirection: asc
      ) { timestamp account { id } }
      recentActiveUsers: accountStats_collection(
        where: { timestamp_gte: $since, account_: { isContract: false } }
        interval: day
      ) { account { id } }
    }`,
    variables: sinceDays,
    shape: ["accountStatsStates.#", "userGrowth.#", "recentActiveUsers.#"],
  },
  GrowthOverTime: {
    document: `query GrowthOverTime($since: Timestamp!) {
      userGrowth: accountStats_collection(
        where: { timestamp_gte: $since, account_: { isContract: false } }
        interval: day
        orderBy: timestamp
        orderDirection: asc
      ) { timestamp account { id } }
    }`,
    variables: sinceDays,
    shape: ["userGrowth.#"],
  },
  UserCount: {
    document: `query UserCount($since: Timestamp!) {
      accountStatsStates { account { id } }
      recentActiveUsers: accountStats_collection(
        where: { timestamp_gte: $since, account_: { isContract: false } }
        interval: day
      ) { account { id } }
    }`,
    variables: sinceDays,
    shape: ["accountStatsStates.#", "recentActiveUsers.#"],
  },
} as const satisfies Readonly<Record<string, SubgraphCall>>;
