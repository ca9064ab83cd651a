import { Counter, Gauge, Trend } from "k6/metrics";
import { metricNames } from "../../src/domain/sample.ts";

/** Our own metrics. k6 takes them in the init context only, so the load and its setup, bundled apart, share these. */
export const metrics = {
  response: new Trend(metricNames.response, true),
  page: new Trend(metricNames.page, true),
  lag: new Trend(metricNames.lag, true),
  loadStart: new Gauge(metricNames.loadStart),
  failure: new Counter(metricNames.failure),
  assetsCut: new Counter(metricNames.assetsCut),
};
