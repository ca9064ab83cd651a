import { query } from "./graphql.ts";
import type { Iteration } from "./iteration.ts";
import type { Step } from "./journey-steps.ts";
import { callRead } from "./orpc.ts";
import { think } from "./pacing.ts";
import { openPage } from "./pages.ts";

/** Step after step, with a pause between them. */
export function walk(steps: readonly Step[], iteration: Iteration): void {
  steps.forEach(({ page, reads, queries }, place) => {
    if (place > 0) think(iteration);
    if (page !== undefined) openPage(page, iteration);
    for (const read of reads) callRead(read, iteration);
    for (const operation of queries) query(operation, iteration);
  });
}
