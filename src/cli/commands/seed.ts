/** `headroom seed --env E`: what a staging platform must hold for a load, as a document and as API calls. Without `--apply` nothing is sent. */
import { checkApproval } from "../../config/approval.ts";
import { loadEnvironment } from "../../config/environment-file.ts";
import { parseRate } from "../../domain/quantity.ts";
import { Problems } from "../../config/problems.ts";
import { signInsPer10s } from "../../config/resolve-plan.ts";
import type { Environment } from "../../domain/environment.ts";
import { ConfigError, UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { applySeed } from "../../platform/apply-seed.ts";
import { mostUsers, seedPlan, shownInput, type SeedPlan } from "../../platform/seed-plan.ts";
import { objectives } from "../../../profiles/platform/objectives.ts";
import { SANDBOX_ADMIN_EMAIL, SANDBOX_PINCODE } from "../../domain/sandbox.ts";
import type { Arguments, Command } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { say, type Io } from "../io.ts";
import { loadOptions } from "../run-options.ts";
import { signInOptions } from "./doctor/environment.ts";
import { textTable } from "../../../reports/kit/text-table.ts";

export const seedCommand: Command = {
  name: "seed",
  positionals: [],
  options: {
    env: loadOptions.env,
    "env-file": loadOptions["env-file"],
    rate: { value: "RATE", help: "load that the identities must carry (default: the objective)" },
    users: { value: "NUMBER", help: "identities (default: as many as the load needs)" },
    tokens: { value: "NUMBER", help: "tokens (default 9: three of each type)" },
    admin: {
      value: "EMAIL",
      help: "administrator who grants the roles; HEADROOM_ADMIN_PASSWORD holds the password",
    },
    plan: { value: "FILE", help: "write the document to this file as JSON" },
    apply: {
      help: "make the calls, and skip what exists (refused for production and disaster-recovery)",
    },
    approval: loadOptions.approval,
    json: loadOptions.json,
  },
  examples: [
    "headroom seed --env staging --admin admin@example.com",
    "headroom seed --env staging --rate 10000/min --plan seed.json",
    "headroom seed --env staging --admin admin@example.com --apply",
  ],
  run: async (args, io) => {
    const { environment } = loadEnvironment(
      args.value("env") ?? "local",
      io.cwd,
      args.value("env-file"),
      io.env,
    );
    if (args.flag("apply")) refuseProduction(environment);
    if (args.flag("apply")) checkApproval(environment, args.value("approval"), io.now());
    const plan = requestedPlan(environment, args);
    const document = {
      ...plan,
      calls: plan.calls.map((call) => ({ ...call, input: shownInput(call.input) })),
    };
    const file = args.value("plan");
    if (file !== undefined)
      writeOutput(`${toJson(document, 2)}\n`, { option: "--plan", named: file, cwd: io.cwd });
    if (args.flag("json")) io.stdout.write(`${toJson(document, 2)}\n`);
    else io.stdout.write(planText(plan));
    if (args.flag("apply")) await apply(plan, environment, io);
    else say(io, "nothing was sent; --apply makes these calls and skips what exists");
    return exitStatus.pass;
  },
};

/** Users and tokens of a seed are for tests only. */
function refuseProduction({ name, approval }: Environment): void {
  if (approval === "none") return;
  throw new ConfigError(
    `headroom seed --apply is refused for ${name}: it creates users and tokens that only a load test needs`,
    {
      code: "seed-refused-here",
      hint: "Without --apply it prints the document and the calls.",
    },
  );
}

function requestedPlan(environment: Environment, args: Arguments): SeedPlan {
  const problems = new Problems();
  const rate = args.value("rate");
  const perMinute =
    rate === undefined ? objectives.requestsPerMinute : problems.take("--rate", parseRate(rate));
  const most = mostUsers(signInsPer10s);
  const users = count("users", args, { least: 1, most }, problems);
  const tokens = count("tokens", args, { least: 0, most: 1000 }, problems);
  const administrator =
    args.value("admin") ?? (environment.name === "local" ? SANDBOX_ADMIN_EMAIL : undefined);
  if (args.flag("apply") && administrator === undefined)
    problems.add("--admin is missing: --apply grants roles as an administrator that exists");
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom seed --help" }),
  );
  return seedPlan({
    environment: environment.name,
    pool: environment.identities,
    requestsPerMinute: perMinute ?? objectives.requestsPerMinute,
    signInsPer10s,
    administrator: administrator ?? "admin@example.com",
    users,
    tokens,
  });
}

function count(
  flag: string,
  args: Arguments,
  { least, most }: { readonly least: number; readonly most: number },
  problems: Problems,
): number | undefined {
  const text = args.value(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  problems.add(
    `--${flag}: "${text}" is not a whole number from ${least} to ${most}${flag === "users" ? " (as many sign in before the setup of a run ends)" : ""}`,
  );
  return undefined;
}

async function apply(plan: SeedPlan, environment: Environment, io: Io): Promise<void> {
  const administratorPassword = io.env["HEADROOM_ADMIN_PASSWORD"] ?? "";
  if (administratorPassword === "")
    throw new ConfigError(
      `HEADROOM_ADMIN_PASSWORD is not set: it holds the password of ${plan.administrator} on ${environment.name}`,
      {
        code: "password-missing",
        hint: "Set HEADROOM_ADMIN_PASSWORD.",
      },
    );
  const { target, password, sleep } = await signInOptions(environment, io);
  const { done, skipped } = await applySeed(plan, {
    target,
    password,
    administratorPassword,
    pincode: io.env["HEADROOM_PINCODE"] ?? SANDBOX_PINCODE,
    signInsPer10s,
    sleep,
    onCall: ({ procedure, as = "no one", reason }, outcome) =>
      say(io, `${outcome.padEnd(7)}  ${procedure} as ${as}: ${reason}`),
  });
  say(io, `${done} calls made, ${skipped} skipped because what they create exists`);
}

function planText(plan: SeedPlan): string {
  const { environment, load, users, tokens, signInSeconds, administrator, assumptions, calls } =
    plan;
  const userRows = users.map(({ email, role, systemRoles }) => [
    email,
    role,
    systemRoles.join(", ") || "none",
  ]);
  const tokenRows = tokens.map(({ symbol, type, issuer }) => [symbol, type, issuer]);
  const callRows = calls.map(({ procedure, as = "", input, reason }) => [
    procedure,
    as,
    reason,
    JSON.stringify(shownInput(input)),
  ]);
  return [
    `seed for ${environment}: ${load.requestsPerMinute} requests/min need ${users.length} identities (sign-in takes ${Math.round(signInSeconds)} s before each run) and ${tokens.length} tokens\n\n`,
    textTable([["user", "role", "system roles"], ...userRows], [0, 1, 2]),
    "\n",
    textTable([["token", "type", "issuer: supplyManagement, emergency"], ...tokenRows], [0, 1, 2]),
    `\nrecipients: every identity; roles are granted by ${administrator}\n`,
    ...assumptions.map((one) => `assumption: ${one}\n`),
    `\n${calls.length} calls, each skipped where its effect exists:\n`,
    textTable([["call", "as", "for", "input"], ...callRows], [0, 1, 2, 3]),
  ].join("");
}
