/** What can be made wrong with a sandbox on purpose, so that a verdict can be compared with the truth. */
export { formatFault, parseFault } from "./faults/index.ts";
export type { Fault } from "./faults/index.ts";
