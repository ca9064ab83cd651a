/**
 * The universal scalability law: X(N) = λN / (1 + σ(N−1) + κN(N−1)), with N requests in the system at once, X their
 * throughput, λ what one of them would get alone, σ the share that queues (contention) and κ the cost of agreement
 * between each pair (coherency). Response time follows by Little's law: R = N/X.
 * @see Gunther (2007), Guerrilla Capacity Planning
 */
export interface ScalabilityLaw {
  /** 0..1. */
  readonly sigma: number;
  /** 0..1. */
  readonly kappa: number;
  /** Throughput at N = 1, in the unit of the throughput. */
  readonly lambda: number;
}

/** What N requests cost against one alone: 1 + σ(N−1) + κN(N−1). */
export const slowdown = ({ sigma, kappa }: Omit<ScalabilityLaw, "lambda">, n: number): number =>
  1 + sigma * (n - 1) + kappa * n * (n - 1);

/** @param n > 0 @returns in the unit of λ */
export const throughputAt = (law: ScalabilityLaw, n: number): number =>
  (law.lambda * n) / slowdown(law, n);

/** @returns response time in the inverse unit of λ (seconds where λ is per second) */
export const latencyAt = (law: ScalabilityLaw, n: number): number => slowdown(law, n) / law.lambda;

/** Where throughput is greatest: √((1−σ)/κ). @returns Infinity where κ = 0: more load never gives less */
export const peakConcurrency = ({ sigma, kappa }: ScalabilityLaw): number =>
  kappa === 0 ? Infinity : Math.sqrt((1 - sigma) / kappa);

/** Greatest throughput; the asymptote λ/σ where κ = 0, which is never reached; Infinity where σ = 0 too. */
export function maxThroughput(law: ScalabilityLaw): number {
  if (law.kappa > 0) return throughputAt(law, Math.max(1, peakConcurrency(law)));
  return law.sigma > 0 ? law.lambda / law.sigma : Infinity;
}

/**
 * How many requests in the system give this response time: the positive root of κN² + (σ−κ)N + 1 − σ − λR = 0.
 * @returns `undefined` below the response time of an idle system, and where the law never gets that slow
 */
export function concurrencyAtLatency(law: ScalabilityLaw, latency: number): number | undefined {
  const { sigma, kappa, lambda } = law;
  const constant = 1 - sigma - lambda * latency;
  const linear = sigma - kappa;
  if (constant > 0 || (kappa === 0 && sigma === 0)) return undefined;
  if (kappa === 0) return -constant / linear;
  const root = Math.sqrt(linear * linear - 4 * kappa * constant);
  // Whichever form adds: nothing cancels.
  return linear > 0 ? (-2 * constant) / (linear + root) : (root - linear) / (2 * kappa);
}

/** The throughput at which the response time reaches a limit: capacity at an objective. */
export function throughputAtLatency(law: ScalabilityLaw, latency: number): number | undefined {
  const n = concurrencyAtLatency(law, latency);
  return n === undefined ? undefined : n / latency;
}

/**
 * The smallest load that gives this throughput: smaller root of κXN² + (σX − κX − λ)N + X(1−σ) = 0.
 * @returns `undefined` above the greatest throughput, where no load gives it
 */
export function concurrencyAtThroughput(
  { sigma, kappa, lambda }: ScalabilityLaw,
  throughput: number,
): number | undefined {
  const square = kappa * throughput;
  const linear = lambda - (sigma - kappa) * throughput;
  const constant = throughput * (1 - sigma);
  const discriminant = linear * linear - 4 * square * constant;
  if (linear <= 0 || discriminant < 0) return undefined;
  return (2 * constant) / (linear + Math.sqrt(discriminant));
}
