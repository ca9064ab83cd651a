/**
 * What the subgraph is asked: the operations that the platform's API issues. Data only.
 *
 * They have the API's names, arguments and fields. Lists that it reads in
 * pages of 500 (`@fetchAll`) are their first page here, and where such a list stands beside a page of the same
 * operation, it is an operation of its own (`…Total`), as the client sends it. Ids are added where the answer is checked
 * against what was asked for. Variables vary, because results are
 * cached per block.
 */
import { systemCalls } from "./subgraph-system-calls.ts";
import { tokenCalls } from "./subgraph-token-calls.ts";
import { userCalls } from "./subgraph-user-calls.ts";

export const subgraphCalls = { ...systemCalls, ...tokenCalls, ...userCalls } as const;

export type SubgraphOperation = keyof typeof subgraphCalls;
