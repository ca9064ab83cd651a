/** Live contracts against what the scenarios use, before any load. */
import { apiContract, subgraphContract } from "../../profiles/platform/contract/index.ts";
import { apiDrift } from "./api-drift.ts";
import type { ApiUse } from "./api-check.ts";
import { contractProblems } from "./contract-problems.ts";
import {
  checkedOperations,
  contractReport,
  differenceOfApi,
  differenceOfSubgraph,
  type CheckedTarget,
  type ContractReport,
} from "./contract-report.ts";
import type { LiveContract } from "./read-target.ts";
import { usedOperations } from "./used-operations.ts";

export interface ReadTarget {
  /** As given. */
  readonly target: string;
  readonly live: LiveContract;
}

/** @param answered the report of a target without a document; never called for others */
export async function checkContracts(
  targets: readonly ReadTarget[],
  uses: readonly ApiUse[],
  answered: (target: string) => Promise<CheckedTarget>,
): Promise<ContractReport> {
  const checked: CheckedTarget[] = [];
  for (const { target, live } of targets) {
    if (live.surface === "subgraph") checked.push(checkSubgraph(target, live));
    else if (live.how === "answers") checked.push(await answered(target));
    else checked.push(checkApi(target, live, uses));
  }
  return contractReport({ api: apiContract.source, subgraph: subgraphContract.source }, checked);
}

const seeds = [1, 2, 3, 4, 5, 6];

function checkSubgraph(
  target: string,
  { how, schema }: Extract<LiveContract, { readonly surface: "subgraph" }>,
): CheckedTarget {
  // The seed decides which optional variables are set.
  const operations = seeds.flatMap((seed) => usedOperations(undefined, seed));
  const problems = contractProblems(schema, operations).map(differenceOfSubgraph);
  const different = new Map(problems.map((one) => [JSON.stringify(one), one]));
  const names = [...new Set(operations.map(({ name }) => name))];
  return {
    target,
    surface: "subgraph",
    how,
    operations: checkedOperations("subgraph", names, [...different.values()]),
  };
}

function checkApi(
  target: string,
  {
    how,
    contract,
  }: Extract<LiveContract, { readonly how: "openapi" | "file"; readonly surface: "api" }>,
  uses: readonly ApiUse[],
): CheckedTarget {
  return {
    target,
    surface: "api",
    how,
    source: contract.source,
    operations: checkedOperations(
      "api",
      uses.map(({ name }) => name),
      apiDrift(contract, apiContract, uses).map(differenceOfApi),
    ),
  };
}
