/** Which endpoints carry the change between two runs: parts that add up to the whole. */
import type { EndpointMeasurements } from "../measurements/endpoints.ts";
import type {
  Contribution,
  Contributions,
  EndpointFigures,
  RunMean,
} from "../../src/domain/side-by-side.ts";
import { isUserRequest } from "../../src/domain/window.ts";

/**
 * With the share s and the mean m of each endpoint e, the mean of a run is M = Σ s·m, and of two runs
 *
 *   M₂ − M₁ = Σₑ  (s₁+s₂)/2 · (m₂−m₁)  +  ((m₁+m₂)/2 − (M₁+M₂)/2) · (s₂−s₁)
 *
 * exactly: the first part of each endpoint is what it became slower by, the second what its share of the requests changed by
 * (the constant (M₁+M₂)/2 cancels, since shares add up to 1). An endpoint of one run alone has its mean in both, so that all it
 * adds is in the second part. Failures and drops have no duration; their shares, failed / all requests, differ by Σₑ (f₂−f₁).
 */
export function contributions(
  before: readonly EndpointMeasurements[],
  after: readonly EndpointMeasurements[],
): Contributions {
  const [first, second] = [byEndpoint(before), byEndpoint(after)];
  const [whole1, whole2] = [meanOf(first), meanOf(second)];
  const middle = ((whole1.meanMs ?? 0) + (whole2.meanMs ?? 0)) / 2;
  const keys = [...new Set([...first.endpoints.keys(), ...second.endpoints.keys()])];
  const endpoints = keys.flatMap((key): Contribution[] => {
    const [own1, own2] = [first.endpoints.get(key), second.endpoints.get(key)];
    const own = own1 ?? own2;
    if (own === undefined) return [];
    const [figures1, figures2] = [figuresOf(own1, first), figuresOf(own2, second)];
    const m1 = figures1.meanMs ?? figures2.meanMs ?? middle;
    const m2 = figures2.meanMs ?? figures1.meanMs ?? middle;
    const slowerMs = ((figures1.share + figures2.share) / 2) * (m2 - m1);
    const mixMs = ((m1 + m2) / 2 - middle) * (figures2.share - figures1.share);
    return [
      {
        surface: own.surface,
        kind: own.kind,
        endpoint: own.endpoint,
        before: figures1,
        after: figures2,
        addsMs: slowerMs + mixMs,
        slowerMs,
        mixMs,
        addsFailedRatio:
          ratio(figures2.failed, second.requests) - ratio(figures1.failed, first.requests),
      },
    ];
  });
  return {
    endpoints: endpoints.toSorted((one, other) => Math.abs(other.addsMs) - Math.abs(one.addsMs)),
    before: whole1,
    after: whole2,
  };
}

interface RunEndpoints {
  readonly endpoints: ReadonlyMap<string, EndpointMeasurements>;
  readonly requests: number;
  readonly answered: number;
}

function byEndpoint(all: readonly EndpointMeasurements[]): RunEndpoints {
  const own = all.filter((each) => isUserRequest(each) && each.judged.count > 0);
  return {
    endpoints: new Map(
      own.map((each) => [JSON.stringify([each.surface, each.kind, each.endpoint]), each]),
    ),
    requests: own.reduce((sum, { judged }) => sum + judged.count, 0),
    answered: own.reduce((sum, { judged }) => sum + judged.count - judged.infinite, 0),
  };
}

function meanOf({ endpoints, requests, answered }: RunEndpoints): RunMean {
  const all = [...endpoints.values()];
  const sumMs = all.reduce((sum, { judged }) => sum + judged.sum, 0);
  const failed = all.reduce((sum, { judged }) => sum + judged.infinite, 0);
  return {
    requests,
    meanMs: answered === 0 ? undefined : sumMs / answered,
    failedRatio: ratio(failed, requests),
  };
}

function figuresOf(
  endpoint: EndpointMeasurements | undefined,
  { answered }: RunEndpoints,
): EndpointFigures {
  if (endpoint === undefined) return { requests: 0, share: 0, failed: 0 };
  const { judged } = endpoint;
  const own = judged.count - judged.infinite;
  return {
    requests: judged.count,
    share: ratio(own, answered),
    meanMs: own === 0 ? undefined : judged.sum / own,
    p95Ms: judged.quantile(0.95),
    failed: judged.infinite,
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
