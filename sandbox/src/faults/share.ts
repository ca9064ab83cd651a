/** Faults that strike a share of the requests to a target: `errors=api:5%`. */
import type { ServerResponse } from "node:http";
import { mapParsed } from "../../../src/domain/parsed.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { readShare, writeShare } from "./amounts.ts";
import { failuresExpected } from "./expectations.ts";
import type { FaultKind } from "./fault-kind.ts";
import { isAimedAt, readTargeted, writeTarget } from "./target.ts";
import type { Targeted } from "./target.ts";

export interface ShareFault<Kind extends string> extends Targeted {
  readonly kind: Kind;
  /** 0..1 of the requests, drawn anew for each. */
  readonly ratio: number;
}

interface Strike<Kind extends string> {
  readonly kind: Kind;
  readonly targets: readonly Surface[];
  readonly example: string;
  /** What the scenario calls such an answer. */
  readonly requestOutcome: string;
  /** Answers, or does not. */
  readonly strike: (response: ServerResponse, surface: Surface) => void;
}

export const shareKind = <Kind extends string>({
  kind,
  targets,
  example,
  requestOutcome,
  strike,
}: Strike<Kind>): FaultKind<ShareFault<Kind>> => ({
  form: `${kind}=<${targets.join("|")}>[/endpoint]:<share>`,
  example,
  parse: (text) =>
    mapParsed(readTargeted(text, targets, readShare), ({ where, amount }) => ({
      kind,
      ...where,
      ratio: amount,
    })),
  format: (fault) => `${writeTarget(fault)}:${writeShare(fault.ratio)}`,
  act: (fault, { random, sparesEarly }) => ({
    concerns: (meeting) => isAimedAt(fault, meeting),
    strike: ({ response, surface, isEarly }) => {
      if ((isEarly && sparesEarly) || random() >= fault.ratio) return false;
      strike(response, surface);
      return true;
    },
  }),
  expect: (fault) => failuresExpected(fault, fault.ratio, requestOutcome),
});
