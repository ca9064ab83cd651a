/** The levels of the API: each adds what a caller must be, and what a handler may then use. */
import type { IncomingHttpHeaders } from "node:http";
import { ORPCError, os } from "@orpc/server";
import { isStaff } from "../auth/session.ts";
import type { Sessions, SessionUser } from "../auth/session.ts";
import { find, tokens } from "../data/entities.ts";
import type { TokenRow } from "../data/entities.ts";
import type { Database } from "../database/database.ts";
import { tokenAddress, tokenDays } from "./inputs.ts";

export interface ApiContext {
  readonly headers: IncomingHttpHeaders;
  readonly database: Database;
  readonly sessions: Sessions;
}

/** Errors that a client may rely on: status and code. */
const errors = {
  UNAUTHORIZED: { status: 401, message: "Sign in first" },
  NOT_ONBOARDED: { status: 403, message: "The user has no wallet yet" },
  USER_NOT_AUTHORIZED: { status: 403, message: "The user lacks the role for this" },
  SYSTEM_NOT_CREATED: { status: 403, message: "There is no system yet" },
  CHALLENGE_FAILED: { status: 401, message: "The wallet verification failed" },
  NOT_FOUND: { status: 404, message: "Not found" },
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

/** Somebody signed in, on a platform that is set up. That is read anew every time, as on the real platform. */
export const ofSystem = signedIn.use(async ({ context, next }) => {
  const row = await context.database.readOne<{ value: string | null }>(
    "select value from settings where key = 'SYSTEM_ADDRESS'",
  );
  const systemId = row?.value ?? undefined;
  if (systemId === undefined) throw new ORPCError("SYSTEM_NOT_CREATED", { status: 403 });
  return next({ context: { systemId } });
});

/** Users who run the platform; the real one knows a role for each task. */
export const staffOnly = ofSystem.use(async ({ context, next }) => {
  requireStaff(context.user);
  return next();
});

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

/** @throws ORPCError USER_NOT_AUTHORIZED */
export function requireStaff(user: SessionUser): void {
  if (!isStaff(user)) throw new ORPCError("USER_NOT_AUTHORIZED", { status: 403 });
}
