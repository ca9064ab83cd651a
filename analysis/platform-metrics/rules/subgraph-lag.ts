import { formatCount } from "../../../src/domain/number-text.ts";
import { mean } from "simple-statistics";
import { subjectOf } from "../observed-lines.ts";
import { judgedLines, minimumValues, type PlatformRule } from "../platform-context.ts";

/** Blocks. Fewer are the ordinary distance between two looks. */
const behindBlocks = 20;

/** Indexing that falls behind the chain under load and does not catch up: users read old holdings, fast. */
export const subgraphLag: PlatformRule = (context) =>
  judgedLines(context, "subgraph.lag").flatMap(({ line, values }) => {
    const behind = values.filter((value) => value >= behindBlocks);
    const third = Math.max(1, Math.floor(values.length / 3));
    const before = mean(values.slice(0, third));
    const after = mean(values.slice(-third));
    if (behind.length < minimumValues || after < behindBlocks || after < before) return [];
    return [
      {
        id: "subgraph-lag",
        severity: "P3" as const,
        sentence: `The subgraph (${subjectOf(line)}) is ${formatCount(after)} blocks behind the chain and not catching up: what it answers is old.`,
        evidence: `${behind.length} of ${values.length} values over the judged phases lay at or above ${behindBlocks} blocks; ${formatCount(before)} in their first third, ${formatCount(after)} in their last.`,
        action:
          "Look at graph-node's indexing beside its queries: CPU, its pool, and the latency of the chain's RPC; index and query nodes can be apart.",
        surface: "subgraph" as const,
      },
    ];
  });
