import { failuresExpected } from "./expectations.ts";
import type { FaultKind } from "./fault-kind.ts";
import type { ShareFault } from "./share.ts";
import { shareKind } from "./share.ts";

type LostSessionFault = ShareFault<"lost-session">;

const base = shareKind({
  kind: "lost-session",
  targets: ["web", "api"],
  example: "lost-session=web:100%@20s",
  requestOutcome: "unauthorized",
  strike: ({ req }) => delete req.headers.cookie,
});

/** Of the pages, three in five need a session; of the API's procedures all but one. */
const needingSession = { web: 0.6, api: 0.9 } as const;

/** Requests arrive without their cookies: they are answered as a stranger's. */
export const lostSession: FaultKind<LostSessionFault> = {
  ...base,
  act: (fault, tools) => {
    const { concerns, strike } = base.act(fault, tools);
    return {
      concerns: (meeting) =>
        meeting.response.req.headers.cookie !== undefined && concerns?.(meeting) === true,
      strike: (meeting) => (strike?.(meeting) === true ? "passed on" : false),
    };
  },
  expect: (fault) => {
    const { target, endpoint, ratio } = fault;
    const share = endpoint === undefined && target !== "subgraph" ? needingSession[target] : 1;
    return failuresExpected(fault, ratio * share, "unauthorized");
  },
};
