/** Reads ids out of answers whose shape nobody vouches for. Addresses are lower case, as the subgraph has them. */
import type { PlatformIds, TokenId } from "./ids.ts";

/** How many of each vary: enough for caches not to answer alone, few enough to copy to every virtual user. */
const most = 100;

export function idsFromSubgraph(data: unknown): PlatformIds {
  const [system] = listAt(data, "systems");
  const partOf = (name: string): string | undefined => idOf(at(system, name));
  return {
    ...withTokens(idOf(system), listAt(data, "tokens")),
    identityFactory: partOf("identityFactory"),
    identityRegistryStorage: partOf("identityRegistryStorage"),
    topicSchemeRegistry: partOf("topicSchemeRegistry"),
    trustedIssuersRegistry: partOf("trustedIssuersRegistry"),
    complianceModuleRegistry: partOf("complianceModuleRegistry"),
    yieldSchedules: listAt(data, "tokenFixedYieldSchedules").flatMap(idsOf).slice(0, most),
    accounts: listAt(data, "accounts").flatMap(idsOf).slice(0, most),
  };
}

export function idsFromApi(outputs: {
  readonly systems: unknown;
  readonly tokens: unknown;
  readonly holders: unknown;
}): PlatformIds {
  const [system] = Array.isArray(outputs.systems) ? (outputs.systems as readonly unknown[]) : [];
  const balances = listAt(at(outputs.holders, "token"), "balances");
  return {
    ...withTokens(idOf(system), listAt(outputs.tokens, "tokens")),
    accounts: balances.flatMap((balance) => idsOf(at(balance, "account"))).slice(0, most),
  };
}

/** @param output of `token.list` */
export const movableTokens = (output: unknown): readonly string[] =>
  spread(
    listAt(output, "tokens").filter((token) => at(at(token, "pausable"), "paused") === false),
    most,
  ).flatMap(idsOf);

/** @param output of `user.me` @returns one wallet or none */
export function walletOf(output: unknown): readonly string[] {
  const wallet = at(output, "wallet");
  return typeof wallet === "string" ? [wallet] : [];
}

function withTokens(
  system: string | undefined,
  found: readonly unknown[],
): Pick<PlatformIds, "system" | "tokens" | "factories"> {
  const tokens = spread(found, most).flatMap((token): readonly TokenId[] => {
    const id = idOf(token);
    const factory = idOf(at(token, "tokenFactory"));
    return id === undefined || factory === undefined ? [] : [{ id, factory }];
  });
  return {
    system: system ?? "",
    tokens,
    factories: [...new Set(tokens.map(({ factory }) => factory))],
  };
}

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
