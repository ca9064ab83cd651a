/** What the ingress controller counts of every answer, with the names of ingress-nginx. */
import type { Answer } from "../pods/gate.ts";
import type { Family, Labels, Sample } from "./exposition.ts";

/** Upper bounds, seconds: the defaults of ingress-nginx. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Series {
  readonly labels: Labels;
  /** Per bound, not cumulative. */
  readonly counts: number[];
  count: number;
  sumSeconds: number;
}

export class IngressMetrics {
  readonly #namespace: string;
  readonly #series = new Map<string, Series>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  record({ workload, method, status, durationMs }: Answer): void {
    const ingress = workload.model.name;
    const key = `${ingress} ${method} ${status}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const namespace = this.#namespace;
      const labels = { ingress, namespace, service: ingress, method, status: String(status) };
      series = { labels, counts: bounds.map(() => 0), count: 0, sumSeconds: 0 };
      this.#series.set(key, series);
    }
    const seconds = durationMs / 1000;
    const bound = bounds.findIndex((upper) => seconds <= upper);
    if (bound !== -1) series.counts[bound] = (series.counts[bound] ?? 0) + 1;
    series.count++;
    series.sumSeconds += seconds;
  }

  families(): readonly Family[] {
    const all = [...this.#series.values()];
    return [
      {
        name: "nginx_ingress_controller_requests",
        type: "counter",
        help: "The total number of client requests",
        samples: all.map(({ labels, count }) => ({ labels, value: count })),
      },
      {
        name: "nginx_ingress_controller_request_duration_seconds",
        type: "histogram",
        help: "The request processing time in seconds",
        samples: all.flatMap(histogramSamples),
      },
    ];
  }
}

function histogramSamples({ labels, counts, count, sumSeconds }: Series): readonly Sample[] {
  let below = 0;
  const buckets = bounds.map((upper, index): Sample => {
    below += counts[index] ?? 0;
    return { suffix: "_bucket", labels: { ...labels, le: String(upper) }, value: below };
  });
  return [
    ...buckets,
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
    { suffix: "_sum", labels, value: sumSeconds },
    { suffix: "_count", labels, value: count },
  ];
}
