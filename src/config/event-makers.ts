/** What makes an event of an environment. */
import type { Environment, EventSettings } from "../domain/environment.ts";
import { read, refused, type Parsed } from "../domain/parsed.ts";
import type { EventKind, EventMaker } from "../domain/resilience.ts";
import { minutes } from "../domain/units.ts";

const noSettings: EventSettings = { timeoutMs: minutes(10), make: {} };

export const eventSettings = ({ events }: Pick<Environment, "events">): EventSettings =>
  events ?? noSettings;

/** The rest is beyond the API, or differs from cluster to cluster. */
const byKubernetes: ReadonlySet<EventKind> = new Set([
  "rolling-update",
  "rollback",
  "pod-deletion",
  "node-drain",
  "subgraph-restart",
]);

/** What the environment names goes over what is built in. */
export function eventMaker(kind: EventKind, environment: Environment): Parsed<EventMaker> {
  const making = eventSettings(environment).make[kind];
  if (making !== undefined)
    return read("command" in making ? "command" : "object" in making ? "object" : "hand");
  if (environment.sandbox) return read("sandbox");
  const isBuiltIn = byKubernetes.has(kind);
  if (isBuiltIn && environment.observers.kubernetes !== undefined) return read("kubernetes");
  const why = isBuiltIn
    ? `${environment.name} has no observers.kubernetes`
    : "the Kubernetes API cannot make it";
  return refused(
    `--event ${kind}: ${why}: name a command, an object or what to do by hand in environments/${environment.name}.json (events.make.${kind})`,
  );
}
