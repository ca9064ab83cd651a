/** Sign-in as on the real platform: better-auth over PostgreSQL, with its limits. */
import { betterAuth } from "better-auth";
import type { Database } from "../database/database.ts";
import { zeroAddress } from "../identities.ts";
import type { Random } from "../../../src/domain/random.ts";
import { hex } from "../random.ts";

export interface AuthOptions {
  readonly database: Database;
  /** Where the application listens: other origins are refused once a cookie is sent. */
  readonly baseUrl: string;
  /** Signs the cookies: cookies of one sandbox are good at another of the same seed. */
  readonly random: Random;
  readonly log: (line: string) => void;
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- the type is what better-auth infers
export function createAuth({ database, baseUrl, random, log }: AuthOptions) {
  return betterAuth({
    baseURL: baseUrl,
    secret: hex(random, 64),
    database: database.pool,
    telemetry: { enabled: false },
    logger: { level: "error", log: (_level, message) => log(`auth: ${message}`) },
    emailAndPassword: { enabled: true, autoSignIn: true },
    session: {
      expiresIn: 7 * 86_400,
      cookieCache: { enabled: true, maxAge: 600 },
    },
    user: {
      additionalFields: {
        role: { type: "string", input: false, defaultValue: "user" },
        wallet: { type: "string", input: false, defaultValue: zeroAddress },
        onboarded: { type: "boolean", input: false, defaultValue: false },
      },
    },
    rateLimit: {
      enabled: true,
      window: 10,
      max: 100,
      storage: "memory",
      customRules: {
        // The version of the platform counts nobody who comes without a forwarded address; this one would count
        // all of them together.
        "/**": (request, rule) => (request.headers.has("x-forwarded-for") ? rule : false),
      },
    },
  });
}

export type Auth = ReturnType<typeof createAuth>;
