/** k6's own output to a metrics store, in addition to Headroom's samples. No verdict depends on it. */

/** Additional settings of a k6 process. */
export interface Push {
  readonly outputs: readonly string[];
  /** k6's settings of these outputs; tokens and passwords among them are kept out of its log. */
  readonly variables: Readonly<Record<string, string>>;
}

const prefix = "K6_PROMETHEUS_RW_";
const output = "experimental-prometheus-rw";

/**
 * Remote write of a running load, configured by k6's `K6_PROMETHEUS_RW_*` variables.
 * @param url of the receiver: `http://metrics:9090/api/v1/write` @param env of the caller
 */
export function pushTo(url: string, env: Readonly<Record<string, string | undefined>>): Push {
  const own = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith(prefix) && value !== undefined ? [[name, value] as const] : [],
  );
  // A list, of which this is the one that shapes the push; others would change the run.
  const features = (env["K6_FEATURES"] ?? "").split(",").map((feature) => feature.trim());
  const hasHistograms = features.includes("native-histograms");
  return {
    outputs: [output],
    variables: {
      [`${prefix}TREND_STATS`]: "p(50),p(95),p(99)",
      ...Object.fromEntries(own),
      [`${prefix}SERVER_URL`]: url,
      ...(hasHistograms ? { K6_FEATURES: "native-histograms" } : {}),
    },
  };
}

/** The outputs that these variables are of: a runner in a pod has no more of a push. */
export const outputsOf = (variables: Push["variables"]): readonly string[] =>
  variables[`${prefix}SERVER_URL`] === undefined ? [] : [output];

/** k6's message for every failed push. */
export const isFailedPush = (message: string): boolean =>
  message.includes("Failed to send the time series data");
