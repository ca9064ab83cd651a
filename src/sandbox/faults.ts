/**
 * What can be made wrong with a sandbox on purpose, so that a verdict can be compared with the truth. One entry
 * of `faultKinds` per kind: how it is written, and what it does.
 */
import { UsageError } from "../domain/errors.ts";
import type { Service, Slowdown } from "./latency.ts";

/** Everything behind the target is slower by a factor. `endpoint` absent: the whole target. */
interface LatencyFault {
  readonly kind: "latency";
  readonly target: "web" | "api" | "subgraph" | "database";
  readonly endpoint?: string;
  readonly factor: number;
}

/** A union: later kinds join here and in `faultKinds`. */
export type Fault = LatencyFault;

interface FaultKind {
  /** How it is written, for messages and help. */
  readonly form: string;
  readonly example: string;
  /** @returns `undefined` where the text after `kind=` is not of this form */
  readonly parse: (text: string) => Fault | undefined;
}

/** Which services each target of a latency fault slows down. */
const servicesOf: Readonly<Record<LatencyFault["target"], readonly Service[]>> = {
  web: ["document", "asset"],
  api: ["api", "write"],
  subgraph: ["subgraph"],
  database: ["database"],
};

const isTarget = (name: string): name is LatencyFault["target"] => Object.hasOwn(servicesOf, name);

const faultKinds = {
  latency: {
    form: "latency=<web|api|subgraph|database>[/endpoint]:x<factor>",
    example: "latency=api:x1.6",
    parse: parseLatency,
  },
} as const satisfies Record<Fault["kind"], FaultKind>;

const isKind = (name: string): name is Fault["kind"] => Object.hasOwn(faultKinds, name);

/**
 * @param text `latency=api:x1.6`, `latency=api/token.read:×2`
 * @throws UsageError that names what was expected and every known fault
 */
export function parseFault(text: string): Fault {
  const split = text.indexOf("=");
  const kind = split === -1 ? text : text.slice(0, split);
  const forms = Object.values(faultKinds).map(({ form }) => form);
  if (!isKind(kind)) {
    throw new UsageError(`fault "${text}": no fault is called "${kind}"`, {
      code: "unknown-fault",
      hint: `Known: ${forms.join("; ")}.`,
    });
  }
  const { form, example, parse } = faultKinds[kind];
  const fault = split === -1 ? undefined : parse(text.slice(split + 1));
  if (fault === undefined) {
    throw new UsageError(`fault "${text}": expected ${form}`, {
      code: "malformed-fault",
      hint: `For example --fault ${example}; a factor is a number above 0. Known: ${forms.join("; ")}.`,
    });
  }
  return fault;
}

/** The way back: `parseFault(formatFault(fault))` is the fault. */
export function formatFault(fault: Fault): string {
  const endpoint = fault.endpoint === undefined ? "" : `/${fault.endpoint}`;
  return `latency=${fault.target}${endpoint}:x${fault.factor}`;
}

/** All latency faults that meet an endpoint multiply. */
export function slowdownOf(faults: readonly Fault[]): Slowdown {
  return (service, endpoint) =>
    faults.reduce(
      (factor, fault) =>
        servicesOf[fault.target].includes(service) &&
        (fault.endpoint === undefined || fault.endpoint === endpoint)
          ? factor * fault.factor
          : factor,
      1,
    );
}

function parseLatency(text: string): Fault | undefined {
  const parts = /^([a-z]+)(?:\/([A-Za-z0-9._-]+))?:[x×](\d+(?:\.\d+)?)$/.exec(text);
  const [, target, endpoint, digits] = parts ?? [];
  if (target === undefined || !isTarget(target)) return undefined;
  const factor = Number(digits);
  if (!(factor > 0)) return undefined;
  return { kind: "latency", target, ...(endpoint === undefined ? {} : { endpoint }), factor };
}
