/** Default shares of traffic: an assumption in one place, since no production traffic is known. */
export const usualShares = { api: 0.55, subgraph: 0.25, web: 0.05, mixed: 0.15 } as const;
