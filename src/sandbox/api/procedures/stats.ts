import {
  countByType,
  holdingsByFactory,
  transactionDays,
  valueHistory,
} from "../../data/statistics.ts";
import type { ValuePoint, ValueRange } from "../../data/statistics.ts";
import { ofSystem } from "../base.ts";
import { byPreset, nothing, timeRange } from "../inputs.ts";
import { instant } from "../outputs.ts";
import { Decimal } from "../serializers.ts";

const hoursOf = { trailing24Hours: 24, trailing7Days: 168 } as const;

function rangeOf(preset: keyof typeof hoursOf): ValueRange {
  const toSeconds = Math.floor(Date.now() / 1000);
  return { fromSeconds: toSeconds - hoursOf[preset] * 3600, toSeconds, interval: "hour" };
}

function rangeOutput(range: ValueRange, preset: string) {
  return {
    interval: range.interval,
    from: new Date(range.fromSeconds * 1000),
    to: new Date(range.toSeconds * 1000),
    isPreset: true,
    preset,
  };
}

const point =
  (name: string) =>
  ({ at, value }: ValuePoint) => ({ timestamp: instant(at), [name]: new Decimal(value) });

const sum = (values: readonly string[]): Decimal =>
  new Decimal(values.reduce((total, value) => total + Number(value), 0).toFixed(2));

export const statsRouter = {
  portfolioDetails: ofSystem.input(nothing).handler(async ({ context }) => {
    const holdings = await holdingsByFactory(context.database, context.user.wallet);
    return {
      totalValue: sum(holdings.map(({ value }) => value)),
      totalTokenFactories: holdings.length,
      totalAssetsHeld: holdings.reduce((total, { tokens }) => total + tokens, 0),
      tokenFactoryBreakdown: holdings.map((holding) => ({
        tokenFactoryId: holding.factoryId,
        tokenFactoryName: holding.factoryName,
        tokenFactoryTypeId: holding.factoryTypeId,
        totalValue: new Decimal(holding.value),
        tokenBalancesCount: holding.tokens,
      })),
    };
  }),
  portfolioByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const points = await valueHistory(context.database, range, context.user.wallet);
    return {
      range: rangeOutput(range, input.preset),
      data: points.map(point("totalValueInBaseCurrency")),
    };
  }),
  assets: ofSystem.input(nothing).handler(async ({ context }) => {
    const types = await countByType(context.database);
    return {
      totalAssets: types.reduce((total, { count }) => total + count, 0),
      totalValue: sum(types.map(({ value }) => value)),
      assetBreakdown: Object.fromEntries(types.map(({ type, count }) => [type, count])),
      assetSupplyBreakdown: Object.fromEntries(
        types.map(({ type, supply }) => [type, new Decimal(supply)]),
      ),
    };
  }),
  systemValueHistoryByPreset: ofSystem.input(byPreset).handler(async ({ context, input }) => {
    const range = rangeOf(input.preset);
    const points = await valueHistory(context.database, range, null);
    return {
      range: rangeOutput(range, input.preset),
      data: points.map(point("totalValueInBaseCurrency")),
    };
  }),
  transactionHistory: ofSystem.input(timeRange).handler(async ({ context, input }) => {
    const days = await transactionDays(context.database, input.timeRange);
    return {
      timeRangeDays: input.timeRange,
      totalTransactions: days.reduce((total, day) => total + Number(day.transactions), 0),
      recentTransactions: Number(days.at(-1)?.transactions ?? 0),
      transactionHistory: days.map((day) => ({
        timestamp: instant(day.at),
        transactions: Number(day.transactions),
      })),
    };
  }),
};
