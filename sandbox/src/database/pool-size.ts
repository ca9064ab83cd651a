/** Connections of a workload's pool, and thus its queries at a time: as many as each pod of the real platform has. */
export const poolSize = 10;
