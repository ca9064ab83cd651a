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
import { anyone, ofSystem, staffOnly } from "../base.ts";
import { addonList, factoryList, identityList, systemList, systemRead } from "../inputs.ts";
import { holdersByRole, identityEntry, rolesOf } from "../outputs.ts";
import { statsRouter } from "./stats.ts";

/** People, or contracts: the same register, told apart by a filter. */
const register = staffOnly.input(identityList).handler(async ({ context, input }) => {
  const { limit, offset, orderBy, orderDirection, filters } = input;
  const where = { isContract: filters?.isContract };
  const [rows, total] = await Promise.all([
    list(context.database, identities, {
      where,
      orderBy,
      orderDirection,
      first: limit,
      skip: offset,
    }),
    count(context.database, identities, where),
  ]);
  return { items: rows.map(identityEntry), total, limit, offset };
});

export const systemRouter = {
  list: anyone.input(systemList).handler(async ({ context, input }) => {
    const rows = await list(context.database, systems, input);
    return rows.map(({ id }) => ({ id }));
  }),
  read: ofSystem.input(systemRead).handler(async ({ context, input }) => {
    const { systemId, user, database } = context;
    const id = input.id === "default" ? systemId : input.id;
    const [system, tokenFactories, systemAddons, modules] = await Promise.all([
      find(database, systems, id),
      list(database, factories),
      list(database, addons),
      list(database, complianceModules),
    ]);
    if (system === undefined) throw new ORPCError("NOT_FOUND", { message: `No system at ${id}` });
    return {
      id: system.id,
      deployedInTransaction: null,
      identityFactory: { id: system.identityFactory },
      identityRegistry: { id: system.identityRegistry },
      identityRegistryStorage: { id: system.identityRegistryStorage },
      tokenFactoryRegistry: { id: system.tokenFactoryRegistry, tokenFactories },
      systemAddonRegistry: { id: system.systemAddonRegistry, systemAddons },
      complianceModuleRegistry: { id: system.compliance, complianceModules: modules },
      systemAccessManager: {
        id: system.accessManager,
        accessControl: { id: system.accessManager, ...holdersByRole(system.roles) },
      },
      userPermissions: { roles: rolesOf(system.roles, user.wallet), isAllowed: true },
    };
  }),
  factory: {
    list: ofSystem.input(factoryList).handler(async ({ context, input }) => {
      const rows = await list(context.database, factories, input);
      const { hasTokens } = input;
      return hasTokens === undefined ? rows : rows.filter((row) => row.hasTokens === hasTokens);
    }),
  },
  addon: {
    list: ofSystem.input(addonList).handler(async ({ context, input }) => {
      const { typeId, orderBy, orderDirection } = input;
      return list(context.database, addons, { where: { typeId }, orderBy, orderDirection });
    }),
  },
  identity: { list: register },
  entity: { list: register },
  stats: statsRouter,
};
