/** From a query's template to the PromQL of one environment. */
export interface Environmental {
  /** Added to every selector. */
  readonly labels: Readonly<Record<string, string>>;
  /** Range of rates, in PromQL and in seconds: `60s`. */
  readonly window: string;
  readonly scope: "namespace" | "cluster";
}

/**
 * PromQL with the environment's matchers in every selector. Objects of the cluster have no namespace of the platform's,
 * so their queries get all labels but that one.
 */
export function promql(template: string, { labels, window, scope }: Environmental): string {
  const matchers = Object.entries(labels)
    .filter(([name]) => scope === "namespace" || name !== "namespace")
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
  const before = matchers === "" ? "" : `,${matchers}`;
  return template
    .replaceAll(",$labels", () => before)
    .replaceAll("$labels", () => matchers)
    .replaceAll("$window", window)
    .replaceAll("$seconds", window.replace(/s$/, ""));
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
