/** The environment that a check of a platform is about: the rules of a run hold for its requests, too. */
import { setTimeout as sleep } from "node:timers/promises";
import { checkApproval } from "../../../config/approval.ts";
import { loadEnvironment } from "../../../config/environment-file.ts";
import { checkHosts } from "../../../config/hosts.ts";
import { identityPassword } from "../../../config/password.ts";
import { signInsPer10s } from "../../../config/resolve-plan.ts";
import type { Environment } from "../../../domain/environment.ts";
import { UsageError } from "../../../domain/errors.ts";
import type { SignInOptions } from "../../../platform/sign-in-pool.ts";
import type { DoctorValues } from "./options.ts";
import { say, type Io } from "../../io.ts";

/** @throws UsageError, ConfigError where it is unknown, wrong, or not approved */
export function checkedEnvironment(
  values: Pick<Partial<DoctorValues>, "env" | "envFile" | "approval">,
  io: Io,
): Environment {
  const name = values.env ?? "local";
  const { environment } = loadEnvironment(name, io.cwd, values.envFile, io.env);
  checkApproval(environment, values.approval, io.now());
  return environment;
}

/** What signing in takes. @throws UsageError where no API is named, ConfigError where its host is not allowed */
export async function signInOptions(environment: Environment, io: Io): Promise<SignInOptions> {
  const target = environment.targets.api ?? environment.targets.web;
  if (target === undefined)
    throw new UsageError(`${environment.name} names no API target`, {
      code: "no-target",
      hint: `Name it in environments/${environment.name}.json (targets.api), or start headroom sandbox --write-env FILE and give --env-file FILE.`,
    });
  await checkHosts(environment, { api: target });
  return {
    target,
    pool: environment.identities,
    password: identityPassword(environment.identities, environment.name, io.env),
    signInsPer10s,
    sleep,
    onStage: (line) => say(io, line),
  };
}
