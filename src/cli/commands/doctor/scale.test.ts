import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { generatorFingerprint } from "../../../engine/fingerprint.ts";
import { sealedText } from "../../../store/stored-document.ts";
import { answerOf } from "../../testdata/answer.ts";
import { doctorCommand } from "../doctor.ts";

const cache = mkdtempSync(path.join(tmpdir(), "headroom-scale-"));
const calibrated = path.join(cache, "calibrated");
mkdirSync(calibrated);
writeFileSync(
  path.join(calibrated, "calibration.json"),
  sealedText({
    schemaVersion: 1,
    at: "2026-11-30T12:00:00.000Z",
    k6Version: "2.2.0",
    requestsPerSecond: 20_000,
    cpuCores: 1.9,
    fingerprint: generatorFingerprint(),
  }),
);

const doctor = (argv: readonly string[], folder = cache) =>
  answerOf(doctorCommand, argv, { cwd: cache, env: { HEADROOM_CACHE: folder } });

interface Document {
  readonly runners: number;
  readonly users: number;
  readonly limitedBy: string;
  readonly load: { readonly requestsPerSecond: number; readonly flows: number };
  readonly runner: { readonly ceilingPerSecond: number };
  readonly calibration?: { readonly requestsPerSecond: number };
  readonly assumed: readonly string[];
}
const documentOf = async (argv: readonly string[], folder = cache): Promise<Document> =>
  JSON.parse((await doctor([...argv, "--json"], folder)).out) as Document;

const million = ["--scale", "1000000/s"];

test("a million requests per second, not calibrated: reference figures, named as such", async () => {
  const { status, out } = await doctor([...million, "--bytes-per-request", "7.5KB"]);
  expect(status).toBe(0);
  await expect(out).toMatchFileSnapshot("../../testdata/doctor-scale.golden.txt");
  const page = readFileSync(path.resolve(import.meta.dirname, "../../../../docs/scale.md"), "utf8");
  expect(page).toContain(`\`\`\`\n${out}\`\`\``);
  expect(out).toContain("9,010 no-op requests/s (bench/results/generator-limits.json)");
});

test("calibrated: this machine's ceiling, and nothing assumed of it", async () => {
  const document = await documentOf([...million, "--scenario", "noop"], calibrated);
  // 1,000,000 / (20,000 × 0.8 × 0.75) = 83.3.
  expect(document.runners).toBeGreaterThanOrEqual(84);
  expect(document.runner.ceilingPerSecond).toBe(20_000);
  expect(document.calibration?.requestsPerSecond).toBe(20_000);
  expect(document.assumed.join("\n")).not.toContain("no-op requests/s");
});

test("without memory as the limit a no-op load takes what its ceiling says", async () => {
  const argv = [...million, "--scenario", "noop", "--runner-memory", "1TiB"];
  const document = await documentOf(argv, calibrated);
  expect(document).toMatchObject({ runners: 84, limitedBy: "requests" });
  expect(document.load).toMatchObject({ requestsPerSecond: 1_000_000, flows: 1 });
});

test("a rate per minute is the same rate", async () => {
  const perMinute = await documentOf(["--scale", "60000000/min"]);
  expect(perMinute).toEqual(await documentOf(million));
});

test("pages come with their assets", async () => {
  const { load } = await documentOf(["--scale", "1000/s", "--scenario", "web"]);
  expect(load.requestsPerSecond).toBeCloseTo(11_000, 6);
});

test("prices: cores and traffic of an hour", async () => {
  const prices = ["--price", "0.05/core-hour", "--price", "0.1/GB"];
  const argv = [...million, "--bytes-per-request", "1KB", ...prices];
  const { price, cpuCores, network } = JSON.parse((await doctor([...argv, "--json"])).out) as {
    readonly price: { readonly cores: number; readonly traffic: number };
    readonly cpuCores: number;
    readonly network: { readonly bytesPerSecond: number };
  };
  expect(price.cores).toBeCloseTo(0.05 * cpuCores, 6);
  expect(price.traffic).toBeCloseTo((0.1 * network.bytesPerSecond * 3600) / 1e9, 6);
  expect((await doctor(argv)).out).toContain("price of an hour");
});

describe("refused", () => {
  test.each([
    [["--scale", "0"], '--scale: "0" is not a rate: write requests per time'],
    [["--scale", "0/s"], '--scale: "0/s" is not a rate'],
    [["--scale", "5/banana"], '--scale: "5/banana" is not a rate'],
    [["--scale", "-5/s"], '--scale: "-5/s" is not a rate'],
    [[...million, "--profile", "nihgtly"], 'unknown profile "nihgtly"'],
    [[...million, "--bytes-per-request", "12"], "is not a size"],
    [[...million, "--runner-memory", "8 parsec"], "is not a size"],
    [[...million, "--price", "0.04"], '"0.04" is not a price: write 0.04/core-hour or 0.09/GB'],
    [[...million, "--price", "0.04/banana"], '"0.04/banana" is not a price'],
    [[...million, "--price", "x/GB"], '"x" is not a number'],
    [[...million, "--price", "1/GB", "--price", "2/GB"], "--price is given twice per GB"],
    [[...million, "--calibrate"], "--scale sends nothing: --calibrate has no meaning"],
    [["--price", "1/GB"], "--price is for --scale: give a rate, such as --scale 1000000/s"],
  ])("%j", async (argv, message) => {
    const { status, err, out } = await doctor(argv);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe("");
  });
});
