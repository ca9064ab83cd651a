/** Existing ids of a platform, from its API: inputs of the scenarios' reads. */
import { factoriesOf, hasHolders, idsFromApi, tokensOf } from "../../scenarios/lib/found-ids.ts";
import type { PlatformIds } from "../../scenarios/lib/ids.ts";
import type { PlatformSession } from "./client.ts";

/** Number of tokens per factory whose holders are read. */
const mostAsked = 3;

/** Lists are empty where a call was refused: the reads themselves show why. */
export async function discoverIds(session: PlatformSession): Promise<PlatformIds> {
  const outputOf = async (procedure: string, input: unknown): Promise<unknown> => {
    const answer = await session.call(procedure, input);
    return answer.ok ? answer.output : undefined;
  };
  const system = await outputOf("system.read", { id: "default" });
  const factories = factoriesOf(await outputOf("system.factory.list", { hasTokens: true }));
  const tokens: { readonly factory: string; readonly output: unknown }[] = [];
  for (const factory of factories)
    tokens.push({ factory, output: await outputOf("token.list", { tokenFactory: factory }) });
  const holders: unknown[] = [];
  for (const { output } of tokens) {
    for (const tokenAddress of tokensOf(output).slice(0, mostAsked)) {
      const found = await outputOf("token.holders", { tokenAddress });
      holders.push(found);
      if (hasHolders(found)) break;
    }
  }
  return idsFromApi({ system, tokens, holders });
}

/** Is there an object of each kind that the reads require? */
export const isLoadable = ({ tokens, factories, accounts }: PlatformIds): boolean =>
  tokens.length > 0 && factories.length > 0 && accounts.length > 0;
