import { mapParsed } from "../../../src/domain/parsed.ts";
import type { Limit } from "../../../src/domain/quantity.ts";
import { surfaces } from "../../../src/domain/surface.ts";
import { respond } from "../http.ts";
import { readLimit, writeLimit } from "./amounts.ts";
import type { FaultKind } from "./fault-kind.ts";
import { isAimedAt, readTargeted, writeTarget } from "./target.ts";
import type { Targeted } from "./target.ts";

/** More than so many requests within a time are refused, whoever sends them. */
interface RateLimitFault extends Targeted, Limit {
  readonly kind: "rate-limit";
}

const body = JSON.stringify({
  json: { defined: false, code: "RATE_LIMIT_EXCEEDED", status: 429, message: "Too many requests" },
});

export const rateLimit: FaultKind<RateLimitFault> = {
  form: "rate-limit=[<web|api|subgraph>[/endpoint]:]<count>/<time>",
  example: "rate-limit=api:100/10s",
  parse: (text) =>
    mapParsed(
      readTargeted(text.includes(":") ? text : `api:${text}`, surfaces, readLimit),
      ({ where, amount }) => ({ kind: "rate-limit", ...where, ...amount }),
    ),
  format: (fault) => `${writeTarget(fault)}:${writeLimit(fault)}`,
  act(fault, { now }) {
    let windowStart = -Infinity;
    let accepted = 0;
    return {
      concerns: (meeting) => isAimedAt(fault, meeting),
      strike: ({ response }) => {
        if (now() - windowStart >= fault.withinMs) {
          windowStart = now();
          accepted = 0;
        }
        accepted += 1;
        if (accepted <= fault.count) return false;
        const leftMs = windowStart + fault.withinMs - now();
        response.setHeader("retry-after", Math.ceil(leftMs / 1000));
        respond(response, 429, "application/json", body);
        return true;
      },
    };
  },
  expect: () => ({
    requestOutcomes: ["rate_limited"],
    note: "where the load is above the limit; by how much decides the verdicts",
  }),
};
