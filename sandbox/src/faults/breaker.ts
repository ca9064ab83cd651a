import { mapParsed, read, refused, type Parsed } from "../../../src/domain/parsed.ts";
import { parseWholeNumber } from "../../../src/domain/quantity.ts";
import { breakerKinds } from "../../../src/domain/sandbox-events.ts";
import type { BreakerKind } from "../../../src/domain/sandbox-events.ts";
import type { BreakerFault as Behaviour } from "../breakers/breaker.ts";
import type { FaultKind } from "./fault-kind.ts";

/** A circuit breaker that does not do what it should. */
interface BreakerFault {
  readonly kind: "breaker";
  readonly dependency: BreakerKind;
  readonly behaviour: Behaviour;
}

const forms = `breaker=<never-opens|never-closes|threshold:count>:<${breakerKinds.join("|")}>`;

function parseBehaviour(words: readonly string[]): Parsed<Behaviour> {
  const [name = "", count = ""] = words;
  if (words.length === 1 && (name === "never-opens" || name === "never-closes")) return read(name);
  if (words.length === 2 && name === "threshold")
    return mapParsed(parseWholeNumber(count, { min: 1, max: 1000 }), (threshold) => ({
      threshold,
    }));
  return refused(`"${words.join(":")}" is not never-opens, never-closes or threshold:count`);
}

export const breaker: FaultKind<BreakerFault> = {
  form: forms,
  example: "breaker=threshold:8:internal",
  parse(text) {
    const words = text.split(":");
    const name = words.pop();
    const dependency = breakerKinds.find((kind) => kind === name);
    if (dependency === undefined) return refused(`"${name}" is not ${breakerKinds.join(" or ")}`);
    return mapParsed(parseBehaviour(words), (behaviour) => ({
      kind: "breaker",
      dependency,
      behaviour,
    }));
  },
  format: ({ dependency, behaviour }) =>
    `${typeof behaviour === "string" ? behaviour : `threshold:${behaviour.threshold}`}:${dependency}`,
  act: ({ dependency, behaviour }) => ({
    begin({ dependencies }) {
      if (dependencies === undefined) return () => undefined;
      const { [dependency]: wrong } = dependencies.breakers;
      wrong.fault = behaviour;
      return () => {
        wrong.fault = undefined;
      };
    },
  }),
  expect: () => ({ note: "shows in a run in which the dependency fails: an outage or a failover" }),
};
