/** Writes: checked like on the real platform, carried out in the database instead of on a chain. */
import { ORPCError } from "@orpc/server";
import type { SessionUser } from "../../auth/session.ts";
import type { TokenRow } from "../../data/entities.ts";
import type { Database } from "../../database/database.ts";
import { SANDBOX_PINCODE } from "../../identities.ts";
import { ofSystem, readToken, requireStaff } from "../base.ts";
import { mint, transfer } from "../inputs.ts";
import type { Mint } from "../inputs.ts";
import { tokenInFull } from "../outputs.ts";

export const mintTokens = ofSystem.input(mint).handler(async ({ context, input }) => {
  const { database, user } = context;
  const token = await checkedToken(database, user, input);
  requireStaff(user);
  await move(database, input, user, null);
  return tokenInFull(await readToken(database, token.id), user);
});

export const transferTokens = ofSystem.input(transfer).handler(async ({ context, input }) => {
  const { database, user } = context;
  const token = await checkedToken(database, user, input);
  const from = input.from ?? user.wallet;
  if (!(await move(database, input, user, from))) {
    throw new ORPCError("INPUT_VALIDATION_FAILED", {
      status: 422,
      message: `${from} does not hold enough of ${token.symbol}`,
    });
  }
  return tokenInFull(await readToken(database, token.id), user);
});

/** The token of a write, once the caller may write at all. */
async function checkedToken(database: Database, user: SessionUser, input: Mint): Promise<TokenRow> {
  if (!user.onboarded) throw new ORPCError("NOT_ONBOARDED", { status: 403 });
  if (input.walletVerification.secretVerificationCode !== SANDBOX_PINCODE) {
    throw new ORPCError("CHALLENGE_FAILED", { status: 401 });
  }
  const token = await readToken(database, input.contract);
  if (token.paused) {
    throw new ORPCError("INPUT_VALIDATION_FAILED", {
      status: 422,
      message: `${token.symbol} is paused`,
    });
  }
  return token;
}

/** @param payer `null`: the tokens are new    @returns whether the payer held enough */
async function move(
  database: Database,
  { contract, recipients, amounts }: Mint,
  user: SessionUser,
  payer: string | null,
): Promise<boolean> {
  const [row] = await database.execute<{ moved: boolean }>(
    "select move_tokens($1, $2, $3, $4, $5) as moved",
    [contract, recipients, amounts.map(String), user.wallet, payer],
  );
  return row?.moved === true;
}
