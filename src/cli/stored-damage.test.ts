/**
 * Every kind of stored file, damaged in seeded ways, through every command that reads it: no exit status 70, and no
 * better verdict than the one before. `HEADROOM_DAMAGES` sets how many of each kind.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testRun, type TestRun } from "../../analysis/testdata/test-run.ts";
import { toJson } from "../domain/json.ts";
import { seededRandom, type Random } from "../domain/random.ts";
import type { RunRecord } from "../domain/run.ts";
import { Outbox } from "../notify/outbox.ts";
import { judge } from "../pipeline.ts";
import { writeBaseline } from "../store/baselines.ts";
import { keepAcceptance, keepPin } from "../store/decisions.ts";
import { writeImport } from "../store/imported-run.ts";
import { createRunDirectory, runFiles } from "../store/run-directory.ts";
import { writeRunRecord, writeWhole } from "../store/run-writer.ts";
import { sealOf } from "../store/stored-lines.ts";
import { testRecordOfRuns } from "../store/testdata/record.ts";
import { runCommandLine } from "./main.ts";
import { testIo } from "./testdata/io.ts";

const timesEach = Number(process.env["HEADROOM_DAMAGES"] ?? 2);
const home = mkdtempSync(path.join(tmpdir(), "headroom-damages-"));
const original = path.join(home, "original");
const root = path.join(home, ".runs");
const cache = path.join(home, "cache");
const packageRoot = path.resolve(import.meta.dirname, "../..");
const names: Record<string, string> = {};

const fast = { holdSeconds: 30 };
/** Of the API, whose limit is 200 ms. */
const slow = { ...fast, p95Ms: { api: 400 } };

function store(id: string, options: TestRun, isSealed: boolean): void {
  const plan = { profile: "nightly", workloads: { web: "web", api: "api", subgraph: "subgraph" } };
  const data = testRun({ ...options, plan, run: { id } });
  const directory = createRunDirectory(original, id);
  const texts = (["windows", "observations", "events"] as const).map((file) => {
    const text = data[file].map((line) => `${toJson(line)}\n`).join("");
    writeWhole(directory, runFiles[file], text);
    return [file, sealOf(text)];
  });
  const files = Object.fromEntries(texts) as RunRecord["files"];
  writeRunRecord(directory, isSealed && files !== undefined ? { ...data.run, files } : data.run);
  judge(directory);
}

async function headroom(
  argv: readonly string[],
): Promise<{ status: number; out: string; err: string }> {
  const env = { HEADROOM_CACHE: cache, XDG_CONFIG_HOME: home };
  const { io, out, err } = testIo({ packageRoot, cwd: home, env, commandLine: argv });
  return { status: await runCommandLine(argv, io), out: out(), err: err() };
}

const fiveRuns = (letter: string): string =>
  [0, 1, 2, 3, 4].map((index) => `${letter}-${index}`).join(",");

const stream = { profile: "nightly", environment: "local" };
const decision = { ...stream, because: "agreed", by: "Ada", decidedAt: 1 };

beforeAll(async () => {
  mkdirSync(cache);
  for (let index = 0; index < 5; index++) store(`a-${index}`, fast, index > 0);
  for (let index = 0; index < 5; index++) store(`b-${index}`, slow, index > 0);
  const members = ["a-0", "a-1"];
  const record = testRecordOfRuns("nightly", { id: "nightly", members });
  writeRunRecord(createRunDirectory(original, "nightly"), record);
  writeImport(original, {
    ...stream,
    id: "imported",
    at: 1_700_000_100_000,
    outcome: "inconclusive",
    source: "import",
    values: [{ metric: "api.response.p95", value: 150, unit: "ms" }],
    traits: { target: "imported" },
  });
  const [at, expires] = ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"];
  const current = { by: "Ada", at, expires, reason: "live", runs: ["a-0", "a-1", "a-2"] };
  const hashes = { planHash: "p", scenarioHash: "s" };
  const baseline = { schemaVersion: 1, kind: "baseline", name: "release", ...stream } as const;
  writeBaseline(original, { ...baseline, ...hashes, current });
  keepAcceptance(original, { ...decision, metric: "api.response.p95", at: 1 });
  keepPin(original, { ...decision, baseline: "release" });
  const message = { id: "m", kind: "target-down", severity: "P0", metric: "target" } as const;
  new Outbox(original).put(
    [{ ...message, ...stream, sentence: "down", at: 1, suspects: [] }],
    [],
    1,
  );
  cpSync(original, root, { recursive: true });
  await headroom(["gate", "--baseline", fiveRuns("a"), "--candidate", fiveRuns("b")]);
  await headroom(["plan", "--date", "2026-01-01", "--paths", "100"]);
  await headroom(["history"]);
  for (const name of readdirSync(root))
    if (/gate-/.test(name)) names["gate"] = name;
    else if (/capacity-plan/.test(name)) names["plan"] = name;
  rmSync(original, { recursive: true });
  cpSync(root, original, { recursive: true });
  const fingerprint = testRun().run.generator;
  const calibration = { schemaVersion: 1, at, k6Version: "2.2.0", requestsPerSecond: 1 };
  writeFileSync(
    path.join(cache, "calibration.json"),
    toJson({ ...calibration, cpuCores: 1, fingerprint }),
  );
}, 60_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Target {
  readonly file: () => string;
  readonly commands: () => readonly (readonly string[])[];
}

const everywhere = [
  ["list"],
  ["history", "--json"],
  ["nightly", "--env", "local", "--deliver-only"],
  ["history", "prune", "--json"],
];
const ofRun = (id: string): readonly (readonly string[])[] => [
  ["report", id, "--format", "json"],
  ["analyse", id, "--json"],
  ["compare", "--baseline", "a-2", "--candidate", id],
  ["gate", "--baseline", "a-2,a-3", "--candidate", `${id},b-2`],
  ["plan", "--run", id, "--paths", "100", "--date", "2026-01-01", "--json"],
  ["simulate", "--load", `run:${id}`],
  ["simulate", "hpa", "--from-run", id],
  ["history", "--json"],
  ["nightly", "--env", "local", "--deliver-only"],
];
const inRun = (id: string, file: string): Target => ({
  file: () => path.join(root, id, file),
  commands: () => ofRun(id),
});

const targets: Record<string, Target> = {
  "run.json, sealed": inRun("b-1", runFiles.record),
  "run.json of a version without seals": inRun("b-0", runFiles.record),
  "windows.ndjson": inRun("b-1", runFiles.windows),
  "windows.ndjson of a version without seals": inRun("b-0", runFiles.windows),
  "observations.ndjson": inRun("b-0", runFiles.observations),
  "events.ndjson": inRun("b-0", runFiles.events),
  "verdicts.json": inRun("b-1", runFiles.verdicts),
  "run.json of a nightly run": {
    file: () => path.join(root, "nightly", runFiles.record),
    commands: () => [...everywhere, ["report", "nightly"]],
  },
  "imported.json": {
    file: () => path.join(root, "imported", "imported.json"),
    commands: () => everywhere,
  },
  "gate.json": {
    file: () => path.join(root, names["gate"] ?? "", "gate.json"),
    commands: () => [
      ["gate", "--baseline", names["gate"] ?? "", "--candidate", names["gate"] ?? ""],
      ["history", "--json"],
    ],
  },
  "plan.json": {
    file: () => path.join(root, names["plan"] ?? "", "plan.json"),
    commands: () => [
      ["plan", "--date", "2026-04-01", "--paths", "100", "--previous", names["plan"] ?? ""],
    ],
  },
  "a baseline": {
    file: () => path.join(root, "baselines", "release.json"),
    commands: () => [
      ...everywhere,
      ["baseline", "list"],
      ["baseline", "show", "release"],
      ["gate", "--baseline", "baseline:release", "--candidate", "b-1,b-2,b-3"],
    ],
  },
  "decisions.json": { file: () => path.join(root, "decisions.json"), commands: () => everywhere },
  "a notification": {
    file: () =>
      path.join(root, "notifications", readdirSync(path.join(root, "notifications"))[0] ?? ""),
    commands: () => everywhere,
  },
  "history.json": { file: () => path.join(root, "history.json"), commands: () => everywhere },
  "calibration.json": {
    file: () => path.join(cache, "calibration.json"),
    commands: () => [["run", "smoke", "--dry-run", "--env", "local"]],
  },
};

// Damage

type Damage = (text: string, random: Random) => string | undefined;
type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container =>
  typeof value === "object" && value !== null;

function placesIn(value: unknown): readonly (readonly [Container, string])[] {
  if (!isContainer(value)) return [];
  return Object.keys(value).flatMap((key) => [
    [value, key] as const,
    ...placesIn(Reflect.get(value, key)),
  ]);
}

const pick = <Value>(values: readonly Value[], random: Random): Value | undefined =>
  values[Math.floor(random() * values.length)];

/** One value somewhere in the JSON, also in one line of many; half of the time without the seal of the document. */
const edited =
  (edit: (place: Container, key: string, random: Random) => void): Damage =>
  (text, random) => {
    const lines = text.trim().includes('\n{"') ? text.split("\n").slice(0, -1) : [text];
    const line = Math.floor(random() * lines.length);
    const json: unknown = JSON.parse(lines[line] ?? "{}");
    if (random() < 0.5 && isContainer(json)) Reflect.deleteProperty(json, "sha256");
    const [place, key] = pick(placesIn(json), random) ?? [];
    if (place === undefined || key === undefined) return undefined;
    edit(place, key, random);
    return `${lines.with(line, JSON.stringify(json)).join("\n")}\n`;
  };

const setTo = (value: unknown): Damage =>
  edited((place, key) => {
    Reflect.set(place, key, value);
  });

const binary = (random: Random): string =>
  Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256))).toString("latin1");

/** `undefined`: a directory in its place. */
const damages: readonly (readonly [name: string, Damage])[] = [
  ["a field deleted", edited((place, key) => Reflect.deleteProperty(place, key))],
  ["null", setTo(null)],
  ["a text", setTo("x")],
  ["a number", setTo(7)],
  ["a list", setTo([])],
  ["an object", setTo({})],
  ["true", setTo(true)],
  ["a negative number", setTo(-1e9)],
  ["a huge number", setTo(1e300)],
  ["a huge instant", setTo(8e15)],
  ["a fraction", setTo(0.5)],
  ["a path", setTo("../../elsewhere")],
  ["Infinity", setTo("Infinity")],
  [
    "NaN",
    (text, random) => text.replace(pick([...text.matchAll(/:\d+/g)], random)?.[0] ?? "{", ":NaN"),
  ],
  [
    "1e999",
    (text, random) => text.replace(pick([...text.matchAll(/:\d+/g)], random)?.[0] ?? "{", ":1e999"),
  ],
  ["cut off", (text, random) => text.slice(0, Math.floor(random() * text.length))],
  ["empty", () => ""],
  ["binary", (_text, random) => binary(random)],
  [
    "binary in the middle",
    (text, random) => {
      const at = Math.floor(random() * text.length);
      return `${text.slice(0, at)}${binary(random)}${text.slice(at + 300)}`;
    },
  ],
  ["many levels", () => `${"[".repeat(200_000)}${"]".repeat(200_000)}`],
  ["a directory", () => undefined],
];

function apply(file: string, damage: Damage, random: Random): void {
  const changed = damage(readFileSync(file, "utf8"), random);
  rmSync(file);
  if (changed === undefined) mkdirSync(file);
  else writeFileSync(file, changed);
}

const better = new Set(["pass", "inconclusive"]);

/** The run is a FAIL, or what is asked about it exits otherwise than with a pass. */
function isBetter(argv: readonly string[], status: number, out: string): boolean {
  const [command] = argv;
  if (command === "report" || command === "analyse") {
    const [, outcome = ""] = /"outcome": "([a-z]+)"/.exec(out) ?? [];
    return better.has(outcome) || (command === "analyse" && status === 0);
  }
  return (command === "compare" || command === "gate") && status === 0;
}

test(
  "without damage: the run is a FAIL, and every command reads its files",
  { timeout: 120_000 },
  async () => {
    const statuses = new Map<string, number>();
    for (const { file, commands } of Object.values(targets)) {
      expect(existsSync(file())).toBe(true);
      for (const argv of commands()) {
        if (statuses.has(argv.join(" "))) continue;
        const { status, err } = await headroom(argv);
        statuses.set(argv.join(" "), status);
        const isRead = !/cannot be read|could not be read|is damaged/.test(err);
        expect([isRead, status === 70], `${argv.join(" ")}: ${err}`).toEqual([true, false]);
      }
    }
    expect(statuses.get("report b-1 --format json")).toBe(0);
    expect(statuses.get("analyse b-1 --json")).toBe(1);
    expect(statuses.get("history --json")).toBe(0);
  },
);

test.each(Object.entries(targets))("%s", { timeout: 600_000 }, async (name, { file, commands }) => {
  const random = seededRandom(
    Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 2 ** 31, 7),
  );
  const wrong: string[] = [];
  const savedCalibration = readFileSync(path.join(cache, "calibration.json"), "utf8");
  for (let index = 0; index < timesEach; index++) {
    rmSync(root, { recursive: true, force: true });
    cpSync(original, root, { recursive: true, preserveTimestamps: true });
    const [kind, damage] = damages[(index + Math.floor(random() * 3)) % damages.length] ?? [
      "",
      () => "",
    ];
    apply(file(), damage, random);
    const after = existsSync(file()) ? "" : "gone";
    for (const argv of commands()) {
      const { status, out, err } = await headroom(argv);
      if (status === 70 || isBetter(argv, status, out))
        wrong.push(`${kind}${after}: ${argv.join(" ")} → ${status}\n${err.slice(0, 600)}`);
    }
    rmSync(path.join(cache, "calibration.json"), { recursive: true });
    writeFileSync(path.join(cache, "calibration.json"), savedCalibration);
  }
  expect(wrong.slice(0, 5).join("\n---\n")).toBe("");
});
