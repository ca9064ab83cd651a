import type { SupplementOf } from "../supplements.ts";
import { platformContext, type PlatformRule } from "./platform-context.ts";
import { platformSeries } from "./platform-series.ts";
import { clientSlowServerFast } from "./rules/client-slow-server-fast.ts";
import { databaseBottleneck } from "./rules/database-bottleneck.ts";
import { podsThrottled } from "./rules/pods-throttled.ts";
import { poolExhausted } from "./rules/pool-exhausted.ts";
import { restarts } from "./rules/restarts.ts";
import { subgraphLag } from "./rules/subgraph-lag.ts";
import { transactionsFailed } from "./rules/transactions-failed.ts";
import { utilisationVerdicts } from "./utilisation.ts";

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

/** What a Prometheus-compatible store adds to a run, where the environment names one. */
export const platformMetrics: SupplementOf = (data, measured) => {
  if (data.run.plan.observers?.includes("prometheus") !== true) return undefined;
  const context = platformContext(data, measured);
  return {
    verdicts: utilisationVerdicts(context),
    findings: Object.values(platformRules).flatMap((rule) => rule(context)),
    series: platformSeries(context),
    parts: {},
  };
};
