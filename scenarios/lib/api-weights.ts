import type { ApiRead } from "./api-calls.ts";
import { apiWeights } from "./page-traffic.ts";

let weights: ReturnType<typeof apiWeights> | undefined;

/** Times per cycle of reads; 0 where no page requests it from the browser. */
export const weightOfRead = (name: ApiRead): number => (weights ??= apiWeights()).get(name) ?? 0;
