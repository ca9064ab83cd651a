/** What each surface is sent, in order: worked out once per k6 process and shared by its virtual users. */
import { pageViews } from "../profiles/page-views.ts";
import { rolesOfProcedure } from "../profiles/platform/procedure-roles.ts";
import { roles } from "../src/domain/role.ts";
import type { Role } from "../src/domain/role.ts";
import { apiReadNames } from "./lib/api-calls.ts";
import type { ApiRead } from "./lib/api-calls.ts";
import { weightOfRead } from "./lib/api-weights.ts";
import { pageCalls } from "./lib/page-calls.ts";
import type { PageName } from "./lib/page-calls.ts";
import { plan } from "./lib/plan.ts";
import { plannedCycle } from "./lib/planned-weights.ts";
import { subgraphCalls } from "./lib/subgraph-calls.ts";
import type { SubgraphOperation } from "./lib/subgraph-calls.ts";
import { weightOfOperation } from "./lib/subgraph-weights.ts";

const pages = Object.keys(pageCalls).filter((name): name is PageName => name in pageCalls);
const operations = Object.keys(subgraphCalls).filter(
  (name): name is SubgraphOperation => name in subgraphCalls,
);

export const pageCycle = (): readonly PageName[] =>
  plannedCycle("web", pages, (page) => pageViews[page].document, plan);

export const operationCycle = (): readonly SubgraphOperation[] =>
  plannedCycle("subgraph", operations, weightOfOperation, plan);

/** A read with a role that may send it; without one: all may. */
export interface PlannedRead {
  readonly name: ApiRead;
  readonly role?: Role | undefined;
}

export const readCycle = (): readonly PlannedRead[] =>
  plannedCycle("api", apiReadNames, weightOfRead, plan).map((name) => {
    const allowed = rolesOfProcedure(name);
    return allowed.length === roles.length ? { name } : { name, role: allowed[0] };
  });
