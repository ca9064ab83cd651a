/** Operations about the system: its parts, and the figures of its dashboards. */
import type { PlatformIds } from "./ids.ts";
import type { Input } from "./json-outcome.ts";
import {
  addressOr,
  historyDocument,
  historyVariables,
  nothing,
  sinceDays,
} from "./subgraph-call.ts";
import type { SubgraphCall } from "./subgraph-call.ts";
import { rolesSelection } from "./subgraph-roles.ts";
import type { Picker } from "./weighted.ts";

const ofSystemPart = ({ system }: PlatformIds, picker: Picker): Input => ({
  systemAddress: system,
  orderBy: picker.one(["name", "typeId"]),
  orderDirection: picker.one(["asc", "desc"]),
});
const ofSystemId = ({ system }: PlatformIds): Input => ({ systemId: system });
const ofSystemHistory = ({ system }: PlatformIds, picker: Picker): Input =>
  historyVariables(system, picker);
const ofTopicsHistory = ({ topicSchemeRegistry }: PlatformIds, picker: Picker): Input =>
  historyVariables(addressOr(topicSchemeRegistry), picker);
const ofTopics = ({ topicSchemeRegistry }: PlatformIds): Input => ({
  registry: addressOr(topicSchemeRegistry),
});
const ofTrustedIssuers = ({ trustedIssuersRegistry }: PlatformIds): Input => ({
  registry: addressOr(trustedIssuersRegistry),
});

const claimCounts = "totalIssuedClaims totalActiveClaims totalRemovedClaims totalRevokedClaims";
const issuerCounts =
  "totalAddedTrustedIssuers totalActiveTrustedIssuers totalRemovedTrustedIssuers";
const topicCounts = "totalRegisteredTopicSchemes totalActiveTopicSchemes totalRemovedTopicSchemes";
const transfers = (since: string, rest: string): string =>
  `eventStats_collection(where: { ${since}eventName: "Transfer" }, interval: day) ${rest}`;

export const systemCalls = {
  GetSystem: {
    document: `query GetSystem($systemAddress: ID!, $userAddress: String!) {
      system(id: $systemAddress) {
        id deployedInTransaction
        systemAccessManager { id accessControl { ${rolesSelection} } }
        tokenFactoryRegistry { id tokenFactories { id name typeId } }
        complianceModuleRegistry { id complianceModules { id module typeId name } }
        identityFactory { id identities(where: { account: $userAddress }) { id } }
        identityRegistryStorage { id registeredIdentities(where: { account: $userAddress }) { id country } }
        identityRegistry { id } trustedIssuersRegistry { id } topicSchemeRegistry { id }
        systemAddonRegistry { id systemAddons { id name typeId } }
      }
    }`,
    variables: ({ system, accounts }, picker) => ({
      systemAddress: system,
      userAddress: picker.one(accounts),
    }),
    shape: ["system.id", "system.tokenFactoryRegistry.tokenFactories.#"],
    sameId: { found: "system.id", asked: "systemAddress" },
  },
  ListSystemQuery: {
    document: `query ListSystemQuery($orderBy: System_orderBy, $orderDirection: OrderDirection) {
      systems(orderBy: $orderBy, orderDirection: $orderDirection, first: 500, skip: 0) { id }
    }`,
    variables: () => ({ orderBy: "id", orderDirection: "asc" }),
    shape: ["systems.0.id"],
  },
  ListTokenFactories: {
    document: `query ListTokenFactories($systemAddress: ID!, $orderBy: TokenFactory_orderBy, $orderDirection: OrderDirection) {
      system(id: $systemAddress) {
        id
        tokenFactoryRegistry {
          id
          tokenFactories(orderBy: $orderBy, orderDirection: $orderDirection, first: 500, skip: 0) {
            id name typeId hasTokens tokenExtensions
          }
        }
      }
    }`,
    variables: ofSystemPart,
    shape: ["system.tokenFactoryRegistry.tokenFactories.#"],
  },
  ReadTokenFactory: {
    document: `query ReadTokenFactory($id: ID!) { tokenFactory(id: $id) { id name typeId } }`,
    variables: ({ factories }, picker) => ({ id: picker.one(factories) }),
    shape: ["tokenFactory.id"],
    sameId: { found: "tokenFactory.id", asked: "id" },
  },
  CheckAccessControl: {
    document: `query CheckAccessControl($address: ID!) { accessControl(id: $address) { id } }`,
    variables: ({ tokens }, picker) => ({ address: picker.one(tokens).id }),
    // An address that is free has none.
    shape: ["accessControl?"],
  },
  ListSystemAddons: {
    document: `query ListSystemAddons($systemAddress: ID!, $orderBy: SystemAddon_orderBy, $orderDirection: OrderDirection) {
      system(id: $systemAddress) {
        id
        systemAddonRegistry {
          id
          systemAddons(orderBy: $orderBy, orderDirection: $orderDirection, first: 500, skip: 0) {
            id name typeId deployedInTransaction account { id }
          }
        }
      }
    }`,
    variables: ofSystemPart,
    shape: ["system.systemAddonRegistry.systemAddons.#"],
  },
  GetComplianceModules: {
    document: `query GetComplianceModules($registryAddress: String!) {
      complianceModules(where: { complianceModuleRegistry: $registryAddress }, first: 500, skip: 0) {
        id module typeId name globalConfigs { id parameters { addresses countries } }
      }
    }`,
    variables: ({ complianceModuleRegistry }) => ({
      registryAddress: addressOr(complianceModuleRegistry),
    }),
    shape: ["complianceModules.#"],
  },
  GetTopicSchemes: {
    document: `query GetTopicSchemes($registry: String!) {
      topicSchemes(
        where: { registry: $registry, enabled: true }
        orderBy: topicId
        orderDirection: asc
        first: 500
        skip: 0
      ) { id topicId name signature registry { id } }
    }`,
    variables: ofTopics,
    shape: ["topicSchemes.#"],
  },
  GetTrustedIssuers: {
    document: `query GetTrustedIssuers($registry: String!) {
      trustedIssuers(where: { registry: $registry }, orderBy: id, orderDirection: asc, first: 500, skip: 0) {
        id deployedInTransaction claimTopics { id topicId name signature } account { id }
      }
    }`,
    variables: ofTrustedIssuers,
    shape: ["trustedIssuers.#"],
  },
  GetUserTrustedIssuerTopics: {
    document: `query GetUserTrustedIssuerTopics($userWallet: Bytes!) {
      trustedIssuers(where: { account_: { id: $userWallet } }) { id claimTopics { name } }
    }`,
    variables: ({ accounts }, picker) => ({ userWallet: picker.one(accounts) }),
    shape: ["trustedIssuers.#"],
  },
  GetIndexingStatus: {
    document: `query GetIndexingStatus { _meta { block { number } } }`,
    variables: nothing,
    shape: ["_meta.block.number"],
  },
  // The platform gives this one no name.
  SystemAssetsQuery: {
    document: `query SystemAssetsQuery($systemAddressId: ID!, $systemAddressBytes: Bytes!) {
      systemStatsState(id: $systemAddressId) {
        id tokensCreatedCount tokensLaunchedCount totalValueInBaseCurrency
      }
      tokenTypeStatsStates(where: { system_: { id: $systemAddressBytes } }) {
        id type count totalValueInBaseCurrency
      }
    }`,
    variables: ({ system }) => ({ systemAddressId: system, systemAddressBytes: system }),
    shape: ["systemStatsState?", "tokenTypeStatsStates.#"],
  },
  TotalValue: {
    document: `query TotalValue($systemId: ID!) {
      systemStatsState(id: $systemId) { totalValueInBaseCurrency }
    }`,
    variables: ofSystemId,
    shape: ["systemStatsState?"],
  },
  TransactionMetrics: {
    document: `query TransactionMetrics($since: Timestamp!) {
      totalTransactions: ${transfers("", "{ eventsCount }")}
      recentTransactions: ${transfers("timestamp_gte: $since, ", "{ eventsCount }")}
      transactionHistory: eventStats_collection(
        where: { timestamp_gte: $since, eventName: "Transfer" }
        interval: day
        orderBy: timestamp
        orderDirection: asc
      ) { timestamp eventsCount }
    }`,
    variables: sinceDays,
    shape: ["totalTransactions.#", "recentTransactions.#", "transactionHistory.#"],
  },
  TransactionCount: {
    document: `query TransactionCount($since: Timestamp!) {
      totalTransactions: ${transfers("", "{ eventsCount }")}
      recentTransactions: ${transfers("timestamp_gte: $since, ", "{ eventsCount }")}
    }`,
    variables: sinceDays,
    shape: ["totalTransactions.#", "recentTransactions.#"],
  },
  SystemValueHistory: {
    document: historyDocument("SystemValueHistory", {
      collection: "systemStats_collection",
      state: "systemStatsState",
      owner: "system",
      fields: "totalValueInBaseCurrency",
    }),
    variables: ofSystemHistory,
    shape: ["history.#", "baseline.#", "current?"],
  },
  SystemAssetActivity: {
    document: historyDocument("SystemAssetActivity", {
      collection: "systemStats_collection",
      state: "systemStatsState",
      owner: "system",
      fields: "transferEventsCount mintEventsCount burnEventsCount",
    }),
    variables: ofSystemHistory,
    shape: ["history.#", "baseline.#", "current?"],
  },
  SystemAssetLifecycle: {
    document: historyDocument("SystemAssetLifecycle", {
      collection: "systemStats_collection",
      state: "systemStatsState",
      owner: "system",
      fields: "tokensCreatedCount tokensLaunchedCount",
    }),
    variables: ofSystemHistory,
    shape: ["history.#", "baseline.#", "current?"],
  },
  IdentityStatsOverTime: {
    document: historyDocument("IdentityStatsOverTime", {
      collection: "identityStats_collection",
      state: "identityStatsState",
      owner: "system",
      fields: "activeUserIdentitiesCount",
    }),
    variables: ofSystemHistory,
    shape: ["history.#", "baseline.#", "current?"],
  },
  IdentityCount: {
    document: `query IdentityCount($systemId: ID!) {
      system(id: $systemId) {
        identityStats {
          userIdentitiesCreatedCount activeUserIdentitiesCount removedUserIdentitiesCount
          pendingUserIdentitiesCount
        }
      }
    }`,
    variables: ofSystemId,
    shape: ["system.identityStats?"],
  },
  ClaimsStats: {
    document: historyDocument("ClaimsStats", {
      collection: "claimsStats_collection",
      state: "claimsStatsState",
      owner: "topicSchemeRegistry",
      fields: claimCounts,
    }),
    variables: ofTopicsHistory,
    shape: ["history.#", "baseline.#", "current?"],
  },
  ClaimsStatsState: {
    document: `query ClaimsStatsState($registry: ID!) {
      claimsStatsState(id: $registry) { ${claimCounts} }
    }`,
    variables: ofTopics,
    shape: ["claimsStatsState?"],
  },
  TopicSchemesStats: {
    document: historyDocument("TopicSchemesStats", {
      collection: "topicSchemesStats_collection",
      state: "topicSchemesState",
      owner: "topicSchemeRegistry",
      fields: topicCounts,
    }),
    variables: ofTopicsHistory,
    shape: ["history.#", "baseline.#", "current?"],
  },
  TopicSchemesStatsState: {
    document: `query TopicSchemesStatsState($registry: ID!) {
      topicSchemesState(id: $registry) { ${topicCounts} }
    }`,
    variables: ofTopics,
    shape: ["topicSchemesState?"],
  },
  TopicSchemeClaimsCoverage: {
    document: `query TopicSchemeClaimsCoverage($registry: ID!, $registryText: String!) {
      topicSchemesState(id: $registry) { totalActiveTopicSchemes }
      topicSchemeClaimsStates(
        where: { totalActiveClaims: "0", topicScheme_: { registry: $registryText, enabled: true } }
        orderBy: topicScheme__topicId
        orderDirection: asc
      ) { topicScheme { id name topicId signature enabled deployedInTransaction } }
    }`,
    variables: (ids) => ({
      ...ofTopics(ids),
      registryText: addressOr(ids.topicSchemeRegistry),
    }),
    shape: ["topicSchemesState?", "topicSchemeClaimsStates.#"],
  },
  TrustedIssuerStats: {
    document: historyDocument("TrustedIssuerStats", {
      collection: "trustedIssuerStats_collection",
      state: "trustedIssuerStatsState",
      owner: "trustedIssuersRegistry",
      fields: issuerCounts,
    }),
    variables: ({ trustedIssuersRegistry }, picker) =>
      historyVariables(addressOr(trustedIssuersRegistry), picker),
    shape: ["history.#", "baseline.#", "current?"],
  },
  TrustedIssuerStatsState: {
    document: `query TrustedIssuerStatsState($registry: ID!) {
      trustedIssuerStatsState(id: $registry) { ${issuerCounts} }
    }`,
    variables: ofTrustedIssuers,
    shape: ["trustedIssuerStatsState?"],
  },
} as const satisfies Readonly<Record<string, SubgraphCall>>;
