/** What clients ask of the subgraph: the platform's operations in short, with variables that the seed has. */

export interface KnownIds {
  readonly system: string;
  readonly token: string;
  readonly tokenFactory: string;
  readonly account: string;
  readonly identityFactory: string;
  readonly registryStorage: string;
}

export const discovery = /* GraphQL */ `
  {
    systems(first: 1) {
      id
      identityFactory {
        id
      }
      identityRegistryStorage {
        id
      }
    }
    tokens(first: 100) {
      id
      tokenFactory {
        id
      }
    }
    accounts(first: 100, where: { isContract: false }) {
      id
    }
  }
`;

export interface Operation {
  readonly query: string;
  readonly variables: (ids: KnownIds) => Readonly<Record<string, unknown>>;
}

const weekAgoMicros = (): string => `${Math.floor(Date.now() / 1000) - 7 * 86_400}000000`;
const nowMicros = (): string => `${Math.floor(Date.now() / 1000)}000000`;

export const operations: Readonly<Record<string, Operation>> = {
  GetIndexingStatus: {
    query: `query GetIndexingStatus { _meta { block { number } hasIndexingErrors } }`,
    variables: () => ({}),
  },
  GetSystem: {
    query: `query GetSystem($systemAddress: ID!, $userAddress: String!) {
      system(id: $systemAddress) {
        id
        identityFactory { id identities(where: { account: $userAddress }) { id } }
        identityRegistry { id }
        identityRegistryStorage { id registeredIdentities(where: { account: $userAddress }) { id country } }
        compliance { id }
        systemAccessManager { id accessControl {
          id
          admin { id isContract } systemManager { id isContract } identityManager { id isContract }
          tokenManager { id isContract } complianceManager { id isContract }
          claimPolicyManager { id isContract } claimIssuer { id isContract } auditor { id isContract }
          feedsManager { id isContract } addonManager { id isContract } systemModule { id isContract }
          roleAdmins { roleFieldName adminFieldName }
        } }
        tokenFactoryRegistry { id tokenFactories { id name typeId } }
        systemAddonRegistry { id systemAddons { id name typeId } }
        complianceModuleRegistry { id complianceModules { id name typeId } }
      }
    }`,
    variables: ({ system, account }) => ({ systemAddress: system, userAddress: account }),
  },
  ReadTokenQuery: {
    query: `query ReadTokenQuery($id: ID!, $userWallet: ID!) {
      token(id: $id) {
        id name symbol decimals type totalSupply createdAt extensions
        createdBy { id }
        account { id identities { id identityFactory { id } claims { id name revoked values { key value } } } }
        accessControl { id admin { id isContract } governance { id isContract } supplyManagement { id isContract }
          custodian { id isContract } emergency { id isContract } tokenManager { id isContract } }
        pausable { paused } capped { cap } collateral { collateral } bond { faceValue isMatured maturityDate }
        fund { managementFeeBps } stats { balancesCount totalValueInBaseCurrency }
      }
      trustedIssuers(where: { account_: { id: $userWallet } }) { id }
    }`,
    variables: ({ token, account }) => ({ id: token, userWallet: account }),
  },
  ListTokenQuery: {
    query: `query ListTokenQuery($orderBy: Token_orderBy, $orderDirection: OrderDirection, $where: Token_filter) {
      tokens(first: 500, orderBy: $orderBy, orderDirection: $orderDirection, where: $where) {
        id type name symbol decimals totalSupply createdAt pausable { paused }
        tokenFactory { id typeId }
        identity { id claims { id name revoked values { key value } } }
      }
    }`,
    variables: ({ tokenFactory }) => ({
      orderBy: "name",
      orderDirection: "asc",
      where: { tokenFactory },
    }),
  },
  SearchTokenQuery: {
    query: `query SearchTokenQuery($search: String!, $searchAddress: ID, $limit: Int!) {
      tokens(first: $limit, where: { or: [
        { name_contains_nocase: $search }, { symbol_contains_nocase: $search }, { id: $searchAddress }
      ] }) { id name symbol type decimals totalSupply }
    }`,
    variables: ({ token }) => ({ search: "bond", searchAddress: token, limit: 10 }),
  },
  TokenHoldersQuery: {
    query: `query TokenHoldersQuery($id: ID!, $first: Int!, $skip: Int!) {
      token(id: $id) { id balances(first: $first, skip: $skip, orderBy: value, orderDirection: desc) {
        account { id isContract } available frozen isFrozen value lastUpdatedAt
      } }
    }`,
    variables: ({ token }) => ({ id: token, first: 500, skip: 0 }),
  },
  TokenEventsQuery: {
    query: `query TokenEventsQuery($emitter: String!, $first: Int!, $skip: Int!) {
      events(first: $first, skip: $skip, where: { emitter: $emitter }, orderBy: blockTimestamp, orderDirection: desc) {
        id eventName txIndex blockNumber blockTimestamp transactionHash emitter { id } sender { id }
        values { id name value }
      }
    }`,
    variables: ({ token }) => ({ emitter: token, first: 500, skip: 0 }),
  },
  UserEventsQuery: {
    query: `query UserEventsQuery($userAddress: String!, $limit: Int!, $skip: Int!) {
      events(first: $limit, skip: $skip, where: { involved_contains: [$userAddress] },
        orderBy: blockTimestamp, orderDirection: desc) {
        id eventName blockNumber blockTimestamp transactionHash emitter { id } sender { id }
      }
    }`,
    variables: ({ account }) => ({ userAddress: account, limit: 10, skip: 0 }),
  },
  UserEventsCountQuery: {
    query: `query UserEventsCountQuery($userAddress: String!) {
      events(first: 500, where: { involved_contains: [$userAddress] }) { id }
    }`,
    variables: ({ account }) => ({ userAddress: account }),
  },
  UserAssetsQuery: {
    query: `query UserAssetsQuery($account: String!) {
      tokenBalances(first: 500, where: { account: $account }, orderBy: value, orderDirection: desc) {
        id value available frozen isFrozen token { id name symbol decimals type totalSupply tokenFactory { id } }
      }
    }`,
    variables: ({ account }) => ({ account }),
  },
  ListTokenFactories: {
    query: `query ListTokenFactories($systemAddress: ID!, $orderBy: TokenFactory_orderBy, $orderDirection: OrderDirection) {
      system(id: $systemAddress) { tokenFactoryRegistry { tokenFactories(orderBy: $orderBy, orderDirection: $orderDirection) {
        id name typeId hasTokens tokenExtensions
      } } }
    }`,
    variables: ({ system }) => ({ systemAddress: system, orderBy: "name", orderDirection: "asc" }),
  },
  ListSystemAddons: {
    query: `query ListSystemAddons($systemAddress: ID!, $orderBy: SystemAddon_orderBy, $where: SystemAddon_filter) {
      system(id: $systemAddress) { systemAddonRegistry { systemAddons(orderBy: $orderBy, where: $where) {
        id name typeId account { id }
      } } }
    }`,
    variables: ({ system }) => ({ systemAddress: system, orderBy: "name", where: {} }),
  },
  ListActionsQuery: {
    query: `query ListActionsQuery($where: Action_filter) {
      actions(first: 500, where: $where, orderBy: activeAt, orderDirection: desc) {
        id name status target { id } activeAt expiresAt executedAt executedBy { id } executor { id executors { id } }
      }
    }`,
    variables: () => ({ where: { status: "PENDING" } }),
  },
  PortfolioHistoryHourly: {
    query: `query PortfolioHistoryHourly($accountIdString: String!, $accountId: ID!, $fromMicroseconds: Timestamp!,
      $toMicroseconds: Timestamp!, $interval: Aggregation_interval!) {
      accountStats_collection(interval: $interval, where: {
        account: $accountIdString, timestamp_gte: $fromMicroseconds, timestamp_lte: $toMicroseconds
      }) { timestamp totalValueInBaseCurrency }
      accountStatsState(id: $accountId) { totalValueInBaseCurrency balancesCount }
    }`,
    variables: ({ account }) => ({
      accountIdString: account,
      accountId: account,
      fromMicroseconds: weekAgoMicros(),
      toMicroseconds: nowMicros(),
      interval: "hour",
    }),
  },
  SystemValueHistory: {
    query: `query SystemValueHistory($systemIdString: String!, $systemId: ID!, $from: Timestamp!, $to: Timestamp!,
      $interval: Aggregation_interval!) {
      systemStats_collection(interval: $interval, where: {
        system: $systemIdString, timestamp_gte: $from, timestamp_lte: $to
      }) { timestamp totalValueInBaseCurrency }
      systemStatsState(id: $systemId) { totalValueInBaseCurrency }
    }`,
    variables: ({ system }) => ({
      systemIdString: system,
      systemId: system,
      from: weekAgoMicros(),
      to: nowMicros(),
      interval: "hour",
    }),
  },
  AssetCountQuery: {
    query: `query AssetCountQuery($systemAddressId: ID!, $systemAddressText: String!) {
      systemStatsState(id: $systemAddressId) { totalValueInBaseCurrency tokensCount }
      tokenTypeStatsStates(where: { system: $systemAddressText }) { type count totalValueInBaseCurrency percentageOfTotalSupply }
    }`,
    variables: ({ system }) => ({ systemAddressId: system, systemAddressText: system }),
  },
  TransactionMetrics: {
    query: `query TransactionMetrics($since: Timestamp!) {
      transfers: eventStats_collection(interval: day, where: { eventName: "Transfer", timestamp_gte: $since }) { timestamp eventsCount }
      mints: eventStats_collection(interval: day, where: { eventName: "MintCompleted", timestamp_gte: $since }) { timestamp eventsCount }
      burns: eventStats_collection(interval: day, where: { eventName: "BurnCompleted", timestamp_gte: $since }) { timestamp eventsCount }
    }`,
    variables: () => ({ since: weekAgoMicros() }),
  },
  TokenTotalSupplyHistory: {
    query: `query TokenTotalSupplyHistory($tokenId: String!, $since: Timestamp!) {
      tokenStats_collection(interval: day, where: { token: $tokenId, timestamp_gte: $since }) { timestamp totalSupply }
    }`,
    variables: ({ token }) => ({ tokenId: token, since: weekAgoMicros() }),
  },
  TokenVolumeHistory: {
    query: `query TokenVolumeHistory($tokenId: String!, $since: Timestamp!) {
      tokenStats_collection(interval: day, where: { token: $tokenId, timestamp_gte: $since }) { timestamp totalTransferred transfersCount }
    }`,
    variables: ({ token }) => ({ tokenId: token, since: weekAgoMicros() }),
  },
  TokenDistributionStats: {
    query: `query TokenDistributionStats($tokenId: ID!) {
      tokenDistributionStatsState(id: $tokenId) {
        percentageOwnedByTop5Holders
        balancesCountSegment0to2 totalValueSegment0to2 balancesCountSegment2to10 totalValueSegment2to10
        balancesCountSegment10to20 totalValueSegment10to20 balancesCountSegment20to40 totalValueSegment20to40
        balancesCountSegment40to100 totalValueSegment40to100
      }
    }`,
    variables: ({ token }) => ({ tokenId: token }),
  },
  ReadIdentityQuery: {
    query: `query ReadIdentityQuery($userAddress: String!) {
      identities(first: 1, where: { account: $userAddress }) {
        id account { id } country isContract claims { id name revoked issuer { id } values { key value } }
      }
    }`,
    variables: ({ account }) => ({ userAddress: account }),
  },
  IdentityList: {
    query: `query IdentityList($first: Int!, $skip: Int!, $orderBy: Identity_orderBy, $orderDirection: OrderDirection, $where: Identity_filter) {
      identities(first: $first, skip: $skip, orderBy: $orderBy, orderDirection: $orderDirection, where: $where) {
        id account { id country } isContract deployedAt claims { id name revoked }
      }
      total: identities(first: 500, where: $where) { id }
    }`,
    variables: () => ({
      first: 20,
      skip: 0,
      orderBy: "deployedAt",
      orderDirection: "desc",
      where: { isContract: false },
    }),
  },
};
