/** Who sent a request. */
import type { IncomingHttpHeaders } from "node:http";
import type { Auth } from "./auth.ts";

export interface SessionUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly wallet: string;
  readonly onboarded: boolean;
}

export interface Sessions {
  /** The user behind the cookies; `undefined` where nobody is signed in. */
  userOf(headers: IncomingHttpHeaders): Promise<SessionUser | undefined>;
  /** Forgets who was signed in: called whenever somebody may have signed out. */
  forget(): void;
}

/** How long an answer of better-auth stands, and how many are kept. */
const rememberMs = 10_000;
const rememberCount = 1000;

/**
 * better-auth checks the signature of every cookie; load comes from a handful of identities, so answers are kept for
 * a few seconds.
 */
export function createSessions(auth: Auth): Sessions {
  const known = new Map<
    string,
    { readonly user: SessionUser | undefined; readonly until: number }
  >();
  return {
    async userOf({ cookie }) {
      if (cookie === undefined || !cookie.includes("session_token=")) return undefined;
      const remembered = known.get(cookie);
      const now = performance.now();
      if (remembered !== undefined && remembered.until > now) return remembered.user;
      const session = await auth.api.getSession({ headers: new Headers({ cookie }) });
      if (known.size >= rememberCount) known.clear();
      const user = session?.user;
      known.set(cookie, { user, until: now + rememberMs });
      return user;
    },
    forget: () => known.clear(),
  };
}
