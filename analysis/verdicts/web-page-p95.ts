import { latencyCheck } from "./latency-check.ts";

export const webPageP95 = latencyCheck("web.page.p95", "Page load time, p95 with assets", "web");
