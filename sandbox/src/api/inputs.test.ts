/** The sandbox's inputs judged by oRPC's server library, against the JSON Schema of the platform's contract. */
import { describe, expect, test } from "vitest";
import { apiContract } from "../../../profiles/platform/contract/index.ts";
import { inputCheck } from "../../../src/contract/testdata/input-check.ts";
import { post, procedurePaths } from "./testdata/echo.ts";
import { inputProbes } from "./testdata/input-probes.ts";

async function isAccepted(path: string, input: unknown): Promise<boolean> {
  const { status } = await post(path, input);
  expect([200, 400]).toContain(status);
  return status === 200;
}

/** An empty list counts as one amount: BigInt reads it as 0. */
const countOf = (value: unknown): number =>
  Array.isArray(value) && value.length > 0 ? value.length : 1;

/** What JavaScript's BigInt takes, and decimals, which are cut off; or a list of such. */
function isAmount(value: unknown): boolean {
  try {
    BigInt(typeof value === "number" ? Math.trunc(value) : (value as string));
    return true;
  } catch {
    return Array.isArray(value) && value.every(isAmount);
  }
}

/**
 * Rules of the real schemas that a JSON Schema does not hold (`token.mint.schema.ts`, `token.transfer.schema.ts`): the
 * form of an amount, and rules across fields.
 */
function beyondSchema(path: string, input: unknown): boolean {
  if (path !== "token/mint" && path !== "token/transfer") return true;
  const {
    amounts,
    recipients,
    from,
    transferType = "standard",
  } = input as Readonly<Record<string, unknown>>;
  if (!isAmount(amounts) || countOf(amounts) !== countOf(recipients)) return false;
  if (path === "token/mint") return true;
  if (transferType === "standard") return from === undefined;
  return from !== undefined && countOf(from) === countOf(recipients);
}

const probesPerProcedure = 120;

describe("inputs", () => {
  test("every procedure of the sandbox is one of the platform", () => {
    expect(procedurePaths.length).toBeGreaterThanOrEqual(48);
    expect(procedurePaths.filter((path) => !(path in apiContract.procedures))).toEqual([]);
  });

  test.each(procedurePaths)("%s is as strict and as lax as the contract", async (path) => {
    const schema = apiContract.procedures[path]?.input ?? null;
    const problemsOf = inputCheck(schema);
    const probes = inputProbes(schema, { count: probesPerProcedure, seed: 7 });
    expect(probes.length).toBeGreaterThanOrEqual(100);
    const judged = await Promise.all(
      probes.map(async (input) => ({
        input,
        sandbox: await isAccepted(path, input),
        contract: problemsOf(input).length === 0 && beyondSchema(path, input),
      })),
    );
    expect(judged.filter(({ sandbox, contract }) => sandbox !== contract)).toEqual([]);
    // Of both kinds; a procedure that takes nothing ignores what it is sent.
    const verdicts = new Set(judged.map(({ contract }) => contract));
    expect(verdicts).toEqual(new Set(schema === null ? [true] : [true, false]));
  });

  test.each([
    ["a whole number", 5],
    ["text", "5"],
    ["decimals, which are cut off", "5.75"],
    ["hexadecimal digits", "0x10"],
  ])("an amount may be %s", async (_case, amounts) => {
    const address = `0x${"1".repeat(40)}`;
    const walletVerification = { secretVerificationCode: "1" };
    const input = { contract: address, recipients: address, amounts, walletVerification };
    expect(await isAccepted("token/mint", input)).toBe(true);
    expect(await isAccepted("token/mint", { ...input, amounts: "five" })).toBe(false);
  });
});
