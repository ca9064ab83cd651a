/** Operations about one token, or a list of tokens. Their fields are those that the API requests. */
import type { PlatformIds } from "./ids.ts";
import type { Input } from "./json-outcome.ts";
import { rolesSelection } from "./subgraph-roles.ts";
import { addressOr, ofTokenId, ofTokenSince } from "./subgraph-call.ts";
import type { SubgraphCall } from "./subgraph-call.ts";
import type { Picker } from "./weighted.ts";

const searches = ["bond", "fund", "equity", "deposit", "stable", "eur", "usd", "green"] as const;

const ofToken = ({ tokens }: PlatformIds, picker: Picker): Input => ({
  id: picker.one(tokens).id,
});

/** One collection of a token by days: supply, volume, changes. */
const dailyDocument = (name: string, fields: string): string =>
  `query ${name}($tokenId: String!, $since: Timestamp!) {
      tokenStats_collection(
        where: { token: $tokenId, timestamp_gte: $since }
        interval: day
        orderBy: timestamp
        orderDirection: asc
      ) { timestamp ${fields} }
    }`;

const schedulePeriod = "id startDate endDate totalClaimed totalUnclaimedYield totalYield completed";
const yieldSchedule = `id startDate endDate rate interval totalClaimed totalUnclaimedYield totalYield
        denominationAsset { id decimals symbol }
        currentPeriod { ${schedulePeriod} } nextPeriod { ${schedulePeriod} }
        periods(orderBy: startDate, orderDirection: asc) { ${schedulePeriod} }`;

export const tokenCalls = {
  ReadTokenQuery: {
    document: `query ReadTokenQuery($id: ID!, $identityFactory: String!, $userWallet: Bytes!) {
      token(id: $id) {
        id type createdAt name symbol decimals totalSupply extensions implementsERC3643 implementsSMART
        account {
          identities(where: { identityFactory: $identityFactory }, first: 1) {
            id account { id contractName } registered(first: 1) { country }
            claims { id name revoked issuer { id } values { key value } }
          }
        }
        pausable { paused } capped { cap } createdBy { id } redeemable { redeemedAmount }
        bond { faceValue isMatured maturityDate denominationAsset { id decimals symbol } }
        fund { managementFeeBps } collateral { collateral expiryTimestamp }
        accessControl { ${rolesSelection} }
        yield: yield_ { schedule { id denominationAsset { id decimals symbol } } }
        complianceModuleConfigs { id complianceModule { id typeId } }
        stats { totalValueInBaseCurrency balancesCount }
      }
      trustedIssuers(where: { account_: { id: $userWallet } }) { id claimTopics { name } }
    }`,
    variables: (ids, picker) => ({
      ...ofToken(ids, picker),
      identityFactory: addressOr(ids.identityFactory),
      userWallet: picker.one(ids.accounts),
    }),
    shape: ["token.id", "token.accessControl.id"],
    sameId: { found: "token.id", asked: "id" },
  },
  ListTokenQuery: {
    document: `query ListTokenQuery($where: Token_filter, $identityFactory: String!) {
      tokens(where: $where, first: 500, skip: 0) {
        id type createdAt name symbol decimals totalSupply pausable { paused }
        account {
          identities(where: { identityFactory: $identityFactory }, first: 1) {
            id claims { id name revoked values { key value } }
          }
        }
      }
    }`,
    variables: ({ factories, identityFactory }, picker) => ({
      where: { tokenFactory_: { id: picker.one(factories) } },
      identityFactory: addressOr(identityFactory),
    }),
    // The factory is that of a token.
    shape: ["tokens.0.id"],
  },
  SearchTokenQuery: {
    document: `query SearchTokenQuery($search: String, $searchAddress: Bytes, $limit: Int!) {
      tokens(
        where: { or: [
          { name_contains_nocase: $search } { symbol_contains_nocase: $search } { id: $searchAddress }
        ] }
        first: $limit
        orderBy: name
        orderDirection: asc
      ) { id type createdAt name symbol decimals totalSupply pausable { paused } }
    }`,
    variables: ({ tokens }, picker) => {
      // As in the platform: what looks like an address is searched as text and as an address.
      const search = picker.one([...searches, picker.one(tokens).id]);
      return { search, searchAddress: search.startsWith("0x") ? search : null, limit: 10 };
    },
    shape: ["tokens.#"],
  },
  TokenHoldersQuery: {
    document: `query TokenHoldersQuery($id: ID!) {
      token(id: $id) {
        id
        balances(first: 500, skip: 0) { account { id } available frozen isFrozen value lastUpdatedAt }
      }
    }`,
    variables: ofToken,
    shape: ["token.balances.#"],
    sameId: { found: "token.id", asked: "id" },
  },
  TokenHolderQuery: {
    document: `query TokenHolderQuery($tokenId: ID!, $holderAddress: String!) {
      token(id: $tokenId) {
        id
        balances(where: { account: $holderAddress }, first: 1) {
          account { id } available frozen isFrozen value lastUpdatedAt
        }
      }
    }`,
    variables: (ids, picker) => ({
      ...ofTokenId(ids, picker),
      holderAddress: picker.one(ids.accounts),
    }),
    shape: ["token.balances.#"],
    sameId: { found: "token.id", asked: "tokenId" },
  },
  TokenEventsQuery: {
    document: `query TokenEventsQuery($emitter: String!) {
      events(where: { emitter: $emitter }, first: 500, skip: 0) {
        id eventName txIndex blockNumber blockTimestamp transactionHash
        emitter { id } sender { id } values { id name value }
      }
    }`,
    variables: ({ tokens }, picker) => ({ emitter: picker.one(tokens).id }),
    shape: ["events.#"],
  },
  // The platform calls this one ReadTokenQuery as well.
  TokenComplianceQuery: {
    document: `query TokenComplianceQuery($id: ID!, $tokenAddress: Bytes!) {
      token(id: $id) {
        id
        complianceModuleConfigs {
          complianceModule {
            typeId
            tokenConfigs(where: { token_: { id: $tokenAddress } }) {
              parameters {
                expression { topicScheme { name } index nodeType }
                tokenSupplyLimit { global maxSupplyExact }
                countries
              }
            }
          }
        }
      }
    }`,
    variables: ({ tokens }, picker) => {
      const { id } = picker.one(tokens);
      return { id, tokenAddress: id };
    },
    shape: ["token.complianceModuleConfigs.#"],
    sameId: { found: "token.id", asked: "id" },
  },
  DenominationAssets: {
    document: `query DenominationAssets($tokenId: Bytes!) {
      tokens(where: { denominationAssetForBond_: { id: $tokenId } }, first: 500, skip: 0) {
        id type createdAt name symbol decimals totalSupply pausable { paused } tokenFactory { id }
      }
    }`,
    variables: ofTokenId,
    shape: ["tokens.#"],
  },
  TokenTotalSupplyHistory: {
    document: dailyDocument("TokenTotalSupplyHistory", "totalSupply"),
    variables: ofTokenSince,
    shape: ["tokenStats_collection.#"],
  },
  TokenVolumeHistory: {
    document: dailyDocument("TokenVolumeHistory", "totalTransferred"),
    variables: ofTokenSince,
    shape: ["tokenStats_collection.#"],
  },
  TokenSupplyChangesHistory: {
    document: dailyDocument("TokenSupplyChangesHistory", "totalMinted totalBurned"),
    variables: ofTokenSince,
    shape: ["tokenStats_collection.#"],
  },
  TokenDistributionStats: {
    document: `query TokenDistributionStats($tokenId: ID!) {
      tokenDistributionStatsState(id: $tokenId) {
        balancesCountSegment1 balancesCountSegment2 balancesCountSegment3 balancesCountSegment4
        balancesCountSegment5
      }
    }`,
    variables: ofTokenId,
    // Null until the first balance changes.
    shape: ["tokenDistributionStatsState?"],
  },
  TokenCollateralStats: {
    document: `query TokenCollateralStats($tokenId: String!) {
      tokenCollateralStatsDatas(where: { token: $tokenId }, orderBy: timestamp, orderDirection: desc, first: 1) {
        collateral collateralAvailable collateralUsed
      }
    }`,
    variables: ofTokenId,
    shape: ["tokenCollateralStatsDatas.#"],
  },
  TokenBondStatus: {
    document: `query TokenBondStatus($tokenId: ID!) {
      token(id: $tokenId) {
        id
        bond { stats {
          denominationAssetBalanceAvailable denominationAssetBalanceRequired coveredPercentage
        } }
      }
    }`,
    variables: ofTokenId,
    shape: ["token.id", "token.bond?"],
    sameId: { found: "token.id", asked: "tokenId" },
  },
  TokenYieldCoverage: {
    document: `query TokenYieldCoverage($tokenId: ID!) {
      token(id: $tokenId) {
        id
        bond { stats { denominationAssetBalanceAvailable } }
        yield_ { schedule {
          id startDate endDate totalUnclaimedYield totalUnclaimedYieldExact denominationAsset { id decimals }
        } }
      }
    }`,
    variables: ofTokenId,
    shape: ["token.id", "token.yield_?"],
    sameId: { found: "token.id", asked: "tokenId" },
  },
  TokenYieldDistribution: {
    document: `query TokenYieldDistribution($tokenId: ID!) {
      token(id: $tokenId) { id yield_ { schedule { ${yieldSchedule} } } }
    }`,
    variables: ofTokenId,
    shape: ["token.id", "token.yield_?"],
    sameId: { found: "token.id", asked: "tokenId" },
  },
  ReadFixedYieldScheduleQuery: {
    document: `query ReadFixedYieldScheduleQuery($id: ID!) {
      tokenFixedYieldSchedule(id: $id) { ${yieldSchedule} }
    }`,
    variables: ({ yieldSchedules = [] }, picker) => ({
      id: picker.one(yieldSchedules.length === 0 ? [addressOr(undefined)] : yieldSchedules),
    }),
    // A platform may have no schedule.
    shape: ["tokenFixedYieldSchedule?"],
  },
} as const satisfies Readonly<Record<string, SubgraphCall>>;
