/** The makers of a plan's events. */
import { eventSettings } from "../config/event-makers.ts";
import { defined } from "../domain/defined.ts";
import type { Environment } from "../domain/environment.ts";
import { eventText, type PlannedEvent } from "../domain/resilience.ts";
import { jsonApi } from "../observe/kubernetes/json-api.ts";
import { openTransport } from "../observe/kubernetes/transport.ts";
import { commandEvents } from "./command-events.ts";
import type { EventMaker } from "./event-maker.ts";
import { handEvents } from "./hand-events.ts";
import { eventRoles, kubernetesEvents } from "./kubernetes-events.ts";
import { objectEvents } from "./object-events.ts";
import { sandboxEvents } from "./sandbox-events.ts";

interface MakerOptions {
  readonly environment: Environment;
  /** Of the sandbox that was started for the run. */
  readonly sandboxApiUrl: string | undefined;
  readonly directory: string;
  readonly say: (line: string) => void;
}

/** @throws HeadroomError where the event could not be made, before the load */
export async function makersOf(
  events: readonly PlannedEvent[],
  options: MakerOptions,
): Promise<ReadonlyMap<PlannedEvent, EventMaker>> {
  const makers = new Map<PlannedEvent, EventMaker>();
  for (const [index, event] of events.entries()) {
    const maker = await makerOf(event, options);
    makers.set(event, maker);
    const notice = await maker.check(event, events.slice(0, index));
    if (notice !== undefined) options.say(`event ${eventText(event)}: ${notice}`);
  }
  return makers;
}

async function makerOf(
  { kind, by }: PlannedEvent,
  { environment, sandboxApiUrl = "", directory, say }: MakerOptions,
): Promise<EventMaker> {
  const settings = eventSettings(environment);
  const making = settings.make[kind];
  if (making !== undefined && "command" in making) return commandEvents(making.command);
  if (making !== undefined && "byHand" in making)
    return handEvents(making.byHand, { directory, say });
  if (by === "sandbox") return sandboxEvents(sandboxApiUrl);
  const observed = environment.observers.kubernetes;
  const { namespace = "default" } = observed ?? {};
  const { kubeconfig = observed?.kubeconfig, context = observed?.context } = settings;
  const api = jsonApi(await openTransport(defined({ kubeconfig, context })), eventRoles);
  if (making !== undefined)
    return objectEvents(api, { file: making.object, until: making.until, namespace });
  const { workloads } = environment;
  return kubernetesEvents(api, {
    namespace,
    say,
    workloadOf: (each) => (each === "subgraph-restart" ? workloads.subgraph : workloads.api),
  });
}
