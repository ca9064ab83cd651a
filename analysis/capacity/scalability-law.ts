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

/** Where throughput is greatest: √((1−σ)/κ). @returns Infinity where κ = 0: more load never gives less */
export const peakConcurrency = ({ sigma, kappa }: ScalabilityLaw): number =>
  kappa === 0 ? Infinity : Math.sqrt((1 - sigma) / kappa);

/** Greatest throughput; the asymptote λ/σ where κ = 0, which is never reached; Infinity where σ = 0 too. */
export function maxThroughput(law: ScalabilityLaw): number {
  if (law.kappa > 0) return throughputAt(law, Math.max(1, peakConcurrency(law)));
  return law.sigma > 0 ? law.lambda / law.sigma : Infinity;
}
