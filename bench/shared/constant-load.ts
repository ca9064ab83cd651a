/** One constant load of one flow, as plain k6 and as Headroom's bundle are told it. */
export interface ConstantLoad {
  readonly perSecond: number;
  readonly users: number;
  readonly seconds: number;
}

/** k6's own options of a hand-written script. */
export const plainArrivals = ({ perSecond, users, seconds }: ConstantLoad): string =>
  `{ executor: "constant-arrival-rate", rate: ${perSecond}, timeUnit: "1s", duration: "${seconds}s", preAllocatedVUs: ${users}, maxVUs: ${users} }`;

/** @param api without a slash at the end */
export const constantPlan = (
  scenario: string,
  flow: string,
  { perSecond, users, seconds }: ConstantLoad,
  api: string,
) => ({
  seed: 1,
  arrivals: [
    {
      scenario,
      flow,
      phase: "hold",
      startMs: 0,
      durationMs: seconds * 1000,
      fromPerSecond: perSecond,
      toPerSecond: perSecond,
      users,
    },
  ],
  targets: { api },
  allowedHosts: ["127.0.0.1"],
  resolvedAddresses: { "127.0.0.1": ["127.0.0.1"] },
  identities: {
    count: 1,
    emailPattern: "n{n}@x.test",
    passwordVariable: "UNUSED",
    signInsPer10s: 0,
  },
  requestTimeoutMs: 30_000,
  durationMs: seconds * 1000,
});
