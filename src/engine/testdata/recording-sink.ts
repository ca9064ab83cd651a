import type { SampleSink } from "../sample-sink.ts";

/** Keeps what a reader delivers, in order. */
export class RecordingSink implements SampleSink {
  readonly delivered: (readonly unknown[])[] = [];

  readonly response: SampleSink["response"] = (tags, at, valueMs) =>
    this.#keep("response", [{ ...tags, at, valueMs }]);
  readonly iteration: SampleSink["iteration"] = ({ flow, phase }, ...sample) =>
    this.#keep("iteration", [flow, phase, ...sample]);
  readonly dropped: SampleSink["dropped"] = ({ flow, phase }, ...sample) =>
    this.#keep("dropped", [flow, phase, ...sample]);
  readonly lag: SampleSink["lag"] = ({ flow, phase }, ...sample) =>
    this.#keep("lag", [flow, phase, ...sample]);
  readonly users: SampleSink["users"] = (...sample) => this.#keep("users", sample);
  readonly loadStart: SampleSink["loadStart"] = (...sample) => this.#keep("loadStart", sample);
  readonly failure: SampleSink["failure"] = (...sample) => this.#keep("failure", sample);

  #keep(what: string, sample: readonly unknown[]): void {
    this.delivered.push([what, ...sample]);
  }
}
