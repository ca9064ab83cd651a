import { mapParsed } from "../../../src/domain/parsed.ts";
import { serviceTimes } from "../latency.ts";
import { readFactor } from "./amounts.ts";
import { databaseExpected } from "./expectations.ts";
import type { FaultKind } from "./fault-kind.ts";

/** Every query takes longer by a factor, with its connection held. */
interface DatabaseFault {
  readonly kind: "database";
  readonly factor: number;
}

export const database: FaultKind<DatabaseFault> = {
  form: "database=x<factor>",
  example: "database=x3",
  parse: (text) => mapParsed(readFactor(text), (factor) => ({ kind: "database", factor })),
  format: ({ factor }) => `x${factor}`,
  act: ({ factor }) => ({ factor: (service) => (service === "database" ? factor : 1) }),
  expect: ({ factor }) => databaseExpected(serviceTimes.database.p95Ms * factor),
};
