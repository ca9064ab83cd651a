import type { FindingRule } from "../findings/finding-rule.ts";
import type { PlatformRule } from "./platform-context.ts";
import { clientSlowServerFast } from "./rules/client-slow-server-fast.ts";
import { databaseBottleneck } from "./rules/database-bottleneck.ts";
import { podsThrottled } from "./rules/pods-throttled.ts";
import { poolExhausted } from "./rules/pool-exhausted.ts";
import { restarts } from "./rules/restarts.ts";
import { subgraphLag } from "./rules/subgraph-lag.ts";
import { transactionsFailed } from "./rules/transactions-failed.ts";

/** Every rule over what the metrics store saw, the weightier first where severities are equal. Ids are public. */
export const platformRules = {
  "transactions-failed": transactionsFailed,
  "database-bottleneck": databaseBottleneck,
  "pool-exhausted": poolExhausted,
  "pods-throttled": podsThrottled,
  restarts,
  "client-slow-server-fast": clientSlowServerFast,
  "subgraph-lag": subgraphLag,
} as const satisfies Record<string, PlatformRule>;

export const platformFindings: FindingRule = ({ platform }) =>
  platform === undefined ? [] : Object.values(platformRules).flatMap((rule) => rule(platform));
