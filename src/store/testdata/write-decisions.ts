/** One of two processes that write at the same time: `KIND ROOT NAME COUNT`. */
import { Outbox } from "../../notify/outbox.ts";
import { writeBaseline } from "../baselines.ts";
import { keepAcceptance } from "../decisions.ts";

const [kind, root = "", name = "", times = "0"] = process.argv.slice(2);
const stream = { profile: "nightly", environment: "staging" };

for (let index = 0; index < Number(times); index++) {
  if (kind === "decisions")
    keepAcceptance(root, {
      ...stream,
      because: "agreed",
      by: name,
      decidedAt: index,
      metric: `${name}.${index}`,
      at: index,
    });
  else if (kind === "baselines")
    writeBaseline(root, {
      schemaVersion: 1,
      kind: "baseline",
      name: "release",
      ...stream,
      planHash: "p",
      scenarioHash: "s",
      current: {
        by: name,
        at: "2026-11-01T00:00:00Z",
        expires: "2026-12-01T00:00:00Z",
        reason: `${name} ${index}`,
        runs: ["run"],
      },
    });
  else {
    const of = index % 2 === 0 ? "both" : name;
    const message = {
      id: `${of}-${index}`,
      kind: "new-regression",
      severity: "P2",
      ...stream,
      metric: "api.response.p95",
      sentence: "it rose",
      at: index,
      suspects: [],
    } as const;
    new Outbox(root).put([message], [], index);
  }
}
