import { ORPCError } from "@orpc/server";
import {
  addons,
  complianceModules,
  count,
  factories,
  find,
  identities,
  list,
  systems,
} from "../../data/entities.ts";
import type { FactoryRow, IdentityRow } from "../../data/entities.ts";
import type { Database } from "../../database/database.ts";
import { allowed, anyone, ofSystem, signedIn } from "../base.ts";
import {
  addonList,
  entityList,
  factoryList,
  factoryRead,
  identityList,
  nothing,
  systemList,
  systemRead,
} from "../inputs.ts";
import { entityEntry, identityEntry, identityInFull, systemInFull } from "../outputs.ts";
import { statsRouter } from "./stats.ts";

/** The identity of a wallet. */
export async function identityOf(
  database: Database,
  wallet: string,
): Promise<IdentityRow | undefined> {
  return (await list(database, identities, { where: { account: wallet }, first: 1 }))[0];
}

const named = ({ id, name, typeId }: FactoryRow) => ({ id, name, typeId });

/** What each kind of addon is called in the filter of the list. */
const addonKinds = {
  airdrops: "ATKPushAirdropFactory",
  yield: "ATKFixedYieldScheduleFactory",
  xvp: "ATKXvPSettlementFactory",
} as const;

const pageOf = ({
  orderBy,
  orderDirection,
  limit,
  offset,
}: {
  readonly orderBy: string;
  readonly orderDirection: "asc" | "desc";
  readonly limit?: number | undefined;
  readonly offset: number;
}) => ({ orderBy, orderDirection, first: limit ?? 50, skip: offset });

export const systemRouter = {
  list: anyone.input(systemList).handler(async ({ context, input }) => {
    const rows = await list(context.database, systems, input);
    return rows.map(({ id }) => ({ id }));
  }),
  read: ofSystem.input(systemRead).handler(async ({ context, input }) => {
    const { systemId, user, database } = context;
    const id = input.id === "default" ? systemId : input.id;
    const [system, tokenFactories, systemAddons, modules, identity] = await Promise.all([
      find(database, systems, id),
      list(database, factories),
      list(database, addons),
      list(database, complianceModules),
      identityOf(database, user.wallet),
    ]);
    if (system === undefined) throw new ORPCError("NOT_FOUND", { message: `No system at ${id}` });
    return systemInFull(system, {
      user,
      factories: tokenFactories,
      addons: systemAddons,
      modules,
      identity,
    });
  }),
  factory: {
    list: ofSystem.input(factoryList).handler(async ({ context, input }) => {
      const rows = await list(context.database, factories, input);
      const { hasTokens } = input;
      return hasTokens === undefined ? rows : rows.filter((row) => row.hasTokens === hasTokens);
    }),
    read: signedIn.input(factoryRead).handler(async ({ context, input }) => {
      const factory = await find(context.database, factories, input.id);
      if (factory === undefined) {
        throw new ORPCError("NOT_FOUND", { message: `No token factory at ${input.id}` });
      }
      return named(factory);
    }),
  },
  addon: {
    list: ofSystem.input(addonList).handler(async ({ context, input }) => {
      const { typeId, orderBy, orderDirection } = input;
      const where = { typeId: typeId === undefined ? undefined : addonKinds[typeId] };
      const rows = await list(context.database, addons, { where, orderBy, orderDirection });
      return rows.map((addon) => ({
        ...addon,
        account: addon.id,
        deployedInTransaction: `0x${"0".repeat(64)}`,
      }));
    }),
  },
  identity: {
    me: ofSystem.input(nothing).handler(async ({ context }) => {
      const identity = await identityOf(context.database, context.user.wallet);
      if (identity === undefined) {
        throw new ORPCError("NOT_FOUND", { message: "The user has no identity" });
      }
      return identityInFull(identity);
    }),
    list: allowed("system.identity.list")
      .input(identityList)
      .handler(async ({ context, input }) => {
        const { limit, offset, filters } = input;
        const where = { isContract: filters?.isContract, account: filters?.accountId };
        const [rows, total] = await Promise.all([
          list(context.database, identities, { where, ...pageOf(input) }),
          count(context.database, identities, where),
        ]);
        return { items: rows.map(identityEntry), total, limit, offset };
      }),
  },
  entity: {
    list: allowed("system.entity.list")
      .input(entityList)
      .handler(async ({ context, input }) => {
        const { limit, offset, filters } = input;
        const where = { isContract: filters?.entityType !== "wallet" };
        const [rows, total] = await Promise.all([
          list(context.database, identities, { where, ...pageOf(input) }),
          count(context.database, identities, where),
        ]);
        return { items: rows.map(entityEntry), total, limit, offset };
      }),
  },
  stats: statsRouter,
};
