/**
 * The latency table behind pods. On an idle pod a request takes the time that the table draws for it, as without pods;
 * a share of that time is CPU (`demand.ts`), and where others want the pod's CPU too, what the queue adds comes on top.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { LatencyModel } from "../latency.ts";
import type { Service, Slowdown } from "../latency.ts";
import type { Random } from "../../../src/domain/random.ts";
import { cpuShares } from "./demand.ts";
import type { PodGate } from "./gate.ts";
import { timerMs } from "../../../src/domain/timer.ts";

export class PodLatencyModel extends LatencyModel {
  readonly #gate: PodGate;

  constructor(random: Random, slowdown: Slowdown, gate: PodGate) {
    super(random, slowdown);
    this.#gate = gate;
  }

  override async hold(startedAt: number, service: Service, endpoint: string): Promise<void> {
    const { pod } = this.#gate;
    const share = cpuShares[service];
    if (pod === undefined || share === 0) return super.hold(startedAt, service, endpoint);
    const drawnMs = this.draw(service, endpoint);
    const demandCoreMs = drawnMs * share;
    const idleMs = Math.max(drawnMs, pod.queue.idleMs(demandCoreMs));
    const queueMs = await this.#gate.serve(pod, demandCoreMs);
    const left = startedAt + idleMs + queueMs - performance.now();
    // As for the table alone: a timer of Node fires up to a millisecond late.
    if (left > 0.5) await sleep(timerMs(left - 0.5));
    return undefined;
  }
}
