import { actions, balances, count, events, list, users } from "../../data/entities.ts";
import type { BalanceRow } from "../../data/entities.ts";
import { zeroAddress } from "../../identities.ts";
import { signedIn, staffOnly } from "../base.ts";
import { actionList, nothing, userAssets, userEvents, userList } from "../inputs.ts";
import { actionEntry, eventEntry, holder, userEntry } from "../outputs.ts";

interface AssetRow extends BalanceRow {
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly type: string;
  readonly tokenFactoryId: string;
}

export const userRouter = {
  me: signedIn.input(nothing).handler(async ({ context }) => {
    const { database, user } = context;
    const row = await database.readOne<{ registered: boolean }>(
      "select exists (select from identities where account_id = $1) as registered",
      [user.wallet],
    );
    const registered = row?.registered === true;
    const { id, name, email, role, wallet, onboarded } = user;
    return {
      id,
      name,
      email,
      role,
      wallet: wallet === zeroAddress ? null : wallet,
      verificationTypes: onboarded ? ["PINCODE", "SECRET_CODES"] : [],
      onboardingState: {
        isAdmin: role === "admin",
        wallet: onboarded,
        walletSecurity: onboarded,
        walletRecoveryCodes: onboarded,
        system: true,
        systemSettings: true,
        systemAssets: true,
        systemAddons: true,
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
        first: limit,
        skip: offset,
      }),
      count(context.database, events, where),
    ]);
    return { events: rows.map(eventEntry), total };
  }),
  assets: signedIn.input(userAssets).handler(async ({ context, input }) => {
    const rows = await context.database.read<AssetRow>(
      `select ${balances.select}, t.name, t.symbol, t.decimals, t.type, t.factory_id as "tokenFactoryId"
       from ${balances.from} join tokens t on t.id = b.token_id
       where b.account_id = $1 order by b.value desc`,
      [input.wallet ?? context.user.wallet],
    );
    return rows.map((row) => ({
      ...holder(row),
      token: {
        id: row.tokenId,
        name: row.name,
        symbol: row.symbol,
        decimals: row.decimals,
        type: row.type,
        tokenFactory: { id: row.tokenFactoryId },
      },
    }));
  }),
  list: staffOnly.input(userList).handler(async ({ context, input }) => {
    const { limit, offset, orderBy, orderDirection, filters } = input;
    const search = filters?.search;
    const where =
      search === undefined
        ? {}
        : { or: [{ name_contains_nocase: search }, { email_contains_nocase: search }] };
    const [rows, total] = await Promise.all([
      list(context.database, users, { where, orderBy, orderDirection, first: limit, skip: offset }),
      count(context.database, users, where),
    ]);
    return { items: rows.map(userEntry), total, limit, offset };
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
