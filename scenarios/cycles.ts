/** What each surface is sent, in order: worked out once per k6 process and shared by its virtual users. */
import { pageViews } from "../profiles/page-views.ts";
import { rolesOfProcedure } from "../profiles/platform/procedure-roles.ts";
import { roles } from "../src/domain/role.ts";
import { apiReadNames, readers } from "./lib/api-calls.ts";
import { weightOfRead } from "./lib/api-weights.ts";
import { pageNames } from "./lib/page-calls.ts";
import { plan } from "./lib/plan.ts";
import { plannedCycle } from "./lib/planned-weights.ts";
import { operationNames } from "./lib/subgraph-calls.ts";
import { weightOfOperation } from "./lib/subgraph-weights.ts";

/** A cycle as one text: the character at each place is the place of its item in the list. */
const orderOf = <Item>(items: readonly Item[], cycle: readonly Item[]): string =>
  cycle.map((item) => String.fromCharCode(items.indexOf(item))).join("");

export const pageOrder = (): string =>
  orderOf(
    pageNames,
    plannedCycle("web", pageNames, (page) => pageViews[page].document, plan),
  );

export const operationOrder = (): string =>
  orderOf(operationNames, plannedCycle("subgraph", operationNames, weightOfOperation, plan));

const readCycle = () => plannedCycle("api", apiReadNames, weightOfRead, plan);

export const readOrder = (): string => orderOf(apiReadNames, readCycle());

/** For each read a role that may send it; undefined: all may. */
export const readerOrder = (): string =>
  orderOf(
    readers,
    readCycle().map((name) => {
      const allowed = rolesOfProcedure(name);
      return allowed.length === roles.length ? undefined : allowed[0];
    }),
  );
