/** Code that one virtual user of a k6 process runs, once: `lib/once.ts` hands it out. */
export { operationOrder, pageOrder, readOrder, readerOrder } from "./cycles.ts";
export { options } from "./load.ts";
export { setup } from "./setup.ts";
