import { Counter, Gauge, Trend } from "k6/metrics";
import { metricNames } from "../../src/domain/sample.ts";

/** Our own metrics. k6 takes them in the init context only, so the load and its setup, bundled apart, share these. */
export const metrics = {
  response: new Trend(metricNames.response, true),
  lag: new Trend(metricNames.lag, true),
  failure: new Counter(metricNames.failure),
};

/** The first user of a process ends its setup. */
export const loadStart = __VU === 0 ? new Gauge(metricNames.loadStart) : undefined;

/** Left out of bundles that write nothing that is read back, as `pageMetrics`. */
export const writes = /* @__PURE__ */ new Counter(metricNames.write);

/** Left out of bundles that load no pages: each metric takes 2 KB in each virtual user. */
export const pageMetrics = /* @__PURE__ */ ofPages();

function ofPages() {
  return {
    page: new Trend(metricNames.page, true),
    assetsCut: new Counter(metricNames.assetsCut),
  };
}
