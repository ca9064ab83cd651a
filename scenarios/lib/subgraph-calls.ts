/**
 * What the subgraph is asked: the operations that the platform's API issues, by its names. Data only.
 *
 * Weights follow the API: each of its procedures reads the system first, most of the others read a token. Its
 * client-side paging (500 at a time) is a plain first page here. Variables vary, because results are cached per block.
 */
import type { PlatformIds } from "./ids.ts";
import type { Expected, Input } from "./json-outcome.ts";
import type { Picker } from "./weighted.ts";

/** What is expected is that of `data`. */
export interface SubgraphCall extends Expected {
  readonly document: string;
  /** Times per cycle. */
  readonly weight: number;
  readonly variables: (ids: PlatformIds, picker: Picker) => Input;
}

const searches = ["bond", "fund", "equity", "deposit", "stable", "eur", "usd", "green"] as const;
const dayMs = 86_400_000;

const nothing = (): Input => ({});
const ofToken = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  id: picker.one(tokens).id,
});
const ofTokenSince = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  tokenId: picker.one(tokens).id,
  since: microsecondsAgo(picker.one([7, 30, 90])),
});
const ofSystem = ({ system }: PlatformIds, picker: Picker): Input => ({
  systemAddress: system,
  orderBy: picker.one(["name", "typeId"]),
  orderDirection: picker.one(["asc", "desc"]),
});

/** The start of an hour, as charts ask for it: The Graph counts in microseconds, as text. */
function microsecondsAgo(days: number): string {
  const hourMs = dayMs / 24;
  return String(Math.floor((Date.now() - days * dayMs) / hourMs) * hourMs * 1000);
}

export const subgraphCalls = {
  GetSystem: {
    weight: 8,
    document: `query GetSystem($systemAddress: ID!, $userAddress: String!) {
      system(id: $systemAddress) {
        id
        identityFactory { id identities(where: { account: $userAddress }) { id } }
        identityRegistry { id }
        identityRegistryStorage { id registeredIdentities(where: { account: $userAddress }) { country } }
        compliance { id }
        systemAccessManager { id accessControl { id
          admin { id isContract } systemManager { id isContract } identityManager { id isContract }
          tokenManager { id isContract } complianceManager { id isContract }
          claimPolicyManager { id isContract } claimIssuer { id isContract } auditor { id isContract }
          feedsManager { id isContract } addonManager { id isContract } systemModule { id isContract }
          roleAdmins { id }
        } }
        tokenFactoryRegistry { id tokenFactories { id name typeId account { id } } }
        systemAddonRegistry { id systemAddons { id name typeId account { id } } }
        complianceModuleRegistry { id complianceModules { id name typeId } }
      }
    }`,
    variables: ({ system, accounts }, picker) => ({
      systemAddress: system,
      userAddress: picker.one(accounts),
    }),
    shape: ["system.id", "system.tokenFactoryRegistry.tokenFactories.#"],
    sameId: { found: "system.id", asked: "systemAddress" },
  },
  ReadTokenQuery: {
    weight: 8,
    document: `query ReadTokenQuery($id: ID!) {
      token(id: $id) {
        id type name symbol decimals totalSupply createdAt extensions createdBy { id }
        account { id }
        identity { id claims { id name revoked issuer { id } values { key value } } }
        tokenFactory { id typeId }
        accessControl { id
          admin { id isContract } governance { id isContract } supplyManagement { id isContract }
          custodian { id isContract } emergency { id isContract } tokenManager { id isContract }
          roleAdmins { id }
        }
        pausable { paused } capped { cap } collateral { collateral expiryTimestamp }
        bond { faceValue isMatured maturityDate } fund { managementFeeBps }
        stats { balancesCount totalValueInBaseCurrency }
        tokenComplianceModuleConfigs { id complianceModule { typeId } }
      }
    }`,
    variables: ofToken,
    shape: ["token.id", "token.accessControl.id"],
    sameId: { found: "token.id", asked: "id" },
  },
  ListTokenQuery: {
    weight: 4,
    document: `query ListTokenQuery($orderBy: Token_orderBy, $orderDirection: OrderDirection, $where: Token_filter) {
      tokens(first: 500, orderBy: $orderBy, orderDirection: $orderDirection, where: $where) {
        id type name symbol decimals totalSupply createdAt extensions
        pausable { paused } tokenFactory { id typeId }
        account { identities { claims(where: { revoked: false }) { name values { key value } } } }
      }
    }`,
    variables: ({ factories }, picker) => ({
      orderBy: picker.one(["name", "createdAt"]),
      orderDirection: picker.one(["asc", "desc"]),
      where: { tokenFactory: picker.one(factories) },
    }),
    // The factory is that of a token.
    shape: ["tokens.0.id"],
  },
  SearchTokenQuery: {
    weight: 3,
    document: `query SearchTokenQuery($where: Token_filter, $limit: Int!) {
      tokens(first: $limit, where: $where) {
        id type name symbol decimals totalSupply pausable { paused }
      }
    }`,
    variables: ({ tokens }, picker) => {
      const search = picker.one(searches);
      return {
        where: {
          or: [
            { name_contains_nocase: search },
            { symbol_contains_nocase: search },
            { id: picker.one(tokens).id },
          ],
        },
        limit: 10,
      };
    },
    // One is asked for by its id.
    shape: ["tokens.0.id"],
  },
  TokenHoldersQuery: {
    weight: 3,
    document: `query TokenHoldersQuery($id: ID!) {
      token(id: $id) {
        id
        balances(first: 500, orderBy: value, orderDirection: desc) {
          account { id } available frozen isFrozen value lastUpdatedAt
        }
      }
    }`,
    variables: ofToken,
    shape: ["token.balances.#"],
    sameId: { found: "token.id", asked: "id" },
  },
  TokenEventsQuery: {
    weight: 3,
    document: `query TokenEventsQuery($emitter: String!) {
      events(first: 500, orderBy: blockTimestamp, orderDirection: desc, where: { emitter: $emitter }) {
        id eventName blockNumber blockTimestamp transactionHash txIndex
        emitter { id } sender { id } values { id name value }
      }
    }`,
    variables: ({ tokens }, picker) => ({ emitter: picker.one(tokens).id }),
    shape: ["events.#"],
  },
  UserEventsQuery: {
    weight: 3,
    document: `query UserEventsQuery($userAddress: String!, $limit: Int!, $skip: Int!) {
      events(
        first: $limit
        skip: $skip
        orderBy: blockTimestamp
        orderDirection: desc
        where: { involved_contains: [$userAddress] }
      ) {
        id eventName blockNumber blockTimestamp transactionHash txIndex
        emitter { id } sender { id } values { id name value }
      }
    }`,
    variables: ({ accounts }, picker) => ({
      userAddress: picker.one(accounts),
      limit: 10,
      skip: 10 * picker.one([0, 0, 1]),
    }),
    shape: ["events.#"],
  },
  UserAssetsQuery: {
    weight: 3,
    document: `query UserAssetsQuery($account: String!) {
      tokenBalances(first: 500, where: { account: $account }) {
        id value available frozen isFrozen
        token { id name symbol decimals totalSupply tokenFactory { id } }
      }
    }`,
    variables: ({ accounts }, picker) => ({ account: picker.one(accounts) }),
    shape: ["tokenBalances.#"],
  },
  ListTokenFactories: {
    weight: 5,
    document: `query ListTokenFactories($systemAddress: ID!, $orderBy: TokenFactory_orderBy, $orderDirection: OrderDirection) {
      system(id: $systemAddress) {
        tokenFactoryRegistry {
          tokenFactories(first: 500, orderBy: $orderBy, orderDirection: $orderDirection) {
            id name typeId hasTokens tokenExtensions
          }
        }
      }
    }`,
    variables: ofSystem,
    shape: ["system.tokenFactoryRegistry.tokenFactories.#"],
  },
  ListSystemAddons: {
    weight: 5,
    document: `query ListSystemAddons($systemAddress: ID!, $orderBy: SystemAddon_orderBy, $orderDirection: OrderDirection) {
      system(id: $systemAddress) {
        systemAddonRegistry {
          systemAddons(first: 500, orderBy: $orderBy, orderDirection: $orderDirection) {
            id name typeId account { id }
          }
        }
      }
    }`,
    variables: ofSystem,
    shape: ["system.systemAddonRegistry.systemAddons.#"],
  },
  ListActionsQuery: {
    weight: 5,
    document: `query ListActionsQuery($where: Action_filter) {
      actions(first: 500, where: $where) {
        id name status target { id } activeAt expiresAt executedAt executedBy { id }
        executor { id executors { id } }
      }
    }`,
    variables: ({ tokens }, picker) => ({
      where: { target_in: [picker.one(tokens).id, picker.one(tokens).id, picker.one(tokens).id] },
    }),
    shape: ["actions.#"],
  },
  GetIndexingStatus: {
    weight: 4,
    document: `query GetIndexingStatus { _meta { hasIndexingErrors block { number } } }`,
    variables: nothing,
    shape: ["_meta.block.number"],
  },
  TransactionMetrics: {
    weight: 1,
    document: `query TransactionMetrics($since: Timestamp!) {
      eventStats_collection(interval: day, where: { eventName: "Transfer", timestamp_gte: $since }) {
        timestamp eventsCount
      }
    }`,
    variables: (_, picker) => ({ since: microsecondsAgo(picker.one([7, 14, 30])) }),
    shape: ["eventStats_collection.#"],
  },
  TokenTotalSupplyHistory: {
    weight: 1,
    document: `query TokenTotalSupplyHistory($tokenId: String!, $since: Timestamp!) {
      tokenStats_collection(interval: day, where: { token: $tokenId, timestamp_gte: $since }) {
        timestamp totalSupply
      }
    }`,
    variables: ofTokenSince,
    shape: ["tokenStats_collection.#"],
  },
  TokenVolumeHistory: {
    weight: 1,
    document: `query TokenVolumeHistory($tokenId: String!, $since: Timestamp!) {
      tokenStats_collection(interval: day, where: { token: $tokenId, timestamp_gte: $since }) {
        timestamp totalTransferred
      }
    }`,
    variables: ofTokenSince,
    shape: ["tokenStats_collection.#"],
  },
  TokenDistributionStats: {
    weight: 1,
    document: `query TokenDistributionStats($id: ID!) {
      tokenDistributionStatsState(id: $id) { id percentageOwnedByTop5Holders }
    }`,
    variables: ofToken,
    // Null until the first balance changes.
    shape: ["tokenDistributionStatsState?"],
  },
  IdentityList: {
    weight: 1,
    document: `query IdentityList($first: Int!, $skip: Int!, $where: Identity_filter) {
      identities(first: $first, skip: $skip, orderBy: deployedAt, orderDirection: desc, where: $where) {
        id isContract deployedAt account { id country lastActivity } claims { id name revoked }
      }
    }`,
    variables: (_, picker) => ({
      first: 20,
      skip: 20 * picker.one([0, 0, 0, 1, 2]),
      where: { isContract: picker.one([false, false, true]) },
    }),
    shape: ["identities.#"],
  },
} as const satisfies Readonly<Record<string, SubgraphCall>>;

export type SubgraphOperation = keyof typeof subgraphCalls;
