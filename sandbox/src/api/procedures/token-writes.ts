/**
 * Writes: checked like on the real platform, carried out in the database instead of on a chain. What the contract of a
 * token would revert comes back as PORTAL_ERROR, with the reason in the message.
 */
import { ORPCError } from "@orpc/server";
import type { SessionUser } from "../../auth/session.ts";
import { count, identities } from "../../data/entities.ts";
import type { TokenRow } from "../../data/entities.ts";
import type { Database } from "../../database/database.ts";
import { SANDBOX_PINCODE } from "../../../../src/domain/sandbox.ts";
import { ofSystem, readToken, requireRole } from "../base.ts";
import { mint, transfer } from "../inputs.ts";
import type { Mint } from "../inputs.ts";
import { fullToken } from "./token-in-full.ts";

export const mintTokens = ofSystem.input(mint).handler(async ({ context, input }) => {
  const { database, user, fateOfWrite, acknowledge } = context;
  const token = await readToken(database, input.contract);
  requireRole("token.mint", token.roles, user.wallet);
  await checkMovement(database, token, input);
  const fate = fateOfWrite();
  const blocks: (string | null)[] = [];
  for (let times = fate === "lost" ? 0 : fate === "doubled" ? 2 : 1; times > 0; times--)
    blocks.push(await move(database, input, user, null));
  const output = await fullToken(database, await readToken(database, token.id), user);
  for (const block of blocks) if (block !== null) acknowledge(block);
  return output;
});

export const transferTokens = ofSystem.input(transfer).handler(async ({ context, input }) => {
  const { database, user, acknowledge } = context;
  const token = await readToken(database, input.contract);
  await checkMovement(database, token, input);
  const [payer = user.wallet] = input.from ?? [];
  const block = await move(database, input, user, payer);
  if (block === null) {
    throw reverted(`ERC20InsufficientBalance: ${payer} does not hold enough of ${token.symbol}`);
  }
  const output = await fullToken(database, await readToken(database, token.id), user);
  acknowledge(block);
  return output;
});

/** What the API and the token itself refuse whoever asks. */
async function checkMovement(database: Database, token: TokenRow, input: Mint): Promise<void> {
  if (input.amounts.some((amount) => amount === 0n)) {
    throw new ORPCError("INPUT_VALIDATION_FAILED", {
      status: 422,
      message: "Missing recipient or amount",
    });
  }
  if (input.walletVerification.secretVerificationCode !== SANDBOX_PINCODE) {
    throw new ORPCError("CHALLENGE_FAILED", { status: 401 });
  }
  if (input.amounts.some((amount) => amount < 0n)) throw reverted("the amount is negative");
  if (token.paused) throw reverted(`TokenPaused: ${token.symbol}`);
  const recipients = [...new Set(input.recipients)];
  const registered = await count(database, identities, { account_in: recipients });
  if (registered < recipients.length) throw reverted("RecipientNotVerified");
}

const reverted = (reason: string): ORPCError<string, unknown> =>
  new ORPCError("PORTAL_ERROR", { status: 500, message: `Transaction reverted: ${reason}` });

/** @param payer `null`: the tokens are new    @returns the block; `null` where the payer does not hold enough */
async function move(
  database: Database,
  { contract, recipients, amounts }: Mint,
  user: SessionUser,
  payer: string | null,
): Promise<string | null> {
  const [row] = await database.execute<{ block: string | null }>(
    "select move_tokens($1, $2, $3, $4, $5)::text as block",
    [contract, recipients, amounts.map(String), user.wallet, payer],
  );
  return row?.block ?? null;
}
