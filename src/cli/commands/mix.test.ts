import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { publishedSchema } from "../../domain/documents/schemas.ts";
import { readMix } from "../../config/mix-file.ts";
import { parseArguments } from "../command.ts";
import { testIo } from "../testdata/io.ts";
import { mixCommand } from "./mix.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-mix-"));
const log = path.resolve(import.meta.dirname, "../../mix/testdata/ingress-nginx.log");

async function mix(...argv: string[]) {
  const { io, out, err } = testIo({ cwd, commandLine: ["mix", ...argv] });
  const status = await mixCommand.run(parseArguments(mixCommand, argv), io);
  return { status, out: out(), err: err() };
}

test("writes a document that its schema and a run accept, and a table for people", async () => {
  const { status, out, err } = await mix("--from-log", log, "--json", "-o", "mix.json");
  expect(status).toBe(0);
  expect(readFileSync(path.join(cwd, "mix.json"), "utf8")).toBe(out);
  expect(readMix("mix.json", cwd)).toEqual(JSON.parse(out));
  const schema = publishedSchema("mix");
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect([validate(JSON.parse(out)), validate.errors]).toEqual([true, null]);
  expect(err).toMatch(/auth\.get-session +1 +16\.7 % {2}no scenario sends it/);
  expect(err).toMatch(/Unclassified: 1\n +GET \/reset\/\{email\} +1/);
  expect(err).toContain('ingress-nginx.log:12: no request such as "GET /path HTTP/1.1"');
});

test("without a log it says what is missing", async () => {
  await expect(mix()).rejects.toThrow("--from-log is missing");
});
