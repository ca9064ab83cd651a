/** The levels of the API: each adds what a caller must be, and what a handler may then use. */
import type { IncomingHttpHeaders } from "node:http";
import { ORPCError, os } from "@orpc/server";
import { procedureRequirements } from "../../../profiles/platform/procedure-roles.ts";
import type { Sessions } from "../auth/session.ts";
import { find, systems, tokens } from "../data/entities.ts";
import type { Roles, TokenRow } from "../data/entities.ts";
import type { WriteFate } from "../faults/writes.ts";
import type { Database } from "../database/database.ts";
import { zeroAddress } from "../identities.ts";
import { tokenAddress, tokenDays } from "./inputs.ts";
import { satisfies } from "./permissions.ts";

export interface ApiContext {
  readonly headers: IncomingHttpHeaders;
  readonly database: Database;
  readonly sessions: Sessions;
  /** Asked before each mint is carried out. */
  readonly fateOfWrite: () => WriteFate | undefined;
  /** Told of each write that was carried out, by its block. */
  readonly acknowledge: (block: string) => void;
}

/** Errors that a client may rely on: status and code. */
const errors = {
  UNAUTHORIZED: { status: 401, message: "Sign in first" },
  NOT_ONBOARDED: { status: 403, message: "The user has no wallet yet" },
  USER_NOT_AUTHORIZED: { status: 403, message: "The user has none of the required roles" },
  SYSTEM_NOT_CREATED: { status: 403, message: "There is no system yet" },
  CHALLENGE_FAILED: { status: 401, message: "The wallet verification failed" },
  NOT_FOUND: { status: 404, message: "Not found" },
  PORTAL_ERROR: { status: 500, message: "The transaction failed" },
  INPUT_VALIDATION_FAILED: { status: 422, message: "The request cannot be carried out" },
} as const;

/** Anybody. */
export const anyone = os.$context<ApiContext>().errors(errors);

/** Somebody who signed in. */
export const signedIn = anyone.use(async ({ context, next }) => {
  const user = await context.sessions.userOf(context.headers);
  if (user === undefined) throw new ORPCError("UNAUTHORIZED");
  return next({ context: { user } });
});

/** Somebody with a wallet, on a platform that is set up. That is read anew every time, as on the real platform. */
export const ofSystem = signedIn.use(async ({ context, next }) => {
  const { wallet, onboarded } = context.user;
  if (wallet === zeroAddress || !onboarded) {
    throw new ORPCError("NOT_ONBOARDED", { status: 403 });
  }
  const row = await context.database.readOne<{ value: string | null }>(
    "select value from settings where key = 'SYSTEM_ADDRESS'",
  );
  const systemId = row?.value ?? undefined;
  if (systemId === undefined) throw new ORPCError("SYSTEM_NOT_CREATED", { status: 403 });
  return next({ context: { systemId } });
});

/** Somebody whose wallet holds a role on the system that the procedure demands. @param procedure with dots */
export const allowed = (procedure: string) =>
  ofSystem.use(async ({ context, next }) => {
    const granted = (await find(context.database, systems, context.systemId))?.roles ?? {};
    requireRole(procedure, granted, context.user.wallet);
    return next({ context: { granted } });
  });

/** @throws ORPCError USER_NOT_AUTHORIZED */
export function requireRole(procedure: string, granted: Roles, wallet: string): void {
  const requirement = procedureRequirements[procedure];
  if (requirement === undefined || satisfies(requirement, granted, wallet)) return;
  const { anyOf: any } = requirement;
  throw new ORPCError("USER_NOT_AUTHORIZED", { status: 403, data: { requiredRoles: { any } } });
}

const withToken = os
  .$context<{ readonly database: Database }>()
  .middleware(
    async ({ context, next }, { tokenAddress: id }: { readonly tokenAddress: string }) => {
      return next({ context: { token: await readToken(context.database, id) } });
    },
  );

/** Reads about one token; unknown ones are refused. */
export const ofToken = ofSystem.input(tokenAddress).use(withToken);
/** The same over a number of days. */
export const ofTokenDays = ofSystem.input(tokenDays).use(withToken);

/** @throws ORPCError NOT_FOUND */
export async function readToken(database: Database, id: string): Promise<TokenRow> {
  const token = await find(database, tokens, id);
  if (token === undefined) throw new ORPCError("NOT_FOUND", { message: `No token at ${id}` });
  return token;
}
