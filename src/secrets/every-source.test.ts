/**
 * Secrets from every source, through the command and all its writers, with servers and a k6 that repeat them: in no file and
 * in no line of output, in no form.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCommandLine } from "../cli/main.ts";
import { testIo } from "../cli/testdata/io.ts";
import {
  closeServers,
  everything,
  expectedNames,
  leaksIn,
  openEntries,
  plant,
  planted,
  textsBelow,
} from "./testdata/echoing-servers.ts";

afterAll(closeServers);

const packageRoot = path.resolve(import.meta.dirname, "../..");

/** Answers the probe; then a run of a second, in which names, tags and log lines hold secrets. */
const repeatingK6 = (isDown: boolean): string => `#!${process.execPath}
const everything = ${JSON.stringify(everything())};
const quoted = (text) => '"' + text.replaceAll('"', '""').replaceAll("\\n", " ") + '"';
const now = Date.now();
const row = (metric, value, name, scenario, tags) =>
  [metric, now, value, "", quoted(name), scenario, "", quoted(tags), ""].join(",") + "\\n";
const words = process.argv.slice(2);
if (words[0] === "version") console.log("k6 v2.2.0 (go1.0, test/test)");
else {
  process.stdout.write("metric_name,timestamp,metric_value,error_code,name,scenario,status,extra_tags,metadata\\n");
  if (words.at(-1).endsWith("probe.js")) {
    process.stdout.write(row("response", 7, "", "probe", "surface=api"));
    process.exitCode = 108;
  } else {
    for (const line of [everything, JSON.stringify({ level: "error", msg: everything, error: process.env.PLANTED_PASSWORD })])
      process.stderr.write(line + "\\n");
    process.stderr.write(JSON.stringify({ level: "error", msg: "Failed to send the time series data to the endpoint " + everything }) + "\\n");
    if (${isDown}) {
      process.stderr.write(JSON.stringify({ level: "error", msg: "headroom: signing in failed at " + everything }) + "\\n");
      process.exitCode = 107;
    } else {
      process.stdout.write(row("load_start", now, "", "", ""));
      for (const phase of ["warm-up", "hold"])
        for (let n = 0; n < 20; n++)
          process.stdout.write(row("response", 10 + n, everything, phase + "_api-reads", "surface=api&endpoint=token.read&kind=read&outcome=ok"));
      process.stdout.write(row("failure", 1, "x", "hold_api-reads", "surface=api&endpoint=token.read&detail=" + encodeURIComponent(everything)));
    }
  }
}
`;

test("nothing that is written or printed holds a secret, and all files are private", async () => {
  const umask = process.umask(0);
  const workplace = mkdtempSync(path.join(tmpdir(), "headroom-secrets-"));
  const { env, load } = await plant(workplace, 9);
  const outputs: string[] = [];
  const command = async (argv: readonly string[]): Promise<void> => {
    const { io, out, err } = testIo({
      env: { ...env, HEADROOM_CACHE: path.join(workplace, "cache") },
      cwd: workplace,
      commandLine: argv,
      packageRoot,
      now: Date.now,
    });
    await runCommandLine(argv, io);
    outputs.push(`${out()}\n${err()}`);
  };
  const k6 = (isDown: boolean): string[] => {
    const file = path.join(workplace, `k6-${isDown}`);
    writeFileSync(file, repeatingK6(isDown), { mode: 0o755 });
    return ["--k6", file];
  };
  await command([...load, ...k6(false), "--json"]);
  await command([...load, ...k6(true)]);
  await command(["report", "latest", "--format", "markdown"]);
  await command(["run", "smoke", "--target", `api=http://me:${planted.targetQuery}@127.0.0.1:9`]);
  process.umask(umask);

  const runs = path.join(workplace, ".runs");
  const texts = textsBelow(runs);
  outputs.forEach((text, index) => texts.set(`output ${index}`, text));
  const { leaks, table } = leaksIn(texts, planted);
  process.stdout.write(table);
  expect(leaks).toEqual([]);
  const all = [...texts.values()].join("\n");
  expect(expectedNames.filter((name) => !all.includes(name))).toEqual([]);
  expect([...texts.keys()].join()).toMatch(/report\.html.*samples\.csv\.gz/s);
  expect([...texts.keys()].join()).toContain("notifications");
  expect(openEntries(runs)).toEqual([]);
}, 60_000);
