/** Every kind of fault, and how they are written: `kind=what[@start][..end]`. */
import { UsageError } from "../../../src/domain/errors.ts";
import { read, refused, type Parsed } from "../../../src/domain/parsed.ts";
import { readDuration, writeDuration } from "./amounts.ts";
import { breaker } from "./breaker.ts";
import { clock } from "./clock.ts";
import { crashLoop } from "./crash-loop.ts";
import { database } from "./database.ts";
import { draining } from "./draining.ts";
import { drop } from "./drop.ts";
import { errors } from "./errors.ts";
import type { FaultKind, Scheduled } from "./fault-kind.ts";
import { graphqlErrors } from "./graphql-errors.ts";
import { hpa } from "./hpa.ts";
import { latency } from "./latency.ts";
import { leak } from "./leak.ts";
import { lostSession } from "./lost-session.ts";
import { node } from "./node.ts";
import { podLeak } from "./pod-leak.ts";
import { pool } from "./pool.ts";
import { rateLimit } from "./rate-limit.ts";
import { redirect } from "./redirect.ts";
import { rollout } from "./rollout.ts";
import { signInLimit } from "./sign-in-limit.ts";
import { slowAsset } from "./slow-asset.ts";
import { timeouts } from "./timeouts.ts";
import { writes } from "./writes.ts";
import { wrongShape } from "./wrong-shape.ts";

export const faultKinds = {
  latency,
  errors,
  drop,
  timeouts,
  redirect,
  "wrong-shape": wrongShape,
  "lost-session": lostSession,
  "graphql-errors": graphqlErrors,
  "rate-limit": rateLimit,
  "sign-in-limit": signInLimit,
  "slow-asset": slowAsset,
  database,
  pool,
  leak,
  clock,
  hpa,
  "crash-loop": crashLoop,
  node,
  "pod-leak": podLeak,
  draining,
  rollout,
  writes,
  breaker,
} as const;

type Kind = keyof typeof faultKinds;
type FaultOf<Declared> = Declared extends FaultKind<infer Own> ? Own : never;
type AnyFault = FaultOf<(typeof faultKinds)[Kind]>;
export type Fault = AnyFault & Scheduled;

const isKind = (name: string): name is Kind => Object.hasOwn(faultKinds, name);

export const kindOf = ({ kind }: Fault): FaultKind<Fault> => faultKinds[kind];

/**
 * @param text `latency=api:x1.6`, `errors=api/token.read:5%@20s..60s`
 * @throws UsageError with what is wrong and how this kind is written, or with the kinds that there are
 */
export function parseFault(text: string): Fault {
  const split = text.indexOf("=");
  const name = split === -1 ? text : text.slice(0, split);
  if (!isKind(name)) {
    throw new UsageError(`fault "${text}": no fault is called "${name}"`, {
      code: "unknown-fault",
      hint: `Known: ${Object.keys(faultKinds).join(", ")}; docs/faults.md shows how each is written.`,
    });
  }
  const kind: FaultKind<AnyFault> = faultKinds[name];
  const [, body = "", start, end] = schedulePattern.exec(text.slice(split + 1)) ?? [];
  const fault = split === -1 ? refused("nothing follows its name") : kind.parse(body);
  const schedule = readSchedule(start, end);
  if (fault.ok && schedule.ok) return { ...fault.value, ...schedule.value };
  const problems = [fault, schedule].flatMap((part) => (part.ok ? [] : [part.problem]));
  throw new UsageError(
    `fault "${text}": ${problems.join("; ")}; expected ${kind.form}[@<start>][..<end>]`,
    { code: "malformed-fault", hint: `For example ${kind.example}, docs/faults.md` },
  );
}

/** The way back: `parseFault(formatFault(fault))` is the fault. */
export function formatFault(fault: Fault): string {
  const start = fault.startMs === undefined ? "" : `@${writeDuration(fault.startMs)}`;
  const end = fault.endMs === undefined ? "" : `..${writeDuration(fault.endMs)}`;
  return `${fault.kind}=${kindOf(fault).format(fault)}${start}${end}`;
}

/** What is hurt, the time, where it stands at the end. */
const schedulePattern = /^(.*?)(?:@([^@:]*?))?(?:\.\.(\d[^@:]*))?$/;

function readSchedule(start: string | undefined, end: string | undefined): Parsed<Scheduled> {
  const from = start === undefined ? read(undefined) : readDuration(start, "zero");
  const to = end === undefined ? read(undefined) : readDuration(end);
  if (!from.ok) return from;
  if (!to.ok) return to;
  return to.value !== undefined && to.value <= (from.value ?? 0)
    ? refused(`the end, ${end}, is not after the start`)
    : read({ startMs: from.value, endMs: to.value });
}
