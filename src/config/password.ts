import { readFileSync } from "node:fs";
import type { IdentityPool } from "../domain/environment.ts";
import { ConfigError } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import { secretOf } from "../secrets/command-secrets.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";

/** Scenarios that anybody may run, signed in or not. */
const anonymous: ReadonlySet<string> = new Set(["subgraph", "noop"]);

/**
 * The identities' password, as `identityPassword` reads it.
 * @returns `undefined` where no flow of the plan signs in @throws ConfigError where it is needed and not there
 */
export function passwordOf(
  plan: Plan,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const hasBrowsers = (plan.browserUsers ?? 0) > 0;
  const isNeeded =
    hasBrowsers || !Object.keys(plan.shares).every((scenario) => anonymous.has(scenario));
  const variable = plan.identities.passwordVariable;
  const isGiven = (env[variable] ?? "") !== "" || env[`${variable}_FILE`] !== undefined;
  return isNeeded || isGiven ? identityPassword(plan.identities, plan.environment, env) : undefined;
}

/**
 * From the variable that the environment names, or from the file that `<variable>_FILE` names. Never written anywhere.
 * @throws ConfigError where it is not there
 */
export function identityPassword(
  {
    passwordVariable: variable,
    emailPattern,
  }: Pick<IdentityPool, "passwordVariable" | "emailPattern">,
  environment: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const given = secretOf(env, variable);
  if (given !== undefined) return given;
  const file = env[`${variable}_FILE`];
  if (file !== undefined) return readPassword(file, variable);
  throw new ConfigError(
    `${variable} is not set: it holds the password of ${emailPattern} on ${environment}`,
    {
      code: "password-missing",
      hint: `Set ${variable}, or ${variable}_FILE to a file that holds it.`,
    },
  );
}

function readPassword(file: string, variable: string): string {
  try {
    const password = readFileSync(file, "utf8").trim();
    knownSecrets.add(variable, password);
    return password;
  } catch (error) {
    throw new ConfigError(`${variable}_FILE: ${file} cannot be read: ${String(error)}`, {
      code: "password-unreadable",
      cause: error,
    });
  }
}
