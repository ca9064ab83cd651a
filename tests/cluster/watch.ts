/** Objects of the API, watched; it goes on when the API server was away. */
import {
  ListWatch,
  Watch,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
} from "@kubernetes/client-node";

const retryMs = 500;

export interface Watched<Item> {
  list(): readonly Item[];
  stop(): Promise<void>;
}

export interface WatchOptions<Item extends KubernetesObject> {
  readonly config: KubeConfig;
  readonly path: string;
  readonly fieldSelector?: string;
  readonly list: () => Promise<KubernetesListObject<Item>>;
  readonly onChange: (item: Item) => void;
  readonly onDelete: (item: Item) => void;
}

/** @returns after the first list */
export async function startWatch<Item extends KubernetesObject>(
  options: WatchOptions<Item>,
): Promise<Watched<Item>> {
  const { config, path, list, fieldSelector } = options;
  const watch = new ListWatch<Item>(path, new Watch(config), list, false, undefined, fieldSelector);
  let isStopped = false;
  watch.on("add", options.onChange);
  watch.on("update", options.onChange);
  watch.on("delete", options.onDelete);
  watch.on("error", () => {
    setTimeout(() => void (isStopped || watch.start()), retryMs);
  });
  await watch.start();
  return {
    list: () => watch.list(),
    stop: () => {
      isStopped = true;
      return watch.stop();
    },
  };
}
