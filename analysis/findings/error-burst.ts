import { formatCount, percent, plural } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { ErrorGroup } from "../../src/domain/report.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { isUserRequest } from "../../src/domain/window.ts";
import { entryOf } from "../measurements/groups.ts";
import type { FindingContext, FindingRule } from "./finding-rule.ts";

/** The specification alerts above 5 % errors. */
const burstRatio = 0.05;
const minimumRequests = 20;
const namedEndpoints = 3;

interface Burst {
  readonly group: ErrorGroup;
  readonly requests: number;
}

/**
 * Endpoints that failed one way in more than 5 % of their requests: one finding per surface and outcome. Where none was
 * asked often enough to tell, the surface as a whole may have been.
 */
export const errorBurst: FindingRule = (context) => {
  const groups = new Map<string, Burst[]>();
  for (const group of context.errors) {
    const requests = requestsOf(context, group);
    entryOf(groups, `${group.surface} ${group.outcome}`, (): Burst[] => []).push({
      group,
      requests,
    });
  }
  return [...groups.values()].flatMap((together) => {
    const bursts = together.filter(
      ({ group, requests }) => requests >= minimumRequests && group.count > burstRatio * requests,
    );
    return bursts.length > 0 ? burstFinding(context, bursts) : scatteredFinding(context, together);
  });
};

/** @param failing all endpoints of a surface that failed one way */
function scatteredFinding(context: FindingContext, failing: readonly Burst[]): Finding[] {
  const surface = failing[0]?.group.surface;
  const users = context.measured.endpoints.filter(
    (each) => each.surface === surface && isUserRequest(each),
  );
  const names = new Set(users.map(({ endpoint }) => endpoint));
  const groups = failing.map(({ group }) => group).filter(({ endpoint }) => names.has(endpoint));
  const requests = users.reduce((sum, each) => sum + each.requests, 0);
  const failures = groups.reduce((sum, { count }) => sum + count, 0);
  const [worst] = groups;
  if (worst === undefined || requests < minimumRequests || failures <= burstRatio * requests) {
    return [];
  }
  const first = Math.min(...groups.map(({ firstSeen }) => firstSeen));
  return [
    {
      id: "error-burst",
      severity: "P1",
      sentence: `${worst.surface} failed with ${worst.outcome} in ${percent(failures / requests)} of ${formatCount(requests)} requests, above the alert of ${percent(burstRatio)}, scattered over ${plural(groups.length, "endpoint")}.`,
      evidence: `${plural(failures, "failure")}, first ${sinceStart(context, first)}`,
      action: `Look into what all endpoints of ${worst.surface} share, from that moment on: the database, its connections, the network.`,
      surface: worst.surface,
    },
  ];
}

function burstFinding(context: FindingContext, bursts: readonly Burst[]): Finding[] {
  const [worst] = bursts;
  if (worst === undefined) return [];
  const { surface, outcome } = worst.group;
  const named = bursts.slice(0, namedEndpoints).map(describe).join(", ");
  const others = bursts.length - namedEndpoints;
  const failures = bursts.reduce((sum, { group }) => sum + group.count, 0);
  const first = Math.min(...bursts.map(({ group }) => group.firstSeen));
  return [
    {
      id: "error-burst",
      severity: "P1",
      sentence: `${surface} failed with ${outcome}, above the alert of ${percent(burstRatio)}: ${named}${others > 0 ? ` and ${plural(others, "more endpoint")}` : ""}.`,
      evidence: `${plural(failures, "failure")}, first ${sinceStart(context, first)}`,
      action: `Look into the logs of ${surface} for ${worst.group.endpoint} from that moment on.`,
      surface,
    },
  ];
}

const describe = ({ group, requests }: Burst): string =>
  `${group.endpoint} in ${percent(group.count / requests)} of ${formatCount(requests)} requests`;

/** Requests of the endpoint over all phases, as its failures are counted. */
const requestsOf = ({ measured }: FindingContext, group: ErrorGroup): number =>
  measured.endpoints
    .filter(
      ({ metric, surface, endpoint }) =>
        metric === "response" && surface === group.surface && endpoint === group.endpoint,
    )
    .reduce((sum, { requests }) => sum + requests, 0);

/** "12 s after the load began". */
export function sinceStart({ measured }: FindingContext, at: number): string {
  const ms = Math.round((at - measured.time.loadStart) / 1000) * 1000;
  return ms <= 0 ? "as the load began" : `${formatDuration(ms)} after the load began`;
}
