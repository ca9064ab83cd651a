import type { SampleSink } from "./sample-sink.ts";

/** Samples of a machine whose clock differs. @param offsetMs is added to every instant */
export function shiftedSink(sink: SampleSink, offsetMs: number): SampleSink {
  return {
    response: (tags, at, valueMs) => sink.response(tags, at + offsetMs, valueMs),
    iteration: (flow, at) => sink.iteration(flow, at + offsetMs),
    dropped: (flow, at, count) => sink.dropped(flow, at + offsetMs, count),
    lag: (flow, at, ms) => sink.lag(flow, at + offsetMs, ms),
    users: (at, busy) => sink.users(at + offsetMs, busy),
    loadStart: (at) => sink.loadStart(at + offsetMs),
    request: (sentAt) => sink.request?.(sentAt + offsetMs),
    assetsCut: (count) => sink.assetsCut?.(count),
    write: (write) => sink.write?.({ ...write, at: write.at + offsetMs }),
    failure: (failure) => sink.failure({ ...failure, at: failure.at + offsetMs }),
  };
}
