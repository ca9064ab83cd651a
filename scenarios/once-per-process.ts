/** Code that one virtual user of a k6 process runs, once: `lib/once.ts` hands it out. */
export { operationCycle, pageCycle, readCycle } from "./cycles.ts";
export { setup } from "./setup.ts";
