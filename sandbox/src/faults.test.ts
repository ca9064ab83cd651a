import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/domain/errors.ts";
import { formatFault, parseFault } from "./faults/index.ts";
import { faultKinds } from "./faults/index.ts";

test.each([
  ["latency=api:x1.6", { kind: "latency", target: "api", factor: 1.6 }],
  ["latency=api:×1.6", { kind: "latency", target: "api", factor: 1.6 }],
  ["latency=api:1.6", { kind: "latency", target: "api", factor: 1.6 }],
  ["latency=api/token.read:x2", { target: "api", endpoint: "token.read", factor: 2 }],
  ["latency=subgraph/ListTokenQuery:x0.5", { endpoint: "ListTokenQuery", factor: 0.5 }],
  ["latency=api:x1.05@20s", { factor: 1.05, startMs: 20_000 }],
  ["errors=api:5%", { kind: "errors", target: "api", ratio: 0.05 }],
  ["errors=api:0.05", { kind: "errors", target: "api", ratio: 0.05 }],
  ["errors=api/auth.sign-in:7%", { endpoint: "auth.sign-in", ratio: 0.07 }],
  ["errors=web/page.dashboard:7%", { target: "web", endpoint: "dashboard" }],
  ["drop=api:2%@1min..90s", { kind: "drop", startMs: 60_000, endMs: 90_000 }],
  ["timeouts=api:1%..5s", { kind: "timeouts", endMs: 5000 }],
  ["redirect=web:5%", { kind: "redirect", target: "web" }],
  ["wrong-shape=api/token.read:10%", { kind: "wrong-shape", ratio: 0.1 }],
  ["graphql-errors=subgraph:0.5%", { kind: "graphql-errors", ratio: 0.005 }],
  ["rate-limit=100/10s", { target: "api", count: 100, withinMs: 10_000 }],
  ["rate-limit=web:100/10s", { target: "web", count: 100 }],
  ["sign-in-limit=3/10s", { kind: "sign-in-limit", count: 3 }],
  ["sign-in-limit=3/1min", { kind: "sign-in-limit", count: 3, withinMs: 60_000 }],
  ["sign-in-limit=3/min@1h 30m", { count: 3, withinMs: 60_000, startMs: 5_400_000 }],
  ["latency=subgraph/a..b:x2", { endpoint: "a..b", factor: 2 }],
  ["slow-asset=800ms", { kind: "slow-asset", delayMs: 800 }],
  ["database=x3", { kind: "database", factor: 3 }],
  ["pool=exhausted@20s", { kind: "pool", available: 0, startMs: 20_000 }],
  ["pool=2", { kind: "pool", available: 2 }],
  ["leak=50MB/min", { kind: "leak", bytesPerMinute: 50e6 }],
  ["leak=60MB/h", { kind: "leak", bytesPerMinute: 1e6 }],
  ["leak=1.1M/min", { kind: "leak", bytesPerMinute: 1_100_000 }],
  ["slow-asset=1.1m", { kind: "slow-asset", delayMs: 66_000 }],
  ["clock=+90s", { kind: "clock", offsetMs: 90_000 }],
  ["clock=-1.5s", { kind: "clock", offsetMs: -1500 }],
  ["hpa=stuck", { kind: "hpa", behaviour: "stuck" }],
  ["hpa=below-minimum:dapp@1min..2min", { workload: "dapp", startMs: 60_000, endMs: 120_000 }],
  ["crash-loop=api", { kind: "crash-loop", workload: "api", everyMs: 30_000 }],
  ["crash-loop=graph-node:5s", { workload: "graph-node", everyMs: 5000 }],
  ["node=never-ready@10s", { kind: "node", startMs: 10_000 }],
  ["pod-leak=api:50MB/min", { kind: "pod-leak", workload: "api", bytesPerMinute: 50e6 }],
  ["draining=api:none", { kind: "draining", workload: "api", ratio: undefined }],
  ["draining=dapp:0.1%@10s", { workload: "dapp", ratio: 0.001, startMs: 10_000 }],
  ["writes=doubled:1/10000", { kind: "writes", fate: "doubled", every: 10_000 }],
  ["writes=lost:1/20@5s", { fate: "lost", every: 20, startMs: 5000 }],
  ["breaker=never-opens:database", { kind: "breaker", dependency: "database" }],
  ["breaker=threshold:8:internal", { dependency: "internal", behaviour: { threshold: 8 } }],
  ["rollout=never-ready:web", { kind: "rollout", workload: "web" }],
])("%s is read, and written again", (text, fault) => {
  expect(parseFault(text)).toMatchObject(fault);
  expect(parseFault(formatFault(parseFault(text)))).toEqual(parseFault(text));
});

test.each([
  ["latency", "no value"],
  ["latency=api", "no factor"],
  ["latency=api:x0", "a factor of nought"],
  ["latency=mail:x2", "an unknown target"],
  ["latency=database/probe:x2", "an endpoint of what has none"],
  ["latancy=api:x2", "an unknown kind"],
  ["toString=api:x2", "a name of every object"],
  ["errors=api:101%", "a share above all"],
  ["errors=api:5", "no percent sign"],
  ["errors=api/token.raed:5%", "an unknown endpoint"],
  ["errors=api:5%@20", "a start without a unit"],
  ["errors=api:5%@20s..10s", "an end before its start"],
  ["graphql-errors=api:5%", "a target of another kind"],
  ["rate-limit=100", "no time"],
  ["rate-limit=100/10s/2", "too much"],
  ["pool=10", "nothing taken away"],
  ["clock=90s", "no direction"],
  ["slow-asset=0ms", "no time at all"],
  ["leak=50/min", "no unit"],
  ["hpa=stuk", "an unknown fault of an autoscaler"],
  ["hpa=stuck:mail", "an unknown workload"],
  ["crash-loop=api:0s", "no life at all"],
  ["node=slow", "another fault of nodes"],
  ["pod-leak=50MB/min", "no workload"],
  ["draining=api:some", "no share"],
  ["writes=doubled:2/10", "not one of so many"],
  ["writes=doubled:1/0", "one of none"],
  ["breaker=never-opens:mail", "an unknown dependency"],
  ["breaker=threshold:0:cache", "no threshold"],
  ["rollout=stuck:api", "another fault of rollouts"],
  ["errors=api:5%@20000000min", "a start next century"],
])("%s is refused: %s", (text) => {
  expect(() => parseFault(text)).toThrow(UsageError);
  expect(() => parseFault(text)).toThrow(text.slice(text.indexOf("=") + 1).split("@")[0]);
});

function refusalOf(text: string): UsageError | undefined {
  try {
    parseFault(text);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  return undefined;
}

test.each([
  [
    "latency=api:5%",
    'fault "latency=api:5%": "5%" is not a factor: write a number above 0, such as x1.6 or 1.6; expected latency=<web|api|subgraph|database>[/endpoint]:x<factor>[@<start>][..<end>]',
    "For example latency=api:x1.6, docs/faults.md",
  ],
  [
    "errors=mail:5@x",
    'fault "errors=mail:5@x": "mail:5" does not begin with web: or api: or subgraph:; "x" is not a duration: write a number with a unit, such as 90s, 5m, 1h30m or 2 weeks; expected errors=<web|api|subgraph>[/endpoint]:<share>[@<start>][..<end>]',
    "For example errors=api:5%, docs/faults.md",
  ],
])("%s is answered with the grammar of its own kind", (text, message, hint) => {
  expect(refusalOf(text)).toMatchObject({ message, hint });
});

test("an unknown kind is answered with the kinds that there are", () => {
  const names = Object.keys(faultKinds).join(", ");
  expect(refusalOf("latancy=api:x2")?.hint).toContain(names);
});

describe("every kind", () => {
  test.each(Object.entries(faultKinds))(
    "%s: its example is one, and tells what to find",
    (name, kind) => {
      const fault = parseFault(kind.example);
      expect(fault.kind).toBe(name);
      expect(kind.form.startsWith(`${name}=`)).toBe(true);
    },
  );
});

const digits = fc.integer({ min: 1, max: 9_999_999 });
const decimal = fc
  .tuple(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom(1, 10, 1000))
  .map(([n, by]) => n / by);
const percent = fc.integer({ min: 1, max: 100_000 }).map((n) => n / 1000);
const duration = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("ms", "s", "min"))
  .map(([n, unit]) => `${n}${unit}`);
const schedule = fc
  .option(fc.tuple(fc.integer({ min: 0, max: 9e5 }), fc.integer({ min: 1, max: 9e5 })))
  .map((times) => (times === null ? "" : `@${times[0]}ms..${times[0] + times[1]}ms`));
const body = fc.oneof(
  fc
    .tuple(fc.constantFrom("latency=api", "latency=web/docs"), decimal)
    .map(([w, n]) => `${w}:x${n}`),
  fc
    .tuple(
      fc.constantFrom("errors", "drop", "timeouts", "redirect", "wrong-shape"),
      fc.constantFrom("web", "api/user.me", "subgraph/Some_Query-2.b"),
      percent,
    )
    .map(([kind, where, n]) => `${kind}=${where}:${n}%`),
  percent.map((n) => `graphql-errors=subgraph:${n}%`),
  fc.tuple(digits, duration).map(([n, time]) => `rate-limit=subgraph:${n}/${time}`),
  fc.tuple(digits, duration).map(([n, time]) => `sign-in-limit=${n}/${time}`),
  duration.map((time) => `slow-asset=${time}`),
  decimal.map((n) => `database=x${n}`),
  fc.constantFrom("exhausted", "1", "9").map((n) => `pool=${n}`),
  fc.tuple(decimal, fc.constantFrom("kB/s", "MB/min")).map(([n, u]) => `leak=${n}${u}`),
  fc.constantFrom("stuck", "flapping:web", "missing-metrics:dapp").map((what) => `hpa=${what}`),
  duration.map((time) => `crash-loop=api:${time}`),
  fc.tuple(decimal, fc.constantFrom("kB/s", "MB/min")).map(([n, u]) => `pod-leak=api:${n}${u}`),
  fc.tuple(fc.constantFrom("+", "-"), duration).map(([sign, time]) => `clock=${sign}${time}`),
);

test("writing a fault and reading it again changes nothing", () => {
  fc.assert(
    fc.property(body, schedule, (what, when) => {
      const fault = parseFault(what + when);
      expect(parseFault(formatFault(fault))).toEqual(fault);
      expect(formatFault(parseFault(formatFault(fault)))).toBe(formatFault(fault));
    }),
    { numRuns: 500 },
  );
});
