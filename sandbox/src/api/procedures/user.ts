import { actions, balances, count, events, identities, list, users } from "../../data/entities.ts";
import type { BalanceRow } from "../../data/entities.ts";
import { userDays } from "../../data/statistics.ts";
import { allowed, ofSystem, signedIn } from "../base.ts";
import {
  actionList,
  growthDays,
  nothing,
  recentDays,
  search,
  userAssets,
  userEvents,
  userList,
} from "../inputs.ts";
import {
  actionEntry,
  foundUser,
  holder,
  instant,
  userEntry,
  userEvent,
  walletOrNone,
} from "../outputs.ts";
import { Decimal } from "../serializers.ts";
import { identityOf } from "./system.ts";

interface AssetRow extends BalanceRow {
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly totalSupply: string;
  readonly isBond: boolean;
}

const peopleNamed = (text: string) => ({
  or: [{ name_contains_nocase: text }, { email_contains_nocase: text }],
});

export const userRouter = {
  me: signedIn.input(nothing).handler(async ({ context }) => {
    const { database, user } = context;
    const registered = (await identityOf(database, user.wallet)) !== undefined;
    const { id, name, email, role, wallet, onboarded } = user;
    return {
      id,
      name,
      email,
      role,
      wallet: walletOrNone(wallet),
      verificationTypes: onboarded ? ["PINCODE", "SECRET_CODES"] : [],
      onboardingState: {
        wallet: onboarded,
        walletSecurity: onboarded,
        walletRecoveryCodes: onboarded,
        system: true,
        systemSettings: true,
        systemAssets: true,
        systemAddons: true,
        identitySetup: registered,
        identity: registered,
      },
    };
  }),
  events: signedIn.input(userEvents).handler(async ({ context, input }) => {
    const where = { involved_contains: [context.user.wallet] };
    const { limit, offset, orderBy, orderDirection } = input;
    const [rows, total] = await Promise.all([
      list(context.database, events, {
        where,
        orderBy,
        orderDirection,
        first: Math.floor(limit),
        skip: Math.floor(offset),
      }),
      count(context.database, events, where),
    ]);
    return { events: rows.map(userEvent), total };
  }),
  assets: signedIn.input(userAssets).handler(async ({ context, input }) => {
    const rows = await context.database.read<AssetRow>(
      `select ${balances.select}, t.name, t.symbol, t.decimals, t.total_supply as "totalSupply",
         t.type = 'bond' as "isBond"
       from ${balances.from} join tokens t on t.id = b.token_id
       where b.account_id = $1 order by b.value desc`,
      [input.wallet ?? context.user.wallet],
    );
    return rows.map((row) => {
      const { value, frozen, available } = holder(row);
      const { tokenId: id, name, symbol, decimals, totalSupply, isBond } = row;
      return {
        id: `${id}-${row.accountId}`,
        value,
        frozen,
        available,
        token: {
          id,
          name,
          symbol,
          decimals,
          totalSupply: new Decimal(totalSupply),
          bond: isBond ? { isMatured: false } : null,
          yield: isBond ? { schedule: null } : null,
        },
      };
    });
  }),
  list: allowed("user.list")
    .input(userList)
    .handler(async ({ context, input }) => {
      const { limit, offset, orderBy, orderDirection, filters } = input;
      const text = filters?.search?.trim();
      const where = text === undefined || text === "" ? {} : peopleNamed(text);
      const [rows, total] = await Promise.all([
        list(context.database, users, {
          where,
          orderBy,
          orderDirection,
          first: limit ?? 50,
          skip: offset,
        }),
        count(context.database, users, where),
      ]);
      const wallets = rows.map(({ wallet }) => wallet);
      const owned = await list(context.database, identities, { where: { account_in: wallets } });
      const byWallet = new Map(owned.map((identity) => [identity.accountId, identity]));
      const items = rows.map((user) => userEntry(user, byWallet.get(user.wallet), context.granted));
      return { items, total, limit, offset };
    }),
  search: allowed("user.search")
    .input(search)
    .handler(async ({ context, input }) => {
      const rows = await list(context.database, users, {
        where: peopleNamed(input.query),
        orderBy: "name",
        first: input.limit,
      });
      return rows.map(foundUser);
    }),
  statsUserCount: ofSystem.input(recentDays).handler(async ({ context, input }) => {
    const days = await userDays(context.database, input.timeRange);
    const totalUsers = days.at(-1)?.users ?? 0;
    const recentUsers = totalUsers - (days[0]?.users ?? 0);
    return { totalUsers, recentUsers, timeRangeDays: input.timeRange };
  }),
  statsGrowthOverTime: ofSystem.input(growthDays).handler(async ({ context, input }) => {
    const days = await userDays(context.database, input.timeRange);
    return {
      userGrowth: days.map(({ at, users: total }) => ({
        timestamp: instant(at).toISOString(),
        users: total,
      })),
      timeRangeDays: input.timeRange,
    };
  }),
};

export const actionsRouter = {
  list: signedIn.input(actionList).handler(async ({ context, input }) => {
    const { status, name, targets } = input;
    const rows = await list(context.database, actions, {
      where: { status, name, target_in: targets },
      orderBy: "activeAt",
      orderDirection: "desc",
    });
    return rows.map(actionEntry);
  }),
};
