import type { SampleSink } from "../sample-sink.ts";

/** Keeps what a reader delivers, in order. */
export class RecordingSink implements SampleSink {
  readonly delivered: (readonly unknown[])[] = [];

  readonly response: SampleSink["response"] = (...sample) => this.#keep("response", sample);
  readonly iteration: SampleSink["iteration"] = (...sample) => this.#keep("iteration", sample);
  readonly dropped: SampleSink["dropped"] = (...sample) => this.#keep("dropped", sample);
  readonly lag: SampleSink["lag"] = (...sample) => this.#keep("lag", sample);
  readonly users: SampleSink["users"] = (...sample) => this.#keep("users", sample);
  readonly loadStart: SampleSink["loadStart"] = (...sample) => this.#keep("loadStart", sample);
  readonly failure: SampleSink["failure"] = (...sample) => this.#keep("failure", sample);

  #keep(what: string, sample: readonly unknown[]): void {
    this.delivered.push([what, ...sample]);
  }
}
