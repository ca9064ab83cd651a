import { expect, test } from "vitest";
import { isFailedPush, outputsOf, pushTo } from "./push.ts";

test("a runner that has only the variables of a push has its outputs", () => {
  const { variables, outputs } = pushTo("http://metrics:8428/api/v1/write", {});
  expect(outputsOf(variables)).toEqual(outputs);
  expect(outputsOf({ HEADROOM_PASSWORD: "x" })).toEqual([]);
});

test("the flag's address wins, the caller's other settings reach k6, nothing else does", () => {
  const env = {
    K6_PROMETHEUS_RW_SERVER_URL: "http://other/",
    K6_PROMETHEUS_RW_USERNAME: "me",
    K6_FEATURES: "native-histograms",
    K6_VUS: "1000",
    HOME: "/root",
  };
  expect(pushTo("http://127.0.0.1:9090/api/v1/write", env)).toEqual({
    outputs: ["experimental-prometheus-rw"],
    variables: {
      K6_PROMETHEUS_RW_TREND_STATS: "p(50),p(95),p(99)",
      K6_PROMETHEUS_RW_USERNAME: "me",
      K6_PROMETHEUS_RW_SERVER_URL: "http://127.0.0.1:9090/api/v1/write",
      K6_FEATURES: "native-histograms",
    },
  });
});

test("statistics of the caller's choice, and no other feature of k6", () => {
  const env = { K6_PROMETHEUS_RW_TREND_STATS: "max", K6_FEATURES: "freeze-env" };
  const { variables } = pushTo("http://127.0.0.1/", env);
  expect(variables["K6_PROMETHEUS_RW_TREND_STATS"]).toBe("max");
  expect(variables["K6_FEATURES"]).toBeUndefined();
});

test.each(["native-histograms,merge-run-tags", "freeze-env, native-histograms"])(
  "native histograms in the list %s",
  (features) => {
    const { variables } = pushTo("http://127.0.0.1/", { K6_FEATURES: features });
    expect(variables["K6_FEATURES"]).toBe("native-histograms");
  },
);

test("a push that fails is known by k6's words", () => {
  expect(isFailedPush("Failed to send the time series data to the endpoint")).toBe(true);
  expect(isFailedPush("Request Failed")).toBe(false);
});
