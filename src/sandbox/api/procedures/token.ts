import { balances, events, list, tokens } from "../../data/entities.ts";
import { tokenDays as readDays } from "../../data/statistics.ts";
import { ofSystem, ofToken, ofTokenDays, signedIn } from "../base.ts";
import { tokenList, tokenSearch } from "../inputs.ts";
import { eventEntry, holder, instant, tokenInFull, tokenSummary } from "../outputs.ts";
import { readAll } from "../read-all.ts";
import { Decimal } from "../serializers.ts";
import { mintTokens, transferTokens } from "./token-writes.ts";

export const tokenRouter = {
  list: ofSystem.input(tokenList).handler(async ({ context, input }) => {
    const { tokenFactory, orderBy, orderDirection } = input;
    const rows = await readAll(context.database, tokens, {
      where: { tokenFactory },
      orderBy,
      orderDirection,
    });
    return { tokens: rows.map(tokenSummary), totalCount: rows.length };
  }),
  read: ofToken.handler(({ context }) => tokenInFull(context.token, context.user)),
  holders: ofToken.handler(async ({ context }) => {
    const { id } = context.token;
    const rows = await readAll(context.database, balances, {
      where: { token: id },
      orderBy: "value",
      orderDirection: "desc",
    });
    return { token: { id, balances: rows.map(holder) }, totalCount: rows.length };
  }),
  events: ofToken.handler(async ({ context }) => {
    const rows = await readAll(context.database, events, {
      where: { emitter: context.token.id },
      orderBy: "blockTimestamp",
      orderDirection: "desc",
    });
    return { events: rows.map(eventEntry) };
  }),
  search: signedIn.input(tokenSearch).handler(async ({ context, input }) => {
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
    return rows.map(tokenSummary);
  }),
  statsTotalSupply: ofTokenDays.handler(async ({ context, input }) => {
    const days = await readDays(context.database, context.token.id, input.days);
    return {
      totalSupplyHistory: days.map((day) => ({
        timestamp: instant(day.at),
        totalSupply: new Decimal(day.totalSupply),
      })),
    };
  }),
  statsVolume: ofTokenDays.handler(async ({ context, input }) => {
    const days = await readDays(context.database, context.token.id, input.days);
    return {
      volumeHistory: days.map((day) => ({
        timestamp: instant(day.at),
        totalVolume: new Decimal(day.totalTransferred),
      })),
    };
  }),
  statsSupplyChanges: ofTokenDays.handler(async ({ context, input }) => {
    const days = await readDays(context.database, context.token.id, input.days);
    return {
      supplyChangesHistory: days.map((day) => ({
        timestamp: instant(day.at),
        totalMinted: new Decimal(day.totalMinted),
        totalBurned: new Decimal(day.totalBurned),
      })),
    };
  }),
  mint: mintTokens,
  transfer: transferTokens,
};
