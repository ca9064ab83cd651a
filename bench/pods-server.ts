/** A cheap handler behind the pods of a live cluster: the other process of `bench/pods.ts`. */
import { startLiveCluster } from "../sandbox/src/cluster/live-cluster.ts";
import { listen, respondJson } from "../sandbox/src/http.ts";

/** So small that the pods are never what limits. */
const demandCoreMs = 0.05;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Sends its parent the port, and on request the CPU seconds used. */
export async function serveThroughPods(): Promise<void> {
  const live = await startLiveCluster({ seed: 1, log });
  const { gate } = live;
  const handle = gate.before(
    async (_request, response) => {
      const { pod } = gate;
      if (pod !== undefined) await gate.serve(pod, demandCoreMs);
      respondJson(response, 200, { ok: true });
    },
    () => "api",
  );
  const { port } = await listen(undefined, handle, log);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.once("disconnect", () => void live.stop().finally(() => process.exit()));
  process.send?.(port);
}
