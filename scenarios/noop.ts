import { beginIteration, endpointOf, send } from "./lib/measure.ts";
import { baseUrl } from "./lib/plan.ts";

const endpoint = endpointOf("api", "noop", "read", "GET");
const content = {
  url: `${baseUrl("api")}/api/auth/ok`,
  headers: {},
  responseType: "none",
} as const;

/** The cheapest request of the platform: what is measured is the generator, and a plan with it judges nothing. */
export function noop(): void {
  beginIteration();
  send(endpoint, content);
}
