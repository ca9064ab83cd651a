import { mapParsed } from "../../../src/domain/parsed.ts";
import { expectedP95Ms, serviceTimes } from "../latency.ts";
import type { Service } from "../latency.ts";
import { readFactor } from "./amounts.ts";
import { databaseExpected, latencyExpected } from "./expectations.ts";
import type { FaultKind } from "./fault-kind.ts";
import { readTargeted, writeTarget } from "./target.ts";
import type { Targeted } from "./target.ts";

/** Everything behind the target is slower by a factor. */
interface LatencyFault extends Targeted<keyof typeof servicesOf> {
  readonly kind: "latency";
  readonly factor: number;
}

/** Which services each target slows down. */
const servicesOf = {
  web: ["document", "asset"],
  api: ["api", "write"],
  subgraph: ["subgraph"],
  database: ["database"],
} as const satisfies Record<string, readonly Service[]>;

const targets = ["web", "api", "subgraph", "database"] as const;

/** Assets are drawn by their path, and called `asset`. */
const nameOf = (service: Service, endpoint: string): string =>
  service === "asset" ? "asset" : endpoint;

export const latency: FaultKind<LatencyFault> = {
  form: "latency=<web|api|subgraph|database>[/endpoint]:x<factor>",
  example: "latency=api:x1.6",
  parse: (text) =>
    mapParsed(readTargeted(text, targets, readFactor), ({ where, amount }) => ({
      kind: "latency",
      ...where,
      factor: amount,
    })),
  format: (fault) => `${writeTarget(fault)}:x${fault.factor}`,
  act({ target, endpoint, factor }) {
    const services: readonly Service[] = servicesOf[target];
    return {
      factor: (service, name) =>
        services.includes(service) && (endpoint ?? nameOf(service, name)) === nameOf(service, name)
          ? factor
          : 1,
    };
  },
  expect({ target, endpoint, factor }) {
    const factorOf = (name: string): number => ((endpoint ?? name) === name ? factor : 1);
    switch (target) {
      case "api":
      case "subgraph":
        return latencyExpected(target, expectedP95Ms(target, factorOf));
      case "web": {
        const assetsMs =
          pageAssetsMs * (endpoint === undefined || endpoint === "asset" ? factor : 1);
        return latencyExpected(target, expectedP95Ms("document", factorOf) + assetsMs);
      }
      case "database":
        return databaseExpected(serviceTimes.database.p95Ms * factor);
      default:
        return target satisfies never;
    }
  },
};

/** What the assets add to the p95 of a page (`latency.test.ts` adds them up). */
const pageAssetsMs = 1500 - serviceTimes.document.p95Ms;
