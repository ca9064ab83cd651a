import { describe, expect, test } from "vitest";
import { apiContract } from "../../profiles/platform/contract/index.ts";
import type { ApiContract, ApiProcedure } from "../../profiles/platform/contract/index.ts";
import { apiUses, type ApiUse } from "./api-check.ts";
import { inputCheck } from "./testdata/input-check.ts";
import { hasField } from "./testdata/has-field.ts";

const uses = apiUses();

/** One thing that the contract and the scenarios do not agree about. */
interface ApiDifference {
  readonly procedure: string;
  readonly kind: "unknown-procedure" | "input-refused" | "unknown-output-field";
  /** The field of the output, or what is wrong with the input. */
  readonly detail: string;
}

/** Compares calls with a contract. @returns every difference, none twice */
function checkApiUses(
  contract: Pick<ApiContract, "procedures">,
  checked: readonly ApiUse[] = uses,
): readonly ApiDifference[] {
  const found = checked.flatMap((use) => differencesOf(contract, use));
  return [...new Map(found.map((difference) => [JSON.stringify(difference), difference])).values()];
}

function differencesOf(
  { procedures }: Pick<ApiContract, "procedures">,
  { name, path, inputs, shape, sameId }: ApiUse,
): readonly ApiDifference[] {
  const procedure = procedures[path];
  if (procedure === undefined)
    return [{ procedure: name, kind: "unknown-procedure", detail: path }];
  const problemsOf = inputCheck(procedure.input);
  const refused = inputs.flatMap(problemsOf);
  const selectors = [...shape, ...(sameId === undefined ? [] : [sameId.found])];
  const unknown = selectors.filter((selector) => !hasField(procedure.output, selector));
  return [
    ...refused.map((detail): ApiDifference => ({ procedure: name, kind: "input-refused", detail })),
    ...unknown.map((detail): ApiDifference => ({
      procedure: name,
      kind: "unknown-output-field",
      detail,
    })),
  ];
}

describe("what the scenarios send and read, by the contract of the platform", () => {
  test.each(uses.map((use) => [use.name, use] as const))("%s", (_name, use) => {
    expect(checkApiUses(apiContract, [use])).toEqual([]);
  });

  test("covers every read, both writes and the setup", () => {
    expect(uses.length).toBeGreaterThanOrEqual(50);
    expect(uses.filter(({ inputs }) => inputs.length > 0)).toHaveLength(uses.length);
  });
});

/** The contract with one procedure changed. */
const drifted = (path: string, change: Partial<ApiProcedure>) => {
  const procedure = apiContract.procedures[path];
  if (procedure === undefined) throw new TypeError(`${path} is not in the contract`);
  return { procedures: { ...apiContract.procedures, [path]: { ...procedure, ...change } } };
};

describe("a planted drift is found", () => {
  test("a procedure that is gone", () => {
    const { "token/holders": _gone, ...procedures } = apiContract.procedures;
    expect(checkApiUses({ procedures })).toEqual([
      { procedure: "token.holders", kind: "unknown-procedure", detail: "token/holders" },
      { procedure: "setup.token.holders", kind: "unknown-procedure", detail: "token/holders" },
    ]);
  });

  test("a field of the output that has another name", () => {
    const found = checkApiUses(
      drifted("user/events", { output: { events: [{}], count: "number" } }),
    );
    expect(found).toEqual([
      { procedure: "user.events", kind: "unknown-output-field", detail: "total" },
    ]);
  });

  test("a list that became one object", () => {
    const found = checkApiUses(drifted("user/assets", { output: { items: ["any"] } }));
    expect(found).toEqual([
      { procedure: "user.assets", kind: "unknown-output-field", detail: "#" },
    ]);
  });

  test.each([
    ["a new field that must be given", { required: ["tokenAddress", "chain"] }, "chain"],
    ["another type", { properties: { tokenAddress: { type: "integer" } } }, "tokenAddress"],
    [
      "a longer address",
      { properties: { tokenAddress: { type: "string", minLength: 64 } } },
      "tokenAddress",
    ],
    [
      "fields that are not known",
      { properties: {}, required: [], additionalProperties: false },
      "tokenAddress",
    ],
  ] as const)("an input with %s", (_case, change, field) => {
    const input = { type: "object", ...change } as const;
    const found = checkApiUses(drifted("token/statsCollateralRatio", { input }));
    expect(found.length).toBeGreaterThan(0);
    for (const difference of found) {
      expect(difference).toMatchObject({
        procedure: "token.statsCollateralRatio",
        kind: "input-refused",
      });
      expect(difference.detail).toContain(field);
    }
  });

  test("a value of an enum that has another name", () => {
    const input = {
      type: "object",
      properties: { preset: { type: "string", enum: ["last24Hours", "last7Days"] } },
      required: ["preset"],
    } as const;
    const found = checkApiUses(drifted("system/stats/claimsStatsByPreset", { input }));
    expect(found).toMatchObject([{ kind: "input-refused" }]);
  });
});
