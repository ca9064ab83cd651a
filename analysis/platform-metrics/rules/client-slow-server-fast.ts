import { formatCount, inSentence } from "../../../src/domain/number-text.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { saturationOfRun } from "../../generator-health.ts";
import { latencyNoun, sentenceCase } from "../../phrases.ts";
import {
  clientP95,
  ingressP95,
  slowSurfaces,
  type PlatformContext,
  type PlatformRule,
} from "../platform-context.ts";

/** The ingress's p95 is at most this share of the client's: the rest was lost before the platform. Its buckets are coarse. */
const fastShare = 0.5;
/** Lag of iteration starts that explains this share of the difference makes it the generator's. */
const lagShare = 0.25;

/** Too slow for users, and yet fast at the platform's door: the network, or the generator itself. */
export const clientSlowServerFast: PlatformRule = (context) =>
  slowSurfaces(context).flatMap(({ surface, p95Ms, limitMs }): Finding[] => {
    const serverMs = ingressP95(context, surface);
    if (serverMs === undefined || serverMs >= limitMs || serverMs > fastShare * p95Ms) return [];
    const generatorReason = whyGenerator(context, p95Ms - serverMs);
    const where =
      generatorReason === undefined ? "in the network between" : "in the load generator";
    const requests = clientP95(context, surface)?.requests ?? 0;
    return [
      {
        id: "client-slow-server-fast",
        severity: "P2",
        sentence: `${sentenceCase(latencyNoun[surface])} are slow at the client (p95 ${inSentence(p95Ms, "ms")}) and fast at the ingress (p95 ${inSentence(serverMs, "ms")}): the time is lost ${where}, not in the platform.`,
        evidence: `n = ${formatCount(requests)} requests against the ingress's own histogram over the judged phases; limit ${inSentence(limitMs, "ms")}${generatorReason === undefined ? "; the generator was not busy" : `; ${generatorReason}`}.`,
        action:
          generatorReason === undefined
            ? "Look at the way from the generator to the ingress: its bandwidth, TLS, DNS, a proxy or balancer between."
            : "Lower the rate or use a larger generator, and run again before blaming the platform.",
        surface,
      },
    ];
  });

function whyGenerator({ data, measured }: PlatformContext, lostMs: number): string | undefined {
  const why = saturationOfRun(data, measured);
  if (why.length > 0) return why.join("; ");
  const lagP99Ms = measured.flows.lag.quantile(0.99) ?? 0;
  return lagP99Ms >= lagShare * lostMs && lagP99Ms > 10
    ? `its iterations started up to ${inSentence(lagP99Ms, "ms")} late (p99)`
    : undefined;
}
