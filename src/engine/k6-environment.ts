import { defined } from "../domain/defined.ts";
import { totalmem } from "node:os";
import { EngineError } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";

/** Linux allows 128 KiB per variable, including its name. */
const largestPlanBytes = 120 * 1024;

/** Variables that k6 inherits. All others are removed: K6_VUS would change the load, others are secrets. */
const inherited = [
  "PATH",
  "HOME",
  "TMPDIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SYSTEMROOT",
  "GOGC",
  "GOMEMLIMIT",
];

/**
 * What the identities need to sign in and to confirm writes: the password, and the pincode of their wallets where
 * HEADROOM_PINCODE is set. The sandbox accepts only its own pincode.
 */
export function secretVariables(
  { sandbox, identities }: Pick<Plan, "sandbox" | "identities">,
  password: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const pincode = sandbox ? "" : (env["HEADROOM_PINCODE"] ?? "");
  return {
    ...defined({ [identities.passwordVariable]: password }),
    ...defined({ HEADROOM_PINCODE: pincode === "" ? undefined : pincode }),
  };
}

/**
 * How often k6 collects garbage: each virtual user holds the scenario, and with Go's default (GOGC=100) the collector
 * takes so much of a small machine that iterations start late. On two cores, 292 users: delay p99 4.7 and 4.8 ms
 * with 300, 8.5 and 12 ms with 100, for 840 MB instead of 594. From half of the memory on, Go collects more often.
 * @param memoryBytes of the machine, or of the container
 */
const collector = (memoryBytes: number): Record<string, string> => ({
  GOGC: "300",
  GOMEMLIMIT: String(Math.floor(memoryBytes / 2)),
});

/** A container without a limit reports none, or more than the machine has. */
const memoryOfThisMachine = (): number =>
  Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

export interface K6EnvironmentOptions {
  /** Passed to the scenario as JSON in HEADROOM_PLAN. */
  readonly plan: object;
  /**
   * Further variables: password and pincode of the identities, settings of k6's browser. They replace what is
   * inherited, but never what is set here: a secret named like the plan must not replace the plan.
   */
  readonly variables: Readonly<Record<string, string>>;
  /** A directory without the user's k6 settings: k6 looks for its configuration below it. */
  readonly workingDirectory: string;
  readonly parent?: Readonly<Record<string, string | undefined>>;
  /** Absent: of this machine. */
  readonly memoryBytes?: number | undefined;
  /** How many such processes share the memory. */
  readonly segment?: { readonly of: number; readonly isAloneHere?: boolean } | undefined;
}

/**
 * The whole environment of a k6 process. The load comes from the plan alone: the user's K6_* variables,
 * proxies and k6 configuration file do not reach it.
 * @throws EngineError `plan-too-large`
 */
export function k6Environment(options: K6EnvironmentOptions): Record<string, string> {
  const { plan, variables, workingDirectory, parent = process.env } = options;
  const { memoryBytes = memoryOfThisMachine(), segment = { of: 1 } } = options;
  const json = JSON.stringify(plan);
  const bytes = Buffer.byteLength(json);
  if (bytes > largestPlanBytes) {
    throw new EngineError(
      `the plan takes ${bytes} bytes, at most ${largestPlanBytes} can be passed to k6`,
      {
        code: "plan-too-large",
        hint: "use fewer phases or flows",
      },
    );
  }
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = parent[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...collector(memoryBytes / (segment.isAloneHere === true ? 1 : segment.of)),
    ...environment,
    ...variables,
    XDG_CONFIG_HOME: workingDirectory,
    K6_CSV_TIME_FORMAT: "unix_milli",
    K6_CSV_SAVE_INTERVAL: "500ms",
    K6_AUTO_EXTENSION_RESOLUTION: "false",
    K6_NO_USAGE_REPORT: "true",
    HEADROOM_PLAN: json,
  };
}
