/** Parameters of the calibration's k6 script. Without a rate: as fast as its users can. */
export interface CalibrationPlan {
  readonly url: string;
  readonly durationMs: number;
  readonly users: number;
  readonly requestsPerSecond?: number;
}

/**
 * k6 against one endpoint, with the rows and tags of Headroom's scenarios, since writing them is part of what
 * the generator has to do.
 */
export const calibrationScenario = `
import http from "k6/http";
import { Trend } from "k6/metrics";

const plan = JSON.parse(__ENV.HEADROOM_PLAN);
const response = new Trend("response", true);
const duration = plan.durationMs + "ms";

export const options = {
  discardResponseBodies: true,
  systemTags: ["name", "status", "scenario", "group"],
  scenarios: {
    calibration_noop: plan.requestsPerSecond === undefined
      ? { executor: "constant-vus", vus: plan.users, duration, gracefulStop: "1s" }
      : {
          executor: "constant-arrival-rate", rate: plan.requestsPerSecond, timeUnit: "1s",
          duration, preAllocatedVUs: plan.users, gracefulStop: "1s",
        },
  },
};

export default function () {
  const answer = http.get(plan.url, { tags: { name: "noop" }, redirects: 0 });
  const outcome = answer.status === 200 ? "ok" : "http_" + answer.status;
  response.add(answer.timings.duration, { surface: "api", endpoint: "noop", kind: "read", outcome });
}
`;
