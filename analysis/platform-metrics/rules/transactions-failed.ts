import { percent, plural } from "../../../src/domain/number-text.ts";
import { mean } from "simple-statistics";
import type { Finding } from "../../../src/domain/verdict.ts";
import { judgedLines, type PlatformRule } from "../platform-context.ts";

/** Ours: the specification sets no figure for it. */
const failedRatio = 0.01;

/** Nearest to the user's transaction first; one of them tells it all. */
const sources = [
  ["chain.sending.failures", "Transactions could not be sent"],
  ["portal.errors", "The portal, which sends the transactions, failed"],
  ["chain.failures", "Calls to the blockchain failed"],
] as const;

/** Writes that the API took and the chain did not. */
export const transactionsFailed: PlatformRule = (context) => {
  const found = sources.flatMap(([query, words]): Finding[] => {
    const worst = judgedLines(context, query)
      .map(({ values }) => ({ ratio: mean([...values]), count: values.length }))
      .toSorted((one, other) => other.ratio - one.ratio)[0];
    if (worst === undefined || worst.ratio < failedRatio) return [];
    return [
      {
        id: "transactions-failed",
        severity: "P1",
        sentence: `${words}: ${percent(worst.ratio)} on the mean.`,
        evidence: `${query}, ${plural(worst.count, "value")} over the judged phases; reported from ${percent(failedRatio)} on (our figure: the specification has none).`,
        action:
          "Look at eRPC's upstreams, the signer's nonces and the chain's pool of waiting transactions.",
      },
    ];
  });
  return found.slice(0, 1);
};
