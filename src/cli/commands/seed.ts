/** `headroom seed --env E`: what a staging platform must hold for a load, as a document and as API calls. Without `--apply` nothing is sent. */
import { checkApproval } from "../../config/approval.ts";
import { loadEnvironment } from "../../config/environment-file.ts";
import { signInsPer10s } from "../../config/resolve-plan.ts";
import type { Environment } from "../../domain/environment.ts";
import { ConfigError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { applySeed } from "../../platform/apply-seed.ts";
import { mostUsers, seedPlan, shownInput, type SeedPlan } from "../../platform/seed-plan.ts";
import { objectives } from "../../../profiles/platform/objectives.ts";
import { SANDBOX_ADMIN_EMAIL, SANDBOX_PINCODE } from "../../domain/sandbox.ts";
import { defineCommand, type Values } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { say, type Io } from "../io.ts";
import { file, flag, option, rate, string, wholeNumber } from "../options.ts";
import { loadOptions } from "../run-options.ts";
import { signInOptions } from "./doctor/environment.ts";
import { textTable } from "../../../reports/kit/text-table.ts";

const options = {
  env: loadOptions.env,
  "env-file": loadOptions["env-file"],
  rate: option(rate, "load that the identities must carry (default: the objective)"),
  users: option(
    wholeNumber({ min: 1, max: mostUsers(signInsPer10s) }),
    "identities, as many as sign in before the setup of a run ends at most (default: as many as the load needs)",
  ),
  tokens: option(wholeNumber({ min: 0, max: 1000 }), "tokens (default 9: three of each type)"),
  admin: option(
    string("EMAIL"),
    "administrator who grants the roles; HEADROOM_ADMIN_PASSWORD holds the password",
  ),
  plan: option(file, "write the document to this file as JSON"),
  apply: flag(
    "make the calls, and skip what exists (refused for production and disaster-recovery)",
  ),
  approval: loadOptions.approval,
  json: loadOptions.json,
};

export const seedCommand = defineCommand({
  name: "seed",
  positionals: [],
  options,
  examples: [
    "headroom seed --env staging --admin admin@example.com",
    "headroom seed --env staging --rate 10000/min --plan seed.json",
    "headroom seed --env staging --admin admin@example.com --apply",
  ],
  check: ({ options: { apply: isApplied, admin, env } }, problems) => {
    if (isApplied === true && admin === undefined && env !== "local")
      problems.add("--admin is missing: --apply grants roles as an administrator that exists");
  },
  checkFiles: ({ options: values }, io, problems) =>
    void problems.attempt(() => seededEnvironment(values, io)),
  run: async ({ options: values }, io) => {
    const environment = seededEnvironment(values, io);
    const plan = requestedPlan(environment, values);
    const document = {
      ...plan,
      calls: plan.calls.map((call) => ({ ...call, input: shownInput(call.input) })),
    };
    if (values.plan !== undefined)
      writeOutput(`${toJson(document, 2)}\n`, {
        option: "--plan",
        named: values.plan,
        cwd: io.cwd,
      });
    if (values.json) io.stdout.write(`${toJson(document, 2)}\n`);
    else io.stdout.write(planText(plan));
    if (values.apply) await apply(plan, environment, io);
    else say(io, "nothing was sent; --apply makes these calls and skips what exists");
    return exitStatus.pass;
  },
});

/** @throws UsageError, ConfigError where it is unknown, wrong, or may not be changed */
function seededEnvironment(
  { env = "local", envFile, apply: isApplied, approval }: Partial<Values<typeof options>>,
  io: Io,
): Environment {
  const { environment } = loadEnvironment(env, io.cwd, envFile, io.env);
  if (isApplied === true) refuseProduction(environment);
  if (isApplied === true) checkApproval(environment, approval, io.now());
  return environment;
}

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

const requestedPlan = (
  environment: Environment,
  { rate: requestsPerMinute, users, tokens, admin }: Values<typeof options>,
): SeedPlan =>
  seedPlan({
    environment: environment.name,
    pool: environment.identities,
    requestsPerMinute: requestsPerMinute ?? objectives.requestsPerMinute,
    signInsPer10s,
    administrator:
      admin ?? (environment.name === "local" ? SANDBOX_ADMIN_EMAIL : "admin@example.com"),
    users,
    tokens,
  });

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
