import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSchema, introspectionFromSchema, printSchema } from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { apiContract } from "../../../profiles/platform/contract/index.ts";
import { contractSchema } from "../../contract/contract-problems.ts";
import { openApiOf } from "../../contract/testdata/openapi.ts";
import {
  fakeToken,
  onboardedUser,
  startFakePlatform,
  type FakePlatform,
} from "../../platform/testdata/fake-platform.ts";
import { listen, respondJson } from "../../../sandbox/src/http.ts";
import { type Command } from "../command.ts";
import { doctorCommand } from "./doctor.ts";
import { seedCommand } from "./seed.ts";
import { answerOf } from "../testdata/answer.ts";

const directory = mkdtempSync(path.join(tmpdir(), "headroom-doctor-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (
  command: Command,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = { HEADROOM_PASSWORD: "right" },
) => answerOf(command, argv, { cwd: directory, env });

const doctor = (argv: readonly string[], env?: Readonly<Record<string, string>>) =>
  run(doctorCommand, argv, env);

function file(name: string, content: unknown): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(path.join(directory, name), text);
  return name;
}

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** A server that answers by method and path; 404 elsewhere. */
async function serve(
  answers: Readonly<Record<string, Answer>>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const listener = await listen(
    undefined,
    (request, response) => {
      const { status = 200, body } = answers[`${request.method} ${request.url}`] ?? {
        status: 404,
        body: "Not Found",
      };
      respondJson(response, status, body);
    },
    () => undefined,
  );
  return { url: `http://127.0.0.1:${listener.port}`, stop: () => listener.close() };
}

const schemaText = printSchema(contractSchema());
const drifted = schemaText.replace(/(type TokenPausable \{\s+id: Bytes!)\s+paused: Boolean!/, "$1");

describe("--contract of a file", () => {
  test.each<[string, string, unknown, number, RegExp]>([
    ["the platform's own schema", "own.graphql", schemaText, 0, /\d+ the same, 0 differ/],
    [
      "a field removed",
      "drifted.graphql",
      drifted,
      1,
      /✗ \w+ TokenPausable\.paused: was Boolean!, is gone/,
    ],
    [
      "an introspection result",
      "introspection.json",
      { data: introspectionFromSchema(buildSchema(schemaText)) },
      0,
      /0 differ/,
    ],
    ["the API's own document", "api.json", openApiOf(apiContract), 0, /\d+ the same, 0 differ/],
  ])("%s", async (_, name, content, status, words) => {
    const answer = await doctor(["--contract", file(name, content)]);
    expect(answer.status).toBe(status);
    expect(answer.out).toMatch(words);
  });

  test.each<[string, string | undefined, unknown, number, RegExp]>([
    ["that is not there", "none.json", undefined, 2, /there is no file none.json/],
    ["of something else", "else.json", { a: 1 }, 2, /else.json is neither an OpenAPI 3 document/],
  ])("%s", async (_, name = "", content, status, words) => {
    if (content !== undefined) file(name, content);
    const answer = await doctor(["--contract", name]);
    expect(answer.status).toBe(status);
    expect(answer.err).toMatch(words);
  });

  test("as JSON: every difference with its operation, place, was and is", async () => {
    const { out } = await doctor(["--contract", file("json.graphql", drifted), "--json"]);
    const report = JSON.parse(out) as {
      kind: string;
      outcome: string;
      targets: {
        operations: { operation: string; outcome: string; differences: readonly unknown[] }[];
      }[];
    };
    expect([report.kind, report.outcome]).toEqual(["contract-check", "differs"]);
    const differences = report.targets.flatMap(({ operations }) =>
      operations.flatMap((one) => one.differences),
    );
    expect(differences).toContainEqual(
      expect.objectContaining({
        kind: "missing-field",
        place: "TokenPausable.paused",
        was: "Boolean!",
        isUsed: true,
      }),
    );
  });
});

describe("--contract of a URL", () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());
  const check = async (answers: Readonly<Record<string, Answer>>, below = "") => {
    const served = await serve(answers);
    stop = served.stop;
    return doctor(["--contract", `${served.url}${below}`]);
  };

  test("a subgraph, by introspection", async () => {
    const data = introspectionFromSchema(buildSchema(schemaText));
    const { status, out } = await check(
      { "POST /subgraphs/name/kit": { body: { data } } },
      "/subgraphs/name/kit",
    );
    expect(status).toBe(0);
    expect(out).toMatch(/^subgraph http.*\(introspection\)$/m);
  });

  test("an API, by the document below its address", async () => {
    const { status, out } = await check({ "GET /api/spec.json": { body: openApiOf(apiContract) } });
    expect(status).toBe(0);
    expect(out).toMatch(/^api http.*\(openapi: OpenAPI 3.1.1: Platform 2.0.0\)$/m);
  });

  test.each<[string, Readonly<Record<string, Answer>>, RegExp]>([
    [
      "introspection switched off",
      { "POST /": { body: { errors: [{ message: "GraphQL introspection is not allowed" }] } } },
      /introspection is switched off \("GraphQL introspection is not allowed"\)/,
    ],
    [
      "a subgraph that is not deployed",
      { "POST /": { body: { errors: [{ message: "deployment `kit` does not exist" }] } } },
      /the subgraph refuses the query for its schema \("deployment `kit` does not exist"\)/,
    ],
    ["something else", {}, /answers, but neither as a subgraph .*nor as the platform's API/],
  ])("%s: one sentence, exit status 3", async (_, answers, words) => {
    const { status, err } = await check(answers);
    expect(status).toBe(3);
    expect(err).toMatch(words);
  });

  test("a host that the environment does not allow is not asked", async () => {
    const { status, err } = await doctor(["--contract", "https://staging.example.test"]);
    expect(status).toBe(2);
    expect(err).toMatch(/host "staging.example.test" is not in allowedHosts of local/);
  });

  test("production asks for an approval", async () => {
    const { status, err } = await doctor(["--env", "production", "--contract", "https://x.test"]);
    expect(status).toBe(2);
    expect(err).toMatch(/recorded approval/);
  });

  test("nothing listens there", async () => {
    const served = await serve({});
    await served.stop();
    const { status, err } = await doctor(["--contract", served.url]);
    expect(status).toBe(3);
    expect(err).toMatch(/POST introspection at 127.0.0.1:\d+: /);
  });
});

describe("--env: what each identity may do", () => {
  let platform: FakePlatform;
  const minter = onboardedUser("load-2@sandbox.test", ["tokenManager"]);
  beforeAll(async () => {
    const users = [
      onboardedUser("load-1@sandbox.test"),
      minter,
      onboardedUser("load-3@sandbox.test", ["identityManager", "claimIssuer"]),
    ];
    platform = await startFakePlatform(users, [fakeToken("A", [minter.wallet])]);
    file("env.json", { targets: { api: platform.url }, identities: { count: 3 } });
  });
  afterAll(() => platform.stop());

  test("a table, and no problem", async () => {
    const { status, out, err } = await doctor(["--env-file", "env.json"]);
    expect(err).not.toMatch(/Error/);
    expect(out).toMatch(/load-2@sandbox.test +user +0x\w+ +tokenManager/);
    expect(out).toMatch(/load-1@sandbox.test may not call .*user.list.*token.mint/);
    expect(out).toMatch(/no problems/);
    expect(status).toBe(0);
  });

  test("paused tokens: exit status 3, the call and what to do; no password anywhere", async () => {
    for (const token of platform.tokens) token.paused = true;
    const { status, out, err } = await doctor(["--env-file", "env.json"]);
    expect(status).toBe(3);
    expect(out).toMatch(/✗ All 1 tokens are paused.*\n {4}call: POST token.mint\n {4}→ Unpause/);
    expect(out + err).not.toMatch(/right|session_token/);
  });

  test("the password is missing", async () => {
    const { status, err } = await doctor(["--env-file", "env.json"], {});
    expect(status).toBe(2);
    expect(err).toMatch(/HEADROOM_PASSWORD is not set/);
  });

  test("an environment without a target", async () => {
    const { status, err } = await doctor(["--env", "staging"]);
    expect(status).toBe(2);
    expect(err).toMatch(/staging names no API target/);
  });
});

const seed = (argv: readonly string[], env?: Readonly<Record<string, string>>) =>
  run(seedCommand, argv, env);

describe("seed", () => {
  test("dry by default: the document and the calls, nothing sent, no password needed", async () => {
    const { status, out, err } = await seed(["--env", "staging", "--admin", "a@x.test"], {});
    expect(status).toBe(0);
    expect(out).toMatch(/seed for staging: 10000 requests\/min need 6 identities/);
    expect(out).toMatch(/token.create +load-2@example.test/);
    expect(err).toMatch(/nothing was sent/);
  });

  test("--plan keeps the document", async () => {
    const { out } = await seed(["--env", "staging", "--json", "--tokens", "1"], {});
    const document = JSON.parse(out) as { kind: string; tokens: unknown[]; calls: unknown[] };
    expect([document.kind, document.tokens.length]).toEqual(["seed-plan", 1]);
    expect(out).not.toContain('"from"');
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    [
      "production",
      ["--env", "production", "--admin", "a@x.test", "--apply"],
      {},
      /refused for production/,
    ],
    [
      "disaster-recovery",
      ["--env", "disaster-recovery", "--admin", "a@x.test", "--apply"],
      {},
      /refused for disaster-recovery/,
    ],
    ["no administrator", ["--env", "staging", "--apply"], {}, /--admin is missing/],
    [
      "no administrator's password",
      ["--env", "staging", "--admin", "a@x.test", "--apply"],
      {},
      /HEADROOM_ADMIN_PASSWORD is not set/,
    ],
    [
      "no target",
      ["--env", "staging", "--admin", "a@x.test", "--apply"],
      { HEADROOM_ADMIN_PASSWORD: "x", HEADROOM_PASSWORD: "x" },
      /staging names no API target/,
    ],
    [
      "more users than can sign in",
      ["--users", "31"],
      {},
      /--users: "31" is not a whole number from 1 to 30/,
    ],
    ["a rate without a unit", ["--rate", "x"], {}, /--rate: /],
  ])("%s is refused", async (_, argv, env, words) => {
    const { status, err } = await seed(argv, env);
    expect(status).toBe(2);
    expect(err).toMatch(words);
  });
});
