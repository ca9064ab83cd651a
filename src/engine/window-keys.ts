import type { ResponseSample } from "../domain/sample.ts";
import type { WindowKey } from "../domain/window.ts";

/** The two windows that a response belongs to. */
export interface ResponseKeys {
  readonly ofSurface: WindowKey;
  readonly ofEndpoint: WindowKey & { readonly endpoint: string };
}

export interface FlowKey {
  readonly flow: string;
  readonly phase: string;
}

/**
 * One object for each key, so that windows are found by identity: concatenating names for every sample
 * costs more than everything else that is done to it. Grows with endpoints, phases and flows only.
 */
export class WindowKeys {
  readonly #ofSurface: WindowKey[] = [];
  readonly #responses = new Map<string, Map<string, ResponseKeys[]>>();
  readonly #flows = new Map<string, Map<string, FlowKey>>();

  ofResponse(sample: ResponseSample): ResponseKeys {
    const ofEndpoint = within(this.#responses, sample.endpoint, newMap<ResponseKeys[]>);
    const known = within(ofEndpoint, sample.phase, newList);
    for (const keys of known) if (isSame(keys.ofEndpoint, sample)) return keys;
    const { metric, surface, kind, phase, endpoint } = sample;
    let ofSurface = this.#ofSurface.find((key) => key.phase === phase && isSame(key, sample));
    if (ofSurface === undefined)
      this.#ofSurface.push((ofSurface = { metric, surface, kind, phase }));
    const keys = { ofSurface, ofEndpoint: { ...ofSurface, endpoint } };
    known.push(keys);
    return keys;
  }

  ofFlow(flow: string, phase: string): FlowKey {
    const ofFlow = within(this.#flows, flow, newMap<FlowKey>);
    return within(ofFlow, phase, () => ({ flow, phase }));
  }
}

const newMap = <Value>(): Map<string, Value> => new Map<string, Value>();
const newList = (): ResponseKeys[] => [];

function isSame(key: WindowKey, sample: ResponseSample): boolean {
  return key.kind === sample.kind && key.metric === sample.metric && key.surface === sample.surface;
}

function within<Value>(map: Map<string, Value>, name: string, create: () => Value): Value {
  let value = map.get(name);
  if (value === undefined) map.set(name, (value = create()));
  return value;
}
