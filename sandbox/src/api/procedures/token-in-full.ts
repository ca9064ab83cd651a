import type { SessionUser } from "../../auth/session.ts";
import { balances, complianceModules, count, list, tokens } from "../../data/entities.ts";
import type { TokenRow } from "../../data/entities.ts";
import type { Database } from "../../database/database.ts";
import { tokenInFull } from "../outputs.ts";

/** The token with all that is shown beside it. */
export async function fullToken(database: Database, token: TokenRow, user: SessionUser) {
  const [modules, holders, [denominationAsset]] = await Promise.all([
    list(database, complianceModules),
    count(database, balances, { token: token.id }),
    token.details.bond === undefined
      ? []
      : list(database, tokens, { where: { type: "stablecoin" }, first: 1 }),
  ]);
  return tokenInFull(token, { user, modules, holders, denominationAsset });
}
