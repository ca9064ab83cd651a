import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseArguments } from "../command.ts";
import { testIo } from "../testdata/io.ts";
import { planCommand } from "./plan.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-plan-"));
const write = (name: string, text: string): void => writeFileSync(path.join(cwd, name), text);
write(
  "prices.json",
  '{"currency":"EUR","nodes":{"application":{"perMonth":280}},"storagePerGbMonth":0.1}',
);
const uses = Array.from(
  { length: 12 },
  (_, index) => `2026-${String(index + 1).padStart(2, "0")},${30 * 1.04 ** index}%`,
);
write("usage.csv", `date,compute\n${uses.join("\n")}\n`);

write("mixed.csv", "date,compute\n2026-01,40%\n2026-02,1TB\n");
write("wrong.json", '{"currency":"EUR","nodes":{"application":{"perYear":1}}}');

const packageRoot = path.resolve(import.meta.dirname, "../../..");
const quick = ["--paths", "500", "--months", "6"];

async function plan(...argv: string[]): Promise<string> {
  const { io, out } = testIo({ cwd, packageRoot, commandLine: ["plan", ...argv] });
  expect(await planCommand.run(parseArguments(planCommand, [...argv, ...quick]), io)).toBe(0);
  return out();
}

interface Ceiling {
  readonly id: string;
  readonly exhaustion: { readonly stated?: number; readonly p50?: number };
  readonly exhaustionDate: { readonly stated?: string };
  readonly orderBy: { readonly stated?: number };
  readonly late: boolean;
}
interface Document {
  readonly planDate: string;
  readonly resources: readonly { readonly name: string; readonly ceilings: readonly Ceiling[] }[];
  readonly contradictions: readonly { readonly id: string }[];
  readonly whatIfs?: readonly {
    readonly name: string;
    readonly resources: Document["resources"];
  }[];
}
const compute = ({ resources }: Pick<Document, "resources">): Ceiling | undefined =>
  resources.find(({ name }) => name === "compute")?.ceilings[0];

/** A plan's name is its own; everything else repeats. */
const unnamed = async (...argv: string[]) => ({
  ...(JSON.parse(await plan("--json", ...argv)) as Document),
  id: "",
});

/** Of the workloads that the chart installs, beside the eight of the specification. */
const isDeployed = ({ id }: { readonly id: string }): boolean => id.startsWith("deployed-");

describe("--json", () => {
  test("the specification alone on a given day: dates, eight contradictions", async () => {
    const document = JSON.parse(await plan("--json", "--date", "2026-12-01")) as Document;
    expect(document.planDate).toBe("2026-12-01");
    expect(document.contradictions.filter((one) => !isDeployed(one))).toHaveLength(8);
    expect(document.contradictions.filter(isDeployed)).toHaveLength(12);
    expect(compute(document)?.exhaustion.stated).toBeCloseTo(78.46, 1);
    expect(compute(document)?.exhaustionDate.stated).toBe("2027-02-17");
    expect(compute(document)?.orderBy.stated).toBeCloseTo(-12.8, 1);
    expect(compute(document)?.late).toBe(true);
  });

  test("without a date, today; the same seed, the same text", async () => {
    const once = await unnamed("--seed", "7");
    expect(once.planDate).toBe("2026-11-23");
    expect(await unnamed("--seed", "7")).toEqual(once);
    expect(await unnamed("--seed", "8")).not.toEqual(once);
  });

  test("a changed figure changes the answer, what-ifs stand beside it", async () => {
    const document = JSON.parse(
      await plan(
        "--json",
        "--set",
        "growth.compute=15%/month",
        "--what-if",
        "later: lead.compute=1 month, workloads.api.max=12",
      ),
    ) as Document;
    expect(compute(document)?.exhaustion.stated).toBeCloseTo(102.4, 0);
    expect(document.whatIfs?.[0]?.name).toBe("later");
    expect(compute(document.whatIfs?.[0] ?? document)?.orderBy.stated).toBeCloseTo(71.9, 0);
  });
});

describe("for people", () => {
  test("what runs out, orders, contradictions, what is not known", async () => {
    const text = await plan("--date", "2026-12-01", "--what-if", "slower:growth.compute=10%/month");
    for (const words of [
      "# Capacity plan of 2026-12-01",
      "no breakpoint run was given",
      "−12.8 d (2026-11-18)",
      "LATE",
      "### 8. targets-unclear",
      "The cost is unknown: no prices were given",
      "purchases to order within 12 months",
      "As planned",
      "slower: growth.compute=10%/month",
      "CPU and memory of a pod under load are not measured",
    ])
      expect(text).toContain(words);
  });

  test("prices and a history are used and reported", async () => {
    const text = await plan(
      "--prices",
      "prices.json",
      "--history",
      "usage.csv",
      "--set",
      "limits.storage=1PB",
    );
    expect(text).toContain("Cost a month, EUR");
    expect(text).toContain("Without a price: data nodes, system nodes, database, network");
    expect(text).toContain("growth measured for compute, as stated for storage, network, database");
  });
});

const months = (levels: readonly string[]): string =>
  levels
    .map(
      (use, index) =>
        `${index < 1 ? 2025 : 2026}-${String(index < 1 ? 12 : index).padStart(2, "0")},${use}`,
    )
    .join("\n");

describe("histories", () => {
  write(
    "above.csv",
    `date,compute\n${months(Array.from({ length: 12 }, (_, index) => `${80 + 4 * index}%`))}\n`,
  );
  write("flat.csv", `date,compute\n${months(Array<string>(12).fill("30%"))}\n`);
  write("short.csv", "date,compute\n2026-10,30%\n2026-11,31%\n");
  write("bare.csv", `date,storage\n${months(Array<string>(12).fill("1300"))}\n`);
  write("bytes.csv", `date,storage\n${months(Array<string>(12).fill("1300000000000"))}\n`);
  interface Planned {
    readonly summary: string;
    readonly resources: readonly {
      readonly name: string;
      readonly use: number;
      readonly source: string;
      readonly today: { readonly source: string };
      readonly ceilings: readonly { readonly exhaustion: object; readonly late: boolean }[];
    }[];
    readonly contradictions: readonly { readonly id: string }[];
    readonly unknowns: readonly string[];
  }
  const planned = async (file: string, ...more: string[]) =>
    JSON.parse(await plan("--json", "--date", "2026-12-01", "--history", file, ...more)) as Planned;
  const named = ({ resources }: Planned, name: string) =>
    resources.find((one) => one.name === name);

  test("the newest month is today's use, and the contradiction with the stated one comes first", async () => {
    const document = await planned("above.csv");
    expect(named(document, "compute")).toMatchObject({ use: 1.24, source: "measured" });
    expect(named(document, "compute")?.ceilings).toMatchObject([
      { exhaustion: { p50: 0 }, late: true },
      { exhaustion: { p50: 0 }, late: true },
    ]);
    expect(document.contradictions.slice(0, 2).map(({ id }) => id)).toEqual([
      "use-unlike-history",
      "growth-unlike-history",
    ]);
    expect(await plan("--date", "2026-12-01", "--history", "above.csv")).toMatch(
      /## 1\. Summary[^#]*?- Contradiction: Today's use of compute: the specification states 50 %, .*124 %[^]*Used today: compute 124 % \(measured 2026-11\), storage 2 TB \(stated, not measured\)/,
    );
  });

  test("a flat history never runs out, however growth is asked for but as stated", async () => {
    for (const more of [[], ["--growth-from", "measured"], ["--trend", "damped"]]) {
      const document = await planned("flat.csv", ...more);
      for (const { exhaustion } of named(document, "compute")?.ceilings ?? [])
        expect(exhaustion).not.toHaveProperty("p50");
    }
    const stated = await planned("flat.csv", "--growth-from", "stated");
    expect(named(stated, "compute")).toMatchObject({ use: 0.3, source: "stated" });
  });

  test("bare numbers that could be any unit are no level", async () => {
    const bare = await planned("bare.csv");
    expect(named(bare, "storage")).toMatchObject({ use: 2e12, today: { source: "stated" } });
    expect(bare.unknowns.join(" ")).toContain(
      "storage: its column has no unit, expected a size such as 1.3TB: the history says how use grew",
    );
    expect(named(await planned("bytes.csv"), "storage")?.use).toBe(1.3e12);
  });

  test("growth that was to be measured, and cannot be, is refused", async () => {
    const { io } = testIo({ cwd, packageRoot });
    const run = (...argv: string[]) =>
      planCommand.run(parseArguments(planCommand, [...argv, "--growth-from", "measured"]), io);
    await expect(run("--history", "short.csv")).rejects.toThrow(
      /--growth-from measured: compute: the history has 2 months/,
    );
    await expect(run()).rejects.toThrow(/there is no history: give --history or --history-from/);
    await expect(run("--history-from", "http://127.0.0.1:9")).rejects.toThrow(
      /3 problems|4 problems/,
    );
  });
});

describe("the plan's directory", () => {
  test("holds the document, its reports, a CSV a table and the rules", async () => {
    const document: unknown = JSON.parse(
      await plan("--json", "--runs", ".runs", "--date", "2027-01-01"),
    );
    const { id } = document as { id: string };
    const directory = path.join(cwd, ".runs", id);
    const files = (...names: string[]) => readFileSync(path.join(directory, ...names), "utf8");
    const { sha256, ...stored }: Record<string, unknown> = JSON.parse(files("plan.json"));
    expect(stored).toEqual(document);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(files("run.json"))).toMatchObject({ kind: "plan", id, members: [] });
    expect(files("report.html")).toContain("Capacity plan of");
    expect(files("report.md")).toContain("## 12. What changed since the last plan");
    expect(files("rules.yaml")).toContain("HeadroomOrderComputeCapacityAlert");
    expect(files("tables", "dates.csv")).toMatch(/^resource,ceiling,expected_days,p10_days/);
  });

  test("a later plan reads it: forecast against what happened", async () => {
    const { id: earlier } = JSON.parse(await plan("--json", "--date", "2026-12-01")) as {
      id: string;
    };
    const text = await plan(
      "--date",
      "2027-03-01",
      "--previous",
      earlier,
      "--set",
      "use.compute=86%",
      "--set",
      "use.storage=9TB",
    );
    expect(text).toContain("The plan of 2026-12-01 against what happened");
    expect(text).toMatch(/storage: .* were forecast .* it is 9 TB: .* more, outside/);
    expect(text).toContain("network: 100 GB a month, just as in the last plan");
    expect(text).toContain(`plan:${earlier}`);
    const { io } = testIo({ cwd, packageRoot });
    const backwards = ["--date", "2026-11-01", "--previous", earlier, ...quick];
    await expect(planCommand.run(parseArguments(planCommand, backwards), io)).rejects.toThrow(
      /is not before this one of 2026-11-01/,
    );
  });
});

test("a store that cannot be reached is reported, and the stated rate stands in", async () => {
  const { io, err, out } = testIo({ cwd, packageRoot });
  const argv = ["--history-from", "http://127.0.0.1:9", ...quick];
  expect(await planCommand.run(parseArguments(planCommand, argv), io)).toBe(0);
  expect(err()).toContain("no history of compute: the store could not be reached");
  expect(out()).toContain("growth as stated, not measured");
  expect(out()).toMatch(
    /compute: the store could not be reached.*; today's use is the stated 50 %, and growth is the stated \+20 % a month: neither is measured/,
  );
});

describe("bad input: one sentence each, all at once", () => {
  test.each([
    [
      [
        "--date",
        "1 December",
        "--set",
        "growth.compute=0.15",
        "--set",
        "lead.compute=-1 month",
        "--set",
        "growth.cmpute=1/month",
        "--seed",
        "x",
        "--growth",
        "exponential",
      ],
      /6 problems:[^]*is not a date[^]*has no period[^]*negative[^]*did you mean "growth.compute"[^]*unknown "exponential"[^]*"x" is not a whole number/,
    ],
    [["--date", "2026-02-30"], /not a date/],
    [["--what-if", "growth.compute=1/month"], /is not NAME:PATH=VALUE/],
    [["--what-if", "a:growth.compute=1"], /has no period/],
    [["--prices", "missing.json"], /missing.json cannot be read/],
    [["--spike", "2026-12-24 x2"], /is not a spike: write 2026-12-24 x2.5 for 7d/],
    [["--spike", "2026-02-30 x2 for 7d"], /"2026-02-30" is not a date/],
    [["--spike", "2026-12-24 x0 for 7d"], /not a factor/],
    [["--spike", "2026-12-24 x2 for -7d"], /negative/],
    [["--spike", "2020-12-24 x2 for 7d"], /begins before the plan's date/],
    [["--spike", "2040-12-24 x2 for 7d"], /begins after the 24 months that are planned/],
    [
      ["--what-if", "a:ceiling=70%", "--what-if", "a:ceiling=90%"],
      /two scenarios "a": give each its own name/,
    ],
    [["--history-from", "prometheus"], /"prometheus" is not an http\(s\) URL: write https:/],
    [
      ["--history-from", "http://joe:s3cret@127.0.0.1:9"],
      /holds a user or a password, [^]*: set HEADROOM_PROMETHEUS_TOKEN instead(?![^]*s3cret)/,
    ],
    [
      ["--history-from", "http://127.0.0.1:9", "--history", "usage.csv"],
      /--history and --history-from: give one of them/,
    ],
    [["--run", "none"], /there is no run "none"/],
    [["--previous", "none"], /there is no plan "none"/],
    [["--previous", "prices.json"], /prices.json cannot be read as a plan: schemaVersion/],
    [
      ["--history", "mixed.csv", "--trend", "up", "--seed", "-1"],
      /2 problems:[^]*unknown "up"[^]*"-1" is not a whole number/,
    ],
    [
      ["--history", "mixed.csv", "--prices", "wrong.json"],
      /2 problems:[^]*wrong.json[^]*has mixed units: % \(line 2\), \w+ \(line 3\)/,
    ],
  ])("%j", async (argv, words) => {
    const { io } = testIo({ cwd, packageRoot });
    const answer = async () => planCommand.run(parseArguments(planCommand, argv), io);
    await expect(answer()).rejects.toThrow(words);
  });
});
