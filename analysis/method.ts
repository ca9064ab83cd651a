import { formatCount, percent } from "../src/domain/number-text.ts";
import { relativeError } from "../src/domain/histogram.ts";
import type { Plan } from "../src/domain/plan.ts";
import { mixSentence } from "./mix-sentence.ts";
import { batchCount } from "./statistics/batches.ts";
import { oneSidedAlpha } from "./statistics/quantile-interval.ts";

/** How the numbers of a report were made, in sentences. */
export const methodSentences = (plan: Plan, judgedBatches: number): string[] => [
  "Response time runs from the intended start of an iteration, so waiting for a slow target counts; a page is its document and all its assets.",
  `Only the phases ${
    plan.phases
      .filter(({ judged }) => judged)
      .map(({ name }) => `"${name}"`)
      .join(", ") || "(none)"
  } are judged; warm-up never counts. API and subgraph objectives judge reads; writes, sign-ins and assets are reported apart.`,
  `Failed requests, and those of dropped iterations, count as slower than any limit. Histograms keep every quantile within ±${percent(relativeError)}; intervals are widened by that.`,
  `Each side of an interval holds with ${percent(1 - oneSidedAlpha)}. PASS: the whole interval lies within the limit; FAIL: wholly beyond; else INCONCLUSIVE.`,
  judgedBatches === batchCount
    ? `Requests of one run depend on each other: ${batchCount} batches of equal time measure how much, and widen the intervals (Heidelberger & Lewis 1984; for shares Clopper–Pearson with the design effect of Korn & Graubard 1998).`
    : `Less than ${formatCount(batchCount)} s were judged: requests were taken as independent, and the intervals are too narrow.`,
  ...(plan.runners === undefined
    ? []
    : [
        `The load was made by ${formatCount(plan.runners)} runners, each with an execution segment of it; their histograms add up exactly to those of one.`,
      ]),
  mixSentence(plan.mix),
  "Dropped iterations are spread over the surfaces by the requests that their flow was measured to send.",
  "Intervals describe this one run; another run may differ by more (run-to-run spread).",
  "The errors table counts all phases, sign-in and warm-up included.",
];
