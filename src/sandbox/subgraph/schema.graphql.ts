/**
 * The subgraph's schema, in the manner of The Graph: one entity and one collection per type, filters by field and
 * ending, amounts as decimal text, instants as epoch seconds in text (microseconds in `*_collection`).
 */
export const subgraphSchema = /* GraphQL */ `
  scalar BigDecimal
  scalar BigInt
  scalar Bytes
  scalar Timestamp

  enum OrderDirection {
    asc
    desc
  }
  enum Aggregation_interval {
    hour
    day
  }

  type Query {
    _meta: _Meta_
    system(id: ID!): System
    systems(
      first: Int = 100
      skip: Int = 0
      orderBy: System_orderBy
      orderDirection: OrderDirection
    ): [System!]!
    token(id: ID!): Token
    tokens(
      first: Int = 100
      skip: Int = 0
      where: Token_filter
      orderBy: Token_orderBy
      orderDirection: OrderDirection
    ): [Token!]!
    tokenFactory(id: ID!): TokenFactory
    tokenFactories(
      first: Int = 100
      skip: Int = 0
      where: TokenFactory_filter
      orderBy: TokenFactory_orderBy
      orderDirection: OrderDirection
    ): [TokenFactory!]!
    systemAddons(
      first: Int = 100
      skip: Int = 0
      where: SystemAddon_filter
      orderBy: SystemAddon_orderBy
      orderDirection: OrderDirection
    ): [SystemAddon!]!
    tokenBalances(
      first: Int = 100
      skip: Int = 0
      where: TokenBalance_filter
      orderBy: TokenBalance_orderBy
      orderDirection: OrderDirection
    ): [TokenBalance!]!
    account(id: ID!): Account
    accounts(
      first: Int = 100
      skip: Int = 0
      where: Account_filter
      orderBy: Account_orderBy
      orderDirection: OrderDirection
    ): [Account!]!
    identity(id: ID!): Identity
    identities(
      first: Int = 100
      skip: Int = 0
      where: Identity_filter
      orderBy: Identity_orderBy
      orderDirection: OrderDirection
    ): [Identity!]!
    events(
      first: Int = 100
      skip: Int = 0
      where: Event_filter
      orderBy: Event_orderBy
      orderDirection: OrderDirection
    ): [Event!]!
    actions(
      first: Int = 100
      skip: Int = 0
      where: Action_filter
      orderBy: Action_orderBy
      orderDirection: OrderDirection
    ): [Action!]!
    trustedIssuers(first: Int = 100, skip: Int = 0, where: TrustedIssuer_filter): [TrustedIssuer!]!
    accountStatsState(id: ID!): AccountStatsState
    accountStats_collection(
      interval: Aggregation_interval!
      where: AccountStats_filter
    ): [AccountStats!]!
    systemStatsState(id: ID!): SystemStatsState
    systemStats_collection(
      interval: Aggregation_interval!
      where: SystemStats_filter
    ): [SystemStats!]!
    tokenTypeStatsStates(
      first: Int = 100
      where: TokenTypeStatsState_filter
    ): [TokenTypeStatsState!]!
    eventStats_collection(interval: Aggregation_interval!, where: EventStats_filter): [EventStats!]!
    tokenStats_collection(interval: Aggregation_interval!, where: TokenStats_filter): [TokenStats!]!
    tokenDistributionStatsState(id: ID!): TokenDistributionStatsState
  }

  type _Meta_ {
    block: _Block_!
    deployment: String!
    hasIndexingErrors: Boolean!
  }
  type _Block_ {
    number: Int!
    hash: Bytes
    timestamp: Int
  }

  type System {
    id: ID!
    identityFactory: IdentityFactory
    identityRegistry: IdentityRegistry
    identityRegistryStorage: IdentityRegistryStorage
    compliance: Compliance
    systemAccessManager: SystemAccessManager
    tokenFactoryRegistry: TokenFactoryRegistry
    systemAddonRegistry: SystemAddonRegistry
    complianceModuleRegistry: ComplianceModuleRegistry
    systemStats: SystemStatsState
  }
  type IdentityFactory {
    id: ID!
    identities(first: Int = 100, skip: Int = 0, where: Identity_filter): [Identity!]!
  }
  type IdentityRegistry {
    id: ID!
  }
  type IdentityRegistryStorage {
    id: ID!
    registeredIdentities(
      first: Int = 100
      skip: Int = 0
      where: Identity_filter
    ): [RegisteredIdentity!]!
  }
  type RegisteredIdentity {
    id: ID!
    country: Int!
    account: Account!
    identity: Identity!
  }
  type Compliance {
    id: ID!
  }
  type SystemAccessManager {
    id: ID!
    accessControl: AccessControl!
  }
  type TokenFactoryRegistry {
    id: ID!
    tokenFactories(
      first: Int = 100
      skip: Int = 0
      where: TokenFactory_filter
      orderBy: TokenFactory_orderBy
      orderDirection: OrderDirection
    ): [TokenFactory!]!
  }
  type SystemAddonRegistry {
    id: ID!
    systemAddons(
      first: Int = 100
      skip: Int = 0
      where: SystemAddon_filter
      orderBy: SystemAddon_orderBy
      orderDirection: OrderDirection
    ): [SystemAddon!]!
  }
  type ComplianceModuleRegistry {
    id: ID!
    complianceModules(first: Int = 100, skip: Int = 0): [ComplianceModule!]!
  }
  type ComplianceModule {
    id: ID!
    name: String!
    typeId: String!
  }

  type AccessControl {
    id: ID!
    admin: [Account!]!
    systemManager: [Account!]!
    identityManager: [Account!]!
    tokenManager: [Account!]!
    complianceManager: [Account!]!
    claimPolicyManager: [Account!]!
    claimIssuer: [Account!]!
    auditor: [Account!]!
    feedsManager: [Account!]!
    addonManager: [Account!]!
    organisationIdentityManager: [Account!]!
    systemModule: [Account!]!
    governance: [Account!]!
    supplyManagement: [Account!]!
    custodian: [Account!]!
    emergency: [Account!]!
    roleAdmins: [AccessControlRoleAdmin!]!
  }
  type AccessControlRoleAdmin {
    id: ID!
    roleFieldName: String!
    adminFieldName: String!
  }

  type TokenFactory {
    id: ID!
    name: String!
    typeId: String!
    hasTokens: Boolean!
    tokenExtensions: [String!]!
    account: Account!
  }
  type SystemAddon {
    id: ID!
    name: String!
    typeId: String!
    account: Account!
  }

  type Token {
    id: ID!
    account: Account!
    identity: Identity!
    tokenFactory: TokenFactory!
    type: String!
    name: String!
    symbol: String!
    decimals: Int!
    totalSupply: BigDecimal!
    totalSupplyExact: BigInt!
    basePrice: BigDecimal!
    createdAt: BigInt!
    createdBy: Account!
    extensions: [String!]!
    implementsERC3643: Boolean!
    implementsSMART: Boolean!
    accessControl: AccessControl!
    pausable: TokenPausable
    capped: TokenCapped
    collateral: TokenCollateral
    bond: TokenBond
    fund: TokenFund
    balances(
      first: Int = 100
      skip: Int = 0
      where: TokenBalance_filter
      orderBy: TokenBalance_orderBy
      orderDirection: OrderDirection
    ): [TokenBalance!]!
    stats: TokenStatsState
    tokenComplianceModuleConfigs: [TokenComplianceModuleConfig!]!
  }
  type TokenPausable {
    id: ID!
    paused: Boolean!
  }
  type TokenCapped {
    id: ID!
    cap: BigDecimal!
  }
  type TokenCollateral {
    id: ID!
    collateral: BigDecimal!
    expiryTimestamp: BigInt
  }
  type TokenBond {
    id: ID!
    faceValue: BigDecimal!
    isMatured: Boolean!
    maturityDate: BigInt!
  }
  type TokenFund {
    id: ID!
    managementFeeBps: Int!
  }
  type TokenComplianceModuleConfig {
    id: ID!
    complianceModule: ComplianceModule!
  }
  type TokenStatsState {
    id: ID!
    balancesCount: Int!
    totalSupply: BigDecimal!
    totalValueInBaseCurrency: BigDecimal!
  }
  type TokenBalance {
    id: ID!
    token: Token!
    account: Account!
    value: BigDecimal!
    available: BigDecimal!
    frozen: BigDecimal!
    isFrozen: Boolean!
    lastUpdatedAt: BigInt!
  }

  type Account {
    id: ID!
    isContract: Boolean!
    country: Int
    lastActivity: BigInt
    identities(first: Int = 100, skip: Int = 0): [Identity!]!
    balances(first: Int = 100, skip: Int = 0): [TokenBalance!]!
  }
  type Identity {
    id: ID!
    account: Account!
    country: Int
    isContract: Boolean!
    deployedAt: BigInt!
    identityFactory: IdentityFactory!
    claims(first: Int = 100, skip: Int = 0, where: IdentityClaim_filter): [IdentityClaim!]!
  }
  type IdentityClaim {
    id: ID!
    name: String!
    revoked: Boolean!
    issuer: Identity
    values: [IdentityClaimValue!]!
  }
  type IdentityClaimValue {
    key: String!
    value: String!
  }
  type TrustedIssuer {
    id: ID!
    account: Account!
  }

  type Event {
    id: ID!
    eventName: String!
    blockNumber: BigInt!
    blockTimestamp: BigInt!
    transactionHash: Bytes!
    txIndex: BigInt!
    emitter: Account!
    sender: Account!
    involved: [Account!]!
    values: [EventValue!]!
  }
  type EventValue {
    id: ID!
    name: String!
    value: String!
  }
  type Action {
    id: ID!
    name: String!
    target: Account!
    status: String!
    activeAt: BigInt!
    expiresAt: BigInt
    executedAt: BigInt
    executedBy: Account
    executor: ActionExecutor!
  }
  type ActionExecutor {
    id: ID!
    executors: [Account!]!
  }

  type AccountStatsState {
    id: ID!
    totalValueInBaseCurrency: BigDecimal!
    balancesCount: Int!
  }
  type AccountStats {
    timestamp: Timestamp!
    totalValueInBaseCurrency: BigDecimal!
  }
  type SystemStatsState {
    id: ID!
    totalValueInBaseCurrency: BigDecimal!
    tokensCount: Int!
  }
  type SystemStats {
    timestamp: Timestamp!
    totalValueInBaseCurrency: BigDecimal!
  }
  type TokenTypeStatsState {
    id: ID!
    type: String!
    count: Int!
    totalValueInBaseCurrency: BigDecimal!
    percentageOfTotalSupply: BigDecimal!
  }
  type EventStats {
    timestamp: Timestamp!
    eventName: String!
    eventsCount: Int!
  }
  type TokenStats {
    timestamp: Timestamp!
    totalSupply: BigDecimal!
    totalMinted: BigDecimal!
    totalBurned: BigDecimal!
    totalTransferred: BigDecimal!
    transfersCount: Int!
  }
  type TokenDistributionStatsState {
    id: ID!
    percentageOwnedByTop5Holders: BigDecimal!
    balancesCountSegment0to2: Int!
    balancesCountSegment2to10: Int!
    balancesCountSegment10to20: Int!
    balancesCountSegment20to40: Int!
    balancesCountSegment40to100: Int!
    totalValueSegment0to2: BigDecimal!
    totalValueSegment2to10: BigDecimal!
    totalValueSegment10to20: BigDecimal!
    totalValueSegment20to40: BigDecimal!
    totalValueSegment40to100: BigDecimal!
  }

  enum System_orderBy {
    id
  }
  enum Token_orderBy {
    id
    name
    symbol
    type
    totalSupply
    createdAt
  }
  enum TokenFactory_orderBy {
    id
    name
    typeId
  }
  enum SystemAddon_orderBy {
    id
    name
    typeId
  }
  enum TokenBalance_orderBy {
    id
    value
    lastUpdatedAt
  }
  enum Account_orderBy {
    id
    lastActivity
  }
  enum Identity_orderBy {
    id
    deployedAt
    lastActivity
  }
  enum Event_orderBy {
    id
    eventName
    blockNumber
    blockTimestamp
  }
  enum Action_orderBy {
    id
    name
    activeAt
  }

  input Ref_filter {
    id: ID
  }
  input Token_filter {
    id: ID
    id_in: [ID!]
    type: String
    type_in: [String!]
    name_contains_nocase: String
    symbol_contains_nocase: String
    tokenFactory: String
    tokenFactory_: Ref_filter
    createdBy: String
    totalSupply_gt: BigDecimal
    and: [Token_filter!]
    or: [Token_filter!]
  }
  input TokenFactory_filter {
    id: ID
    typeId: String
    typeId_in: [String!]
  }
  input SystemAddon_filter {
    id: ID
    typeId: String
    typeId_in: [String!]
  }
  input TokenBalance_filter {
    account: String
    account_: Ref_filter
    token: String
    token_: Ref_filter
    value_gt: BigDecimal
  }
  input Account_filter {
    id: ID
    id_in: [ID!]
    isContract: Boolean
    country: Int
  }
  input Identity_filter {
    id: ID
    account: String
    account_: Ref_filter
    account_in: [String!]
    isContract: Boolean
    and: [Identity_filter!]
    or: [Identity_filter!]
  }
  input IdentityClaim_filter {
    name: String
    name_in: [String!]
    revoked: Boolean
  }
  input Event_filter {
    emitter: String
    emitter_: Ref_filter
    sender: String
    eventName: String
    eventName_in: [String!]
    involved_contains: [String!]
    blockTimestamp_gte: BigInt
    blockTimestamp_lt: BigInt
    and: [Event_filter!]
    or: [Event_filter!]
  }
  input Action_filter {
    status: String
    name: String
    target: String
    target_in: [String!]
    activeAt_lte: BigInt
  }
  input TrustedIssuer_filter {
    account: String
    account_: Ref_filter
  }
  input AccountStats_filter {
    account: String
    timestamp_gte: Timestamp
    timestamp_lte: Timestamp
  }
  input SystemStats_filter {
    system: String
    timestamp_gte: Timestamp
    timestamp_lte: Timestamp
  }
  input TokenTypeStatsState_filter {
    system: String
  }
  input EventStats_filter {
    eventName: String
    timestamp_gte: Timestamp
    timestamp_lte: Timestamp
  }
  input TokenStats_filter {
    token: String
    timestamp_gte: Timestamp
    timestamp_lte: Timestamp
  }
`;
