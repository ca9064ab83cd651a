import { expect, test } from "vitest";
import { ObjectStore } from "./object-store.ts";
import type { Change } from "./object-store.ts";
import type { KubernetesObject } from "./objects.ts";
import { resources } from "./resources.ts";
import { byteQuantity, milliQuantity, timestamp } from "./values.ts";

const [resource] = resources;
const named = (name: string, value = 0): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: { name },
  value,
});

test("only what differs is a change, each with its revision", () => {
  if (resource === undefined) throw new Error("no resources");
  const store = new ObjectStore();
  const changes: Change[] = [];
  const stop = store.listen((change) => changes.push(change));
  store.update(resource, [named("a"), named("b")]);
  const before = store.revision;
  store.update(resource, [named("a"), named("b")]);
  expect(store.revision).toBe(before);
  store.update(resource, [named("a", 1)]);
  expect(changes.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    "ADDED a",
    "ADDED b",
    "MODIFIED a",
    "DELETED b",
  ]);
  expect(store.since(before).map(({ type }) => type)).toEqual(["MODIFIED", "DELETED"]);
  expect(store.list(resource)[0]?.metadata.resourceVersion).toBe(String(before + 1));
  stop();
  store.update(resource, []);
  expect(changes.length).toBe(4);
});

test("old changes are forgotten", () => {
  if (resource === undefined) throw new Error("no resources");
  const store = new ObjectStore();
  for (let value = 0; value < 12_000; value++) store.update(resource, [named("a", value)]);
  expect(store.oldestRevision).toBeGreaterThan(1);
  expect(store.since(store.oldestRevision).length).toBeGreaterThanOrEqual(5_000);
});

test("amounts and instants as Kubernetes writes them", () => {
  expect([200, 2000, 1_000_000, 0, 7910].map(milliQuantity)).toEqual([
    "200m",
    "2",
    "1k",
    "0",
    "7910m",
  ]);
  expect([2 ** 30, 128 * 2 ** 20, 1500].map(byteQuantity)).toEqual(["1Gi", "128Mi", "1500"]);
  expect(timestamp(1_795_457_327_841)).toBe("2026-11-23T18:08:47Z");
});
