/** The shares of the usual traffic: no production traffic is known, so that these are a proposal, in one place. */
export const usualShares = { api: 0.55, subgraph: 0.25, web: 0.05, mixed: 0.15 } as const;
