import { mapParsed } from "../../../src/domain/parsed.ts";
import type { Limit } from "../../../src/domain/quantity.ts";
import { respondJson } from "../http.ts";
import { readLimit, writeLimit } from "./amounts.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Sign-ins of everybody together are limited as the platform limits those of one address. */
interface SignInLimitFault extends Limit {
  readonly kind: "sign-in-limit";
}

/** Identities that a run signs in, and how many may fail. */
const signIns = 6;
const tolerated = 2;

export const signInLimit: FaultKind<SignInLimitFault> = {
  form: "sign-in-limit=<count>/<time>",
  example: "sign-in-limit=3/10s",
  parse: (text) => mapParsed(readLimit(text), (limit) => ({ kind: "sign-in-limit", ...limit })),
  format: writeLimit,
  act({ count, withinMs }, { now }) {
    let accepted = 0;
    let lastAt = -Infinity;
    return {
      concerns: ({ endpoint }) => endpoint === "auth.sign-in",
      strike: ({ response }) => {
        // As the platform counts: anew only after a whole window without an accepted sign-in.
        if (now() - lastAt > withinMs) accepted = 0;
        if (accepted >= count) {
          response.setHeader("x-retry-after", Math.ceil((lastAt + withinMs - now()) / 1000));
          respondJson(response, 429, { message: "Too many requests. Please try again later." });
          return true;
        }
        accepted += 1;
        lastAt = now();
        return false;
      },
    };
  },
  expect({ count, startMs }) {
    // It counts from the beginning only: a run signs in before anything else.
    if (startMs !== undefined || count >= signIns) {
      return { note: "a run signs in once, before the load: nothing may change" };
    }
    return signIns - count > tolerated
      ? {
          outcome: "incomplete",
          findings: ["target-refused"],
          requestOutcomes: ["sign_in_limit"],
          note: "the sandbox's identities sign in without pauses; elsewhere three in 10 s",
        }
      : { requestOutcomes: ["sign_in_limit"] };
  },
};
