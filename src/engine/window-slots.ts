import type { ResponseTags } from "../domain/sample.ts";
import { isFlowRequest, type WindowKey } from "../domain/window.ts";
import { WindowSlot } from "./open-windows.ts";

export interface FlowKey {
  readonly flow: string;
  readonly phase: string;
}

/** Where a response is counted. */
export interface ResponseSlots<Latencies, Counts> {
  readonly ofSurface: WindowSlot<WindowKey, Latencies>;
  readonly ofEndpoint: WindowSlot<WindowKey, Latencies>;
  /** Absent for what makes no request of its flow. */
  readonly ofFlow: WindowSlot<FlowKey, Counts> | undefined;
}

/**
 * One slot for each key, found by the object that rows with the same tags share: naming the key anew for every row costs
 * more than all else that is done to it. Grows with endpoints, phases and flows only.
 */
export class WindowSlots<Latencies, Counts> {
  readonly #ofTags = new WeakMap<ResponseTags, ResponseSlots<Latencies, Counts>>();
  readonly #ofFlowKey = new WeakMap<FlowKey, WindowSlot<FlowKey, Counts>>();
  readonly #latencies = new Map<string, WindowSlot<WindowKey, Latencies>>();
  readonly #flows = new Map<string, WindowSlot<FlowKey, Counts>>();

  ofResponse(tags: ResponseTags): ResponseSlots<Latencies, Counts> {
    let slots = this.#ofTags.get(tags);
    if (slots === undefined) this.#ofTags.set(tags, (slots = this.#slotsOf(tags)));
    return slots;
  }

  ofFlow(key: FlowKey): WindowSlot<FlowKey, Counts> {
    let slot = this.#ofFlowKey.get(key);
    if (slot === undefined) {
      const { flow, phase } = key;
      this.#ofFlowKey.set(key, (slot = slotOf(this.#flows, { flow, phase })));
    }
    return slot;
  }

  #slotsOf(tags: ResponseTags): ResponseSlots<Latencies, Counts> {
    const { metric, surface, kind, phase, endpoint } = tags;
    return {
      ofSurface: slotOf(this.#latencies, { metric, surface, kind, phase }),
      ofEndpoint: slotOf(this.#latencies, { metric, surface, kind, phase, endpoint }),
      ofFlow: isFlowRequest(tags) ? this.ofFlow(tags) : undefined,
    };
  }
}

function slotOf<Key, Content>(
  slots: Map<string, WindowSlot<Key, Content>>,
  key: Key,
): WindowSlot<Key, Content> {
  const name = JSON.stringify(key);
  let slot = slots.get(name);
  if (slot === undefined) slots.set(name, (slot = new WindowSlot(key)));
  return slot;
}
