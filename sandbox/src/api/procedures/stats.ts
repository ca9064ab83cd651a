import {
  countByType,
  eventCounts,
  holdingsByFactory,
  identityTotals,
  transactionDays,
  valueHistory,
} from "../../data/statistics.ts";
import type { ValuePoint, ValueRange } from "../../data/statistics.ts";
import { ofSystem } from "../base.ts";
import { byPreset, noFields, nothing, recentDays, transactionHistory } from "../inputs.ts";
import { instant } from "../outputs.ts";
import { Decimal } from "../serializers.ts";

const hoursOf = { trailing24Hours: 24, trailing7Days: 168 } as const;
type Preset = keyof typeof hoursOf;

function rangeOf(preset: Preset): ValueRange {
  const toSeconds = Math.floor(Date.now() / 1000);
  return { fromSeconds: toSeconds - hoursOf[preset] * 3600, toSeconds, interval: "hour" };
}

const rangeOutput = ({ interval, fromSeconds, toSeconds }: ValueRange) => ({
  interval,
  from: new Date(fromSeconds * 1000),
  to: new Date(toSeconds * 1000),
  isPreset: true,
});

const point = ({ at, value }: ValuePoint) => ({
  timestamp: instant(at),
  totalValueInBaseCurrency: Number(value),
});

const sum = (values: readonly string[]): string =>
  values.reduce((total, value) => total + Number(value), 0).toFixed(2);

/** The same totals at each hour of the range: the sandbox keeps no history of them. */
function steady<Totals extends object>({ fromSeconds, toSeconds }: ValueRange, totals: Totals) {
  const hours = Math.floor((toSeconds - fromSeconds) / 3600);
  return Array.from({ length: hours }, (_, hour) => ({
    timestamp: new Date((fromSeconds + (hour + 1) * 3600) * 1000),
    ...totals,
  }));
}

/** Types of factories by the kind of asset that they make. */
const kindOf = (typeId: string): string => typeId.replace(/^ATK(.+)Factory$/, "$1").toLowerCase();

const issuers = {
  totalAddedTrustedIssuers: 1,
  totalActiveTrustedIssuers: 1,
  totalRemovedTrustedIssuers: 0,
};

export const statsRouter = {
  portfolioDetails: ofSystem.input(noFields).handler(async ({ context }) => {
    const holdings = await holdingsByFactory(context.database, context.user.wallet);
    const total = Number(sum(holdings.map(({ value }) => value)));
    return {
      totalValue: new Decimal(total.toFixed(2)),
      totalTokenFactories: holdings.length,
      totalAssetsHeld: holdings.reduce((held, { tokens }) => held + tokens, 0),
      tokenFactoryBreakdown: holdings.map((holding) => ({
        tokenFactoryId: holding.factoryId,
        tokenFactoryName: holding.factoryName,
        tokenFactoryTypeId: holding.factoryTypeId,
        assetType: kindOf(holding.factoryTypeId),
        totalValue: new Decimal(holding.value),
        tokenBalancesCount: holding.tokens,
        percentage: total === 0 ? 0 : (100 * Number(holding.value)) / total,
      })),
    };
  }),
  portfolioByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const points = await valueHistory(context.database, range, context.user.wallet);
    return { range: rangeOutput(range), data: points.map(point) };
  }),
  assets: ofSystem.input(nothing).handler(async ({ context }) => {
    const types = await countByType(context.database);
    const totalAssets = types.reduce((total, { count }) => total + count, 0);
    return {
      totalAssets,
      totalValue: new Decimal(sum(types.map(({ value }) => value))),
      assetBreakdown: Object.fromEntries(types.map(({ type, count }) => [type, count])),
      valueBreakdown: Object.fromEntries(types.map(({ type, value }) => [type, value])),
      tokensCreatedCount: totalAssets,
      tokensLaunchedCount: totalAssets,
      pendingLaunchesCount: 0,
    };
  }),
  value: ofSystem.input(nothing).handler(async ({ context }) => {
    const types = await countByType(context.database);
    return { totalValue: sum(types.map(({ value }) => value)) };
  }),
  systemValueHistoryByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const points = await valueHistory(context.database, range, null);
    return { range: rangeOutput(range), data: points.map(point) };
  }),
  transactionHistory: ofSystem.input(transactionHistory).handler(async ({ context, input }) => {
    const days = await transactionDays(context.database, Math.floor(input.timeRange));
    return {
      timeRangeDays: input.timeRange,
      totalTransactions: days.reduce((total, day) => total + Number(day.transactions), 0),
      recentTransactions: Number(days.at(-1)?.transactions ?? 0),
      transactionHistory: days.map((day) => ({
        timestamp: instant(day.at).toISOString(),
        transactions: Number(day.transactions),
      })),
    };
  }),
  transactionCount: ofSystem.input(recentDays).handler(async ({ context, input }) => {
    const days = await transactionDays(context.database, input.timeRange);
    const recent = days.reduce((total, day) => total + Number(day.transactions), 0);
    return {
      totalTransactions: recent,
      recentTransactions: recent,
      timeRangeDays: input.timeRange,
    };
  }),
  assetActivityByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const points = await eventCounts(context.database, range);
    return {
      range: rangeOutput(range),
      data: points.map(({ at, transfers, mints, burns }) => ({
        timestamp: instant(at),
        transferEventsCount: transfers,
        mintEventsCount: mints,
        burnEventsCount: burns,
      })),
    };
  }),
  identityCount: ofSystem.input(nothing).handler(async ({ context }) => {
    const { identities } = await identityTotals(context.database);
    return {
      userIdentitiesCreatedCount: identities,
      activeUserIdentitiesCount: identities,
      pendingRegistrationsCount: 0,
    };
  }),
  identityStatsOverTimeByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const { identities } = await identityTotals(context.database);
    return {
      range: rangeOutput(range),
      identityStats: steady(range, { activeUserIdentitiesCount: identities }),
    };
  }),
  claimsStatsState: ofSystem
    .input(nothing)
    .handler(async ({ context }) => claimTotals(await identityTotals(context.database))),
  claimsStatsByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const totals = claimTotals(await identityTotals(context.database));
    return { range: rangeOutput(range), data: steady(range, totals) };
  }),
  trustedIssuerStatsState: ofSystem.input(nothing).handler(() => issuers),
  trustedIssuerStatsByPreset: ofSystem.input(byPreset).handler(({ input }) => {
    const range = rangeOf(input.preset);
    return { range: rangeOutput(range), data: steady(range, issuers) };
  }),
};

const claimTotals = ({ claims, revoked }: Awaited<ReturnType<typeof identityTotals>>) => ({
  totalIssuedClaims: claims,
  totalActiveClaims: claims - revoked,
  totalRemovedClaims: 0,
  totalRevokedClaims: revoked,
});
