import { mkdtempSync, writeFileSync } from "node:fs";
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

const quick = ["--paths", "500", "--months", "6"];

async function plan(...argv: string[]): Promise<string> {
  const { io, out } = testIo({ cwd, commandLine: ["plan", ...argv] });
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

describe("--json", () => {
  test("the specification alone on a given day: dates, eight contradictions", async () => {
    const document = JSON.parse(await plan("--json", "--date", "2026-12-01")) as Document;
    expect(document.planDate).toBe("2026-12-01");
    expect(document.contradictions).toHaveLength(8);
    expect(compute(document)?.exhaustion.stated).toBeCloseTo(78.46, 1);
    expect(compute(document)?.exhaustionDate.stated).toBe("2027-02-17");
    expect(compute(document)?.orderBy.stated).toBeCloseTo(-12.8, 1);
    expect(compute(document)?.late).toBe(true);
  });

  test("without a date, today; the same seed, the same text", async () => {
    const once = await plan("--json", "--seed", "7");
    expect((JSON.parse(once) as Document).planDate).toBe("2026-11-23");
    expect(await plan("--json", "--seed", "7")).toBe(once);
    expect(await plan("--json", "--seed", "8")).not.toBe(once);
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
      "no run was given",
      "-12.8 d (2026-11-18)",
      "LATE",
      "8. The target of the page load time",
      "Unknown: no prices were given",
      "as planned",
      "slower: growth.compute=10%/month",
      "CPU and memory of a pod under load are not measured",
    ])
      expect(text).toContain(words);
  });

  test("prices and a history are used and told", async () => {
    const text = await plan(
      "--prices",
      "prices.json",
      "--history",
      "usage.csv",
      "--set",
      "limits.storage=1PB",
    );
    expect(text).toContain("EUR a month");
    expect(text).toContain("Without a price: data nodes, system nodes, database, network");
    expect(text).toContain("stated and history");
  });
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
      /6 problems:[^]*is not a date[^]*"x" is not a whole number[^]*unknown "exponential"[^]*has no period[^]*negative[^]*did you mean "growth.compute"/,
    ],
    [["--date", "2026-02-30"], /not a date/],
    [["--what-if", "growth.compute=1/month"], /is not NAME:PATH=VALUE/],
    [["--what-if", "a:growth.compute=1"], /has no period/],
    [["--prices", "missing.json"], /missing.json cannot be read/],
  ])("%j", async (argv, words) => {
    const { io } = testIo({ cwd });
    await expect(planCommand.run(parseArguments(planCommand, argv), io)).rejects.toThrow(words);
  });
});
