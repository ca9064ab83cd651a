/**
 * What the API server keeps: every object with the revision of its last change, and the changes themselves for as long
 * as a watch may ask for them.
 */
import type { KubernetesObject } from "./objects.ts";
import type { Resource } from "./resources.ts";

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

interface Kept {
  readonly object: KubernetesObject;
  /** Without its revision: two of the same text are the same. */
  readonly text: string;
}

/** How many changes are remembered; a watch from further back is answered that it is too late. */
const rememberedChanges = 5_000;

export class ObjectStore {
  readonly #kept = new Map<Resource, Map<string, Kept>>();
  readonly #listeners = new Set<(change: Change) => void>();
  #changes: Change[] = [];
  #revision = 1;

  get revision(): number {
    return this.#revision;
  }

  /** The oldest revision from which a watch can still go on. */
  get oldestRevision(): number {
    return (this.#changes[0]?.revision ?? this.#revision + 1) - 1;
  }

  list(resource: Resource): readonly KubernetesObject[] {
    return [...(this.#kept.get(resource)?.values() ?? [])].map(({ object }) => object);
  }

  /** Takes over what there is now; whatever differs is a change. */
  update(resource: Resource, objects: readonly KubernetesObject[]): void {
    const before = this.#kept.get(resource) ?? new Map<string, Kept>();
    const after = new Map<string, Kept>();
    for (const object of objects) {
      const key = keyOf(object);
      const text = comparable(object);
      const known = before.get(key);
      if (known?.text === text) after.set(key, known);
      else {
        const type = known === undefined ? "ADDED" : "MODIFIED";
        after.set(key, { object: this.#change(type, resource, object), text });
      }
    }
    this.#kept.set(resource, after);
    for (const [key, { object }] of before) {
      if (!after.has(key)) this.#change("DELETED", resource, object);
    }
  }

  /** Changes after a revision, the oldest first. */
  since(revision: number): readonly Change[] {
    return this.#changes.filter((change) => change.revision > revision);
  }

  /** @returns what ends it */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(type: Change["type"], resource: Resource, bare: KubernetesObject): KubernetesObject {
    const revision = ++this.#revision;
    const metadata = { ...bare.metadata, resourceVersion: String(revision) };
    const object = { ...bare, metadata };
    const change = { type, revision, resource, object };
    this.#changes.push(change);
    if (this.#changes.length > 2 * rememberedChanges)
      this.#changes = this.#changes.slice(-rememberedChanges);
    for (const listener of this.#listeners) listener(change);
    return object;
  }
}

const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ""}/${metadata.name}`;

/** A heartbeat alone is no change worth a revision. */
function comparable(object: KubernetesObject): string {
  return JSON.stringify(object, (key, value: unknown) =>
    key === "lastHeartbeatTime" ? undefined : value,
  );
}
