/** Every kind of quantity, through every option and every field of a file that takes it: one text, one value, everywhere. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseFault, type Fault } from "../../sandbox/src/faults/index.ts";
import { loadEnvironment } from "../config/environment-file.ts";
import { Problems } from "../config/problems.ts";
import { parseTrafficShape } from "../config/traffic-shape.ts";
import { parseValue } from "../config/what-if.ts";
import type { SettingKind } from "../domain/capacity-plan.ts";
import { UsageError } from "../domain/errors.ts";
import { commands } from "./commands.ts";

const loaded = await Promise.all(commands.map(({ load }) => load()));

/** Reads a text. @returns in the units inside Headroom; `undefined` where it is refused */
type Taker = (text: string) => unknown;
type Takers = readonly (readonly [where: string, take: Taker])[];

const refusedAsUndefined =
  (take: Taker): Taker =>
  (text) => {
    try {
      return take(text);
    } catch {
      return undefined;
    }
  };

const optionsOf = (kind: string): Takers =>
  loaded.flatMap(({ name, options }) =>
    Object.entries(options)
      .filter(([, option]) => option.kind?.name === kind && !option.kind.shown.includes("="))
      .map(([flag, option]) => {
        const take: Taker = (text) => {
          const problems = new Problems();
          const value = option.read([text], { where: flag, variables: {}, problems });
          return problems.isEmpty ? value : undefined;
        };
        return [`${name} --${flag}`, take] as const;
      }),
  );

const field = (content: (text: string) => object, read: (answer: Loaded) => unknown): Taker =>
  refusedAsUndefined((text) => {
    const directory = mkdtempSync(path.join(tmpdir(), "headroom-quantities-"));
    mkdirSync(path.join(directory, "environments"));
    const file = path.join(directory, "environments", "local.json");
    writeFileSync(file, JSON.stringify(content(text)));
    return read(loadEnvironment("local", directory));
  });
type Loaded = ReturnType<typeof loadEnvironment>;

const fault = (
  write: (text: string) => string,
  read: (fault: Partial<FaultFields>) => unknown,
): Taker => refusedAsUndefined((text) => read(parseFault(write(text))));
type FaultFields = Record<
  | "startMs"
  | "endMs"
  | "delayMs"
  | "withinMs"
  | "everyMs"
  | "offsetMs"
  | "ratio"
  | "factor"
  | "count"
  | "bytesPerMinute",
  number
> &
  Fault;

const setting =
  (kind: SettingKind, inside: (value: number) => number = (value) => value): Taker =>
  (text) => {
    const parsed = parseValue(kind, text);
    return parsed.ok ? inside(parsed.value.value) : undefined;
  };

const traffic =
  (
    load: (text: string) => string,
    table: (text: string) => string,
    read: (shape: Shape) => unknown,
  ): Taker =>
  (text) => {
    const problems = new Problems();
    const sources = { profiles: {}, readFile: () => table(text) };
    const shape = parseTrafficShape(load(text), sources, problems);
    return shape === undefined || !problems.isEmpty ? undefined : read(shape);
  };
type Shape = NonNullable<ReturnType<typeof parseTrafficShape>>;

const dayMs = 86_400_000;
const noTable = (): string => "";

const inTables: Taker = traffic(
  () => "load.csv",
  (text) => `elapsed,requestsPerMinute\n0s,1\n${text},1\n`,
  (shape) => (shape.kind === "points" ? shape.points[1]?.atMs : undefined),
);
const ratesInTables: Taker = traffic(
  () => "load.csv",
  (text) => `seconds,requestsPerMinute\n0,${text}\n60,${text}\n`,
  (shape) => (shape.kind === "points" ? shape.points[1]?.requestsPerMinute : undefined),
);

const cases: readonly {
  readonly kind: string;
  readonly takers: Takers;
  readonly read: readonly (readonly [text: string, value: number])[];
  readonly refused: readonly string[];
}[] = [
  {
    kind: "duration",
    takers: [
      ...optionsOf("duration"),
      [
        "fault start",
        fault(
          (text) => `errors=api:5%@${text}`,
          ({ startMs }) => startMs,
        ),
      ],
      [
        "fault end",
        fault(
          (text) => `errors=api:5%..${text}`,
          ({ endMs }) => endMs,
        ),
      ],
      [
        "slow-asset",
        fault(
          (text) => `slow-asset=${text}`,
          ({ delayMs }) => delayMs,
        ),
      ],
      [
        "sign-in-limit",
        fault(
          (text) => `sign-in-limit=3/${text}`,
          ({ withinMs }) => withinMs,
        ),
      ],
      [
        "crash-loop",
        fault(
          (text) => `crash-loop=api:${text}`,
          ({ everyMs }) => everyMs,
        ),
      ],
      [
        "clock",
        fault(
          (text) => `clock=+${text}`,
          ({ offsetMs }) => offsetMs,
        ),
      ],
      [
        "environment file",
        field(
          (text) => ({ overrides: { duration: text } }),
          ({ overrides }) => overrides.durationMs,
        ),
      ],
      [
        "abort rule",
        field(
          (text) => ({ abort: [{ p95: text, for: "20s" }] }),
          ({ environment }) => environment.abortRules?.[0]?.above,
        ),
      ],
      ["plan --set lead.compute", setting("duration", (days) => days * dayMs)],
      [
        "simulate --load step",
        traffic(
          (text) => `step:1/s..2/s@${text}..3w`,
          noTable,
          (shape) => (shape.kind === "step" ? shape.upAtMs : undefined),
        ),
      ],
      ["a table", inTables],
    ],
    read: [
      ["250ms", 250],
      ["90s", 90_000],
      ["1min", 60_000],
      ["1.1m", 66_000],
      ["1h30m", 5_400_000],
      ["1h 30m", 5_400_000],
      ["5 minutes", 300_000],
      ["2 weeks", 14 * dayMs],
    ],
    refused: ["5 parsecs", "fast", "1,5s", "5M"],
  },
  {
    kind: "rate",
    takers: [
      ...optionsOf("rate"),
      [
        "environment file",
        field(
          (text) => ({ overrides: { rate: text } }),
          ({ overrides }) => overrides.requestsPerMinute,
        ),
      ],
      ["plan --set", setting("rate")],
      [
        "simulate --load day",
        traffic(
          (text) => `day:${text}`,
          noTable,
          (shape) => (shape.kind === "day" ? shape.peakPerMinute : undefined),
        ),
      ],
      ["a table", ratesInTables],
    ],
    read: [
      ["200/s", 12_000],
      ["10500/min", 10_500],
      ["1.1/s", 66],
      ["600/h", 10],
      ["200 rps", 12_000],
    ],
    refused: ["fast", "200 ms", "10,5/s/"],
  },
  {
    kind: "limit",
    takers: [
      ...optionsOf("rate"),
      [
        "rate-limit",
        fault(
          (text) => `rate-limit=${text}`,
          ({ count = 0, withinMs = 0 }) => (count * 60_000) / withinMs,
        ),
      ],
      [
        "sign-in-limit",
        fault(
          (text) => `sign-in-limit=${text}`,
          ({ count = 0, withinMs = 0 }) => (count * 60_000) / withinMs,
        ),
      ],
    ],
    read: [
      ["3/1min", 3],
      ["100/10s", 600],
      ["3/min", 3],
    ],
    refused: ["100", "100/10", "-1/s"],
  },
  {
    kind: "share",
    takers: [
      ...optionsOf("share"),
      [
        "errors",
        fault(
          (text) => `errors=api:${text}`,
          ({ ratio }) => ratio,
        ),
      ],
      [
        "graphql-errors",
        fault(
          (text) => `graphql-errors=subgraph:${text}`,
          ({ ratio }) => ratio,
        ),
      ],
      [
        "environment file",
        field(
          (text) => ({ overrides: { shares: { api: text } } }),
          ({ overrides }) => overrides.shares?.["api"],
        ),
      ],
      [
        "abort rule",
        field(
          (text) => ({ abort: [{ errors: text, for: "20s" }] }),
          ({ environment }) => environment.abortRules?.[0]?.above,
        ),
      ],
      ["plan --set", setting("share")],
    ],
    read: [
      ["5%", 0.05],
      ["0.05", 0.05],
      ["7%", 0.07],
      ["33.3%", 0.333],
      ["5 percent", 0.05],
    ],
    refused: ["101%", "1.5", "half", "0,5"],
  },
  {
    kind: "factor",
    takers: [
      [
        "latency",
        fault(
          (text) => `latency=api:${text}`,
          ({ factor }) => factor,
        ),
      ],
      [
        "database",
        fault(
          (text) => `database=${text}`,
          ({ factor }) => factor,
        ),
      ],
      ["plan --set", setting("factor")],
      ["plan --spike", (text) => setting("spike")(`2026-12-24 ${text} for 7d`)],
    ],
    read: [
      ["x1.6", 1.6],
      ["×1.6", 1.6],
      ["1.6", 1.6],
    ],
    refused: ["x0", "5%", "1.6x"],
  },
  {
    kind: "size per time",
    takers: [
      [
        "leak",
        fault(
          (text) => `leak=${text}`,
          ({ bytesPerMinute }) => bytesPerMinute,
        ),
      ],
      [
        "pod-leak",
        fault(
          (text) => `pod-leak=api:${text}`,
          ({ bytesPerMinute }) => bytesPerMinute,
        ),
      ],
      ["plan --set", setting("bytes/month", (bytes) => Math.round(bytes / (30.4375 * 1440)))],
    ],
    read: [
      ["60MB/h", 1e6],
      ["1.1M/min", 1.1e6],
      ["1kB/s", 60_000],
      ["1MiB per minute", 2 ** 20],
    ],
    refused: ["60MB", "60/h", "60MB/parsec"],
  },
];

describe.each(cases)("a $kind", ({ takers, read, refused }) => {
  test("has takers in flags, files and faults", () => {
    expect(takers.length).toBeGreaterThan(2);
  });

  test.each(read)("%s is %s everywhere", (text, value) => {
    const values = Object.fromEntries(takers.map(([where, take]) => [where, take(text)]));
    expect(values).toEqual(Object.fromEntries(takers.map(([where]) => [where, value])));
  });

  test.each(refused)("%j is refused everywhere", (text) => {
    const taken = takers.filter(([, take]) => take(text) !== undefined).map(([where]) => where);
    expect(taken).toEqual([]);
  });
});

test.each(["", "1.5", "1e3", "0x10", "-1", "many"])(
  "%j is a whole number for no option",
  (text) => {
    const takers = optionsOf("whole number");
    expect(takers.length).toBeGreaterThan(15);
    expect(takers.filter(([, take]) => take(text) !== undefined)).toEqual([]);
  },
);

const quantityOptions = loaded.flatMap(({ name, options }) =>
  Object.entries(options).flatMap(([flag, option]) =>
    ["duration", "rate", "share", "whole number", "number"].includes(option.kind?.name ?? "")
      ? [{ name, flag, option }]
      : [],
  ),
);

test.each(quantityOptions)(
  "$name --$flag: a refusal names the flag, the value and what to write",
  ({ flag, option }) => {
    const problems = new Problems();
    option.read(["wrong"], { where: `--${flag}`, variables: {}, problems });
    expect(() => problems.raise((message) => new UsageError(message, { code: "usage" }))).toThrow(
      option.kind?.shown.includes("=") === true
        ? /"wrong" is not name=value/
        : new RegExp(`^--${flag}: "wrong" is not a [a-z ]+`),
    );
  },
);
