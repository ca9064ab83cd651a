/** Reads ids from responses whose shape is not guaranteed. Addresses are lower case, as in the subgraph. */
import type { PlatformIds, TokenId } from "./ids.ts";

/** How many of each vary: enough for caches not to answer alone, few enough to copy to every virtual user. */
const most = 100;

export function idsFromSubgraph(data: unknown): PlatformIds {
  const [system] = listAt(data, "systems");
  const tokens = listAt(data, "tokens").flatMap((token) =>
    tokenOf(token, idOf(at(token, "tokenFactory"))),
  );
  return {
    ...addressesOfSystem(system),
    ...withTokens(idOf(system), tokens),
    yieldSchedules: listAt(data, "tokenFixedYieldSchedules").flatMap(idsOf).slice(0, most),
    accounts: listAt(data, "accounts").flatMap(idsOf).slice(0, most),
  };
}

/** What the API answered: `token.list` once for each factory, `token.holders` for some tokens. */
export interface ApiOutputs {
  readonly system: unknown;
  readonly tokens: readonly { readonly factory: string; readonly output: unknown }[];
  readonly holders: readonly unknown[];
}

export function idsFromApi({ system, tokens, holders }: ApiOutputs): PlatformIds {
  const found = tokens.flatMap(({ factory, output }) =>
    listAt(output, "tokens").flatMap((token) => tokenOf(token, factory)),
  );
  const balances = holders.flatMap((output) => listAt(at(output, "token"), "balances"));
  return {
    ...addressesOfSystem(system),
    ...withTokens(idOf(system), found),
    accounts: unique(balances.flatMap((balance) => idsOf(at(balance, "account")))).slice(0, most),
  };
}

/** @param output of `system.factory.list` @returns ids of the factories that made tokens */
export const factoriesOf = (output: unknown): readonly string[] =>
  (Array.isArray(output) ? output : [])
    .filter((factory: unknown) => at(factory, "hasTokens") !== false)
    .flatMap(idsOf);

/** @param output of `token.list` @returns the ids in it */
export const tokensOf = (output: unknown): readonly string[] =>
  listAt(output, "tokens").flatMap(idsOf);

/** @param output of `token.holders` */
export const hasHolders = (output: unknown): boolean =>
  listAt(at(output, "token"), "balances").length > 0;

/** @param output of `system.read` @returns permissions of the caller; `undefined`: the answer has none */
export function permissionsOf(output: unknown): Readonly<Record<string, unknown>> | undefined {
  const actions = at(at(output, "userPermissions"), "actions");
  return typeof actions === "object" && actions !== null
    ? Object.fromEntries(Object.entries(actions))
    : undefined;
}

/** @param output of `system.read` @returns whether the caller's identity may receive tokens */
export const isRegistered = (output: unknown): boolean =>
  at(at(at(output, "userIdentity"), "registered"), "isRegistered") === true;

/** @param output of `token.read` */
export function mintability(output: unknown): "mintable" | "paused" | "not-allowed" {
  const actions = at(at(output, "userPermissions"), "actions");
  if (at(actions, "mint") !== true) return "not-allowed";
  return at(at(output, "pausable"), "paused") === false ? "mintable" : "paused";
}

/** @param output of `user.me` @returns whether the caller confirms writes with a pincode */
export const hasPincode = (output: unknown): boolean =>
  listAt(output, "verificationTypes").includes("PINCODE");

/** @param output of `user.me` @returns one wallet or none */
export function walletOf(output: unknown): readonly string[] {
  const wallet = at(output, "wallet");
  return typeof wallet === "string" ? [wallet] : [];
}

interface FoundToken extends TokenId {
  readonly isBond: boolean;
}

function tokenOf(token: unknown, factory: string | undefined): readonly FoundToken[] {
  const id = idOf(token);
  if (id === undefined || factory === undefined) return [];
  return [{ id, factory: factory.toLowerCase(), isBond: at(token, "type") === "bond" }];
}

function addressesOfSystem(
  system: unknown,
): Pick<
  PlatformIds,
  | "identityFactory"
  | "identityRegistryStorage"
  | "topicSchemeRegistry"
  | "trustedIssuersRegistry"
  | "complianceModuleRegistry"
> {
  const partOf = (name: string): string | undefined => idOf(at(system, name));
  return {
    identityFactory: partOf("identityFactory"),
    identityRegistryStorage: partOf("identityRegistryStorage"),
    topicSchemeRegistry: partOf("topicSchemeRegistry"),
    trustedIssuersRegistry: partOf("trustedIssuersRegistry"),
    complianceModuleRegistry: partOf("complianceModuleRegistry"),
  };
}

function withTokens(
  system: string | undefined,
  found: readonly FoundToken[],
): Pick<PlatformIds, "system" | "tokens" | "bonds" | "factories"> {
  const tokens = spread(found, most);
  return {
    system: system ?? "",
    tokens: tokens.map(({ id, factory }) => ({ id, factory })),
    bonds: tokens.filter(({ isBond }) => isBond).map(({ id }) => id),
    factories: unique(tokens.map(({ factory }) => factory)),
  };
}

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];

/** At most `count`, taken evenly: lists come ordered, and the first hundred may all be of one kind. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, place) => items.slice(Math.floor((place * items.length) / count))[0],
  ).filter((item): item is Item => item !== undefined);
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value)).get(key);
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = at(value, key);
  return Array.isArray(list) ? list : [];
}

function idOf(value: unknown): string | undefined {
  const id = at(value, "id");
  return typeof id === "string" && id !== "" ? id.toLowerCase() : undefined;
}

const idsOf = (value: unknown): readonly string[] => {
  const id = idOf(value);
  return id === undefined ? [] : [id];
};
