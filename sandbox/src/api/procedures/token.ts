import {
  accounts,
  balances,
  complianceModules,
  events,
  find,
  list,
  tokens,
  users,
} from "../../data/entities.ts";
import { holderRanges, tokenDays as readDays } from "../../data/statistics.ts";
import { ofSystem, ofToken, ofTokenDays, readToken, signedIn } from "../base.ts";
import { holdersOf, search, tokenHolder, tokenList } from "../inputs.ts";
import { eventEntry, foundAccount, foundToken, holder, instant, listedToken } from "../outputs.ts";
import { readAll } from "../read-all.ts";
import { Decimal } from "../serializers.ts";
import { fullToken } from "./token-in-full.ts";
import { mintTokens, transferTokens } from "./token-writes.ts";

const number = (text: string | null): number => Number(text ?? 0);
const zero = new Decimal("0");

/** Bonds of the sandbox pay no interest: they have no schedule. */
const noYield = { periods: [], totalYield: zero, totalClaimed: zero, totalUnclaimed: zero };

export const tokenRouter = {
  list: ofSystem.input(tokenList).handler(async ({ context, input }) => {
    const { tokenFactory, orderBy, orderDirection } = input;
    const rows = await readAll(context.database, tokens, {
      where: { tokenFactory },
      orderBy,
      orderDirection,
    });
    return { tokens: rows.map(listedToken), totalCount: rows.length };
  }),
  read: ofToken.handler(({ context }) => fullToken(context.database, context.token, context.user)),
  holders: ofSystem.input(holdersOf).handler(async ({ context, input }) => {
    const { id } = await readToken(context.database, input.tokenAddress);
    const rows = await readAll(context.database, balances, {
      where: { token: id },
      orderBy: "value",
      orderDirection: "desc",
    });
    return { token: { balances: rows.map(holder) }, totalCount: rows.length };
  }),
  holder: ofSystem.input(tokenHolder).handler(async ({ context, input }) => {
    const { id } = await readToken(context.database, input.tokenAddress);
    const [row] = await list(context.database, balances, {
      where: { token: id, account: input.holderAddress },
      first: 1,
    });
    return { holder: row === undefined ? null : holder(row) };
  }),
  events: ofToken.handler(async ({ context }) => {
    const rows = await readAll(context.database, events, {
      where: { emitter: context.token.id },
      orderBy: "blockTimestamp",
      orderDirection: "desc",
    });
    return { events: rows.map(eventEntry) };
  }),
  compliance: ofToken.handler(async ({ context }) => {
    const modules = await list(context.database, complianceModules);
    return {
      complianceModuleConfigs: modules.map(({ typeId }) => ({
        complianceModule: { typeId, tokenConfigs: [{ parameters: {} }] },
      })),
    };
  }),
  denominationAssets: ofToken.handler(async ({ context }) => {
    // Every bond is redeemed in the first stablecoin.
    const [first] = await list(context.database, tokens, {
      where: { type: "stablecoin" },
      first: 1,
    });
    if (first?.id !== context.token.id) return [];
    const bonds = await readAll(context.database, tokens, { where: { type: "bond" } });
    return bonds.map((bond) => ({ ...foundToken(bond), tokenFactory: { id: bond.factoryId } }));
  }),
  search: signedIn.input(search).handler(async ({ context, input }) => {
    const { query, limit } = input;
    const rows = await list(context.database, tokens, {
      where: {
        or: [
          { name_contains_nocase: query },
          { symbol_contains_nocase: query },
          { id: query.toLowerCase() },
        ],
      },
      orderBy: "name",
      first: limit,
    });
    return rows.map(foundToken);
  }),
  statsTotalSupply: ofTokenDays.handler(async ({ context, input }) => {
    const days = await readDays(context.database, context.token.id, Math.floor(input.days));
    return {
      totalSupplyHistory: days.map((day) => ({
        timestamp: instant(day.at),
        totalSupply: day.totalSupply,
      })),
    };
  }),
  statsVolume: ofTokenDays.handler(async ({ context, input }) => {
    const days = await readDays(context.database, context.token.id, Math.floor(input.days));
    return {
      volumeHistory: days.map((day) => ({
        timestamp: instant(day.at),
        totalVolume: day.totalTransferred,
      })),
    };
  }),
  statsSupplyChanges: ofTokenDays.handler(async ({ context, input }) => {
    const days = await readDays(context.database, context.token.id, Math.floor(input.days));
    return {
      supplyChangesHistory: days.map((day) => ({
        timestamp: instant(day.at),
        totalMinted: day.totalMinted,
        totalBurned: day.totalBurned,
      })),
    };
  }),
  statsWalletDistribution: ofToken.handler(async ({ context }) => {
    const ranges = await holderRanges(context.database, context.token.id);
    return {
      buckets: ranges.map(({ bucket, holders }) => ({
        range: `${(bucket - 1) * 20}-${bucket * 20}%`,
        count: holders,
      })),
      totalHolders: ranges.reduce((total, { holders }) => total + holders, 0),
    };
  }),
  statsCollateralRatio: ofToken.handler(({ context }) => {
    const collateral = number(context.token.collateral);
    const used = Math.min(collateral, number(context.token.totalSupply));
    return {
      buckets: [
        { name: "collateralAvailable", value: collateral - used },
        { name: "collateralUsed", value: used },
      ],
      totalCollateral: collateral,
      collateralRatio: collateral === 0 ? 0 : Math.round((1000 * used) / collateral) / 10,
    };
  }),
  statsBondStatus: ofToken.handler(({ context }) => {
    const supply = context.token.details.bond === undefined ? "0" : context.token.totalSupply;
    return {
      denominationAssetBalanceAvailable: new Decimal(supply),
      denominationAssetBalanceRequired: new Decimal(supply),
      coveredPercentage: new Decimal(supply === "0" ? "0" : "100"),
    };
  }),
  statsYieldDistribution: ofToken.handler(() => noYield),
  statsYieldCoverage: ofToken.handler(() => ({
    yieldCoverage: 0,
    hasYieldSchedule: false,
    isRunning: false,
    totalUnclaimedYield: zero,
    denominationAssetBalance: zero,
  })),
  mint: mintTokens,
  transfer: transferTokens,
};

export const accountRouter = {
  search: ofSystem.input(search).handler(async ({ context, input }) => {
    const row = await find(context.database, accounts, input.query.toLowerCase());
    if (row === undefined) return [];
    const [person] = row.isContract
      ? []
      : await list(context.database, users, { where: { wallet: row.id }, first: 1 });
    return [foundAccount(row, person?.name)];
  }),
};
