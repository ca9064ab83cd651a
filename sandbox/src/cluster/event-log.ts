/** Events as Kubernetes keeps them: the same again only counts, and after an hour they are forgotten. */

export interface EventTarget {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventContent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** Who says so: `horizontal-pod-autoscaler`, `default-scheduler`, `kubelet`. */
  readonly component: string;
}

export interface ClusterEvent extends EventContent {
  readonly target: EventTarget;
  /** Unique; also the end of the object's name. */
  readonly id: number;
  readonly firstAt: number;
  lastAt: number;
  count: number;
}

const keptMs = 3_600_000;

export class EventLog {
  readonly #byContent = new Map<string, ClusterEvent>();
  #created = 0;

  record(at: number, target: EventTarget, content: EventContent): void {
    const key = JSON.stringify([target.uid, content.reason, content.message]);
    const known = this.#byContent.get(key);
    if (known !== undefined) {
      known.lastAt = at;
      known.count++;
      return;
    }
    const id = this.#created++;
    this.#byContent.set(key, { ...content, target, id, firstAt: at, lastAt: at, count: 1 });
  }

  /** Those that are not yet forgotten, the oldest first. */
  list(now: number): readonly ClusterEvent[] {
    for (const [key, { lastAt }] of this.#byContent) {
      if (now - lastAt > keptMs) this.#byContent.delete(key);
    }
    return [...this.#byContent.values()];
  }
}
