/** The refusals of docs/safety.md, as the command prints them. */
import dns from "node:dns/promises";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCommandLine } from "./main.ts";
import { testIo } from "./testdata/io.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");

const addresses: Readonly<Record<string, string>> = {
  "api.staging.example": "10.20.0.5",
  "old.staging.example": "192.0.2.7",
  "vm.staging.example": "169.254.169.254",
  localhost: "127.0.0.1",
};

// Modules of an earlier file are shared: what they import of Node is replaced in place.
const { lookup } = dns;
const replaceLookup = (by: object): void => {
  Object.assign(dns, { lookup: by });
  syncBuiltinESMExports();
};
replaceLookup((name: string) => {
  const address = addresses[name];
  if (address !== undefined) return Promise.resolve([{ address }]);
  return Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }));
});
afterAll(() => replaceLookup(lookup));

const host = (name: string, changes: object = {}) => ({
  targets: { web: `http://${name}`, api: `http://${name}`, subgraph: `http://${name}` },
  allowedHosts: [name],
  ...changes,
});

const approval = {
  environment: "production",
  approvedBy: "A. Person",
  reason: "capacity proof",
  profile: "smoke",
  rate: "3000/min",
  duration: "20s",
  writes: false,
  issued: "2026-11-23T08:00:00Z",
  expires: "2026-11-23T20:00:00Z",
};

interface WrongTarget {
  /** Content of the files in the working directory. */
  readonly files?: Readonly<Record<string, object>>;
  readonly argv: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly status?: number;
}

const onStaging = (file: object, argv = ""): WrongTarget => ({
  files: { "environments/staging.json": file },
  argv: `run smoke --env staging ${argv}`.trim(),
});

const onProduction = (record: object): WrongTarget => ({
  files: {
    "environments/production.json": host("api.staging.example"),
    "approval.json": { ...approval, ...record },
  },
  argv: "run smoke --env production --approval CWD/approval.json",
});

const cases: Readonly<Record<string, WrongTarget>> = {
  "a host that the environment does not name": onStaging(
    host("api.staging.example"),
    "--target api=https://shop.example",
  ),
  "the metadata service of a cloud, as a number": onStaging(
    host("169.254.169.254"),
    "--target api=http://2852039166 --scenario api --dry-run",
  ),
  "the same in its IPv6 form": onStaging(host("[::ffff:169.254.169.254]"), "--scenario api"),
  "a name that leads to it": onStaging(host("vm.staging.example"), "--scenario api"),
  "this machine under the name of another environment": onStaging(
    host("localhost"),
    "--scenario api",
  ),
  "every address of this machine": onStaging(host("0.0.0.0"), "--scenario api"),
  "a link-local address": onStaging(host("169.254.7.7"), "--scenario api"),
  "a multicast address": onStaging(host("[ff02::1]"), "--scenario api"),
  "an address outside the networks": onStaging(
    host("old.staging.example", { allowedNetworks: ["10.20.0.0/16"] }),
    "--scenario api",
  ),
  "a name without an address": {
    ...onStaging(host("gone.staging.example"), "--scenario api"),
    status: 3,
  },
  "a host with a password": onStaging(
    host("api.staging.example"),
    "--target api=https://ada:hunter2@api.staging.example",
  ),
  "a host of production under another name": {
    files: {
      "environments/production.json": host("api.example"),
      "environments/staging.json": host("api.example."),
    },
    argv: "run smoke --env staging",
  },
  "production without an approval": {
    files: { "environments/production.json": host("api.staging.example") },
    argv: "run smoke --env production",
  },
  "an approval that covers less than the load": onProduction({ profile: "nightly" }),
  "an approval for months": onProduction({
    profile: "smoke",
    rate: "17500/min",
    duration: "30m",
    writes: true,
    expires: "2027-03-01T00:00:00Z",
  }),
  "a file that raises the ceilings of production": {
    files: { "environments/production.json": { ceilings: { rate: "1000/s", duration: "2h" } } },
    argv: "run smoke --env production --approval approval.json",
  },
  "a rate with a decimal comma": { argv: "run smoke --rate 10,5/s" },
  "more than the ceiling, with the assets of pages": onStaging(
    host("api.staging.example", { ceilings: { rate: "60/min" } }),
    "--scenario web --rate 60/min",
  ),
  "too many runs for one command": onStaging(
    host("api.staging.example", { ceilings: { commandDuration: "1h" } }),
    "--repeat 200",
  ),
  "a run that would go on after the allowed hours": onStaging(
    host("api.staging.example", { ceilings: { hoursUtc: [22, 12.05] } }),
  ),
  "a database of others for the sandbox": {
    argv: "sandbox",
    env: { HEADROOM_SANDBOX_DATABASE_URL: "postgres://app:hunter2@db.example/app" },
  },
};

const page = readFileSync(path.join(packageRoot, "docs", "safety.md"), "utf8").replaceAll(
  /\s+/g,
  " ",
);

/** As a cell of the table. */
const cell = (text: string): string =>
  text
    .trim()
    .replaceAll("|", String.raw`\|`)
    .replaceAll("<", "&lt;")
    .replaceAll(/\n */g, "<br>");

test.each(Object.entries(cases))(
  "%s is refused as docs/safety.md shows it",
  async (name, wrong) => {
    const { files = {}, argv, env = {}, status: expected = 2 } = wrong;
    const cwd = mkdtempSync(path.join(tmpdir(), "headroom-wrong-"));
    mkdirSync(path.join(cwd, "environments"));
    for (const [file, content] of Object.entries(files))
      writeFileSync(path.join(cwd, file), JSON.stringify(content));
    const words = argv.replace("CWD", cwd).split(" ");
    const { io, out, err } = testIo({ packageRoot, cwd, env, commandLine: words });
    const status = await runCommandLine(words, io);
    expect(out()).toBe("");
    expect(err()).not.toContain("hunter2");
    expect(status).toBe(expected);
    const [text = ""] = err().split("\nhint:");
    expect(page).toContain(
      `| ${name} | ${cell(text.replace("error: ", "").replaceAll(`${cwd}/`, ""))} |`.replaceAll(
        /\s+/g,
        " ",
      ),
    );
  },
);
