import { formatApart, formatCount, inSentence } from "../../../src/domain/number-text.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { latencyNoun, sentenceCase } from "../../phrases.ts";
import { ingressP95, probeP95, slowSurfaces, type PlatformRule } from "../platform-context.ts";

/** Slow at the ingress too: at least this share of the client's p95. */
const serverShare = 0.5;

/** Requests slow inside the platform while the database's own probe is beyond its objective: look there first. */
export const databaseBottleneck: PlatformRule = (context) => {
  const probe = probeP95(context);
  const limitMs = context.data.run.plan.objectives.databaseP95Ms;
  if (probe === undefined || probe.p95Ms <= limitMs) return [];
  return slowSurfaces(context).flatMap(({ surface, p95Ms }): Finding[] => {
    const serverMs = ingressP95(context, surface);
    if (serverMs !== undefined && serverMs < serverShare * p95Ms) return [];
    const ingress =
      serverMs === undefined
        ? "the ingress was not observed"
        : `${inSentence(serverMs, "ms")} at the ingress`;
    return [
      {
        id: "database-bottleneck",
        severity: "P2",
        sentence: `${sentenceCase(latencyNoun[surface])} are slow (p95 ${inSentence(p95Ms, "ms")}) while the database is: its probe's p95 was ${formatApart(probe.p95Ms, limitMs, "ms")}, its objective ${inSentence(limitMs, "ms")}.`,
        evidence: `n = ${formatCount(probe.probes)} probes over the judged phases, each from its intended start; ${ingress}.`,
        action:
          "Look at the database before the pods: its slowest statements, locks, connections and disk; more replicas of the workload would only ask it more.",
        surface,
      },
    ];
  });
};
