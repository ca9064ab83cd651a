/**
 * The subgraph's requests: the operations that the platform's API issues. Data only.
 *
 * They have the API's names, arguments and fields. Lists that it reads in
 * pages of 500 (`@fetchAll`) are their first page here, and if such a list occurs with a page of the same
 * operation, it is a separate operation (`…Total`), as the client sends it. Ids are added if the response is checked
 * against the requested id. Variables vary, because results are
 * cached per block.
 */
import { systemCalls } from "./subgraph-system-calls.ts";
import { tokenCalls } from "./subgraph-token-calls.ts";
import { userCalls } from "./subgraph-user-calls.ts";

export const subgraphCalls = { ...systemCalls, ...tokenCalls, ...userCalls } as const;

export type SubgraphOperation = keyof typeof subgraphCalls;

export const operationNames: readonly SubgraphOperation[] = Object.keys(subgraphCalls).filter(
  (name): name is SubgraphOperation => name in subgraphCalls,
);
