/**
 * A team's own facts about an environment: `environments/<name>.json` in the working directory, or `--env-file`.
 * It may only name, narrow and override; the approval that an environment needs can't be taken away.
 */
import { defined } from "../domain/defined.ts";
import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { environments } from "../../profiles/environments/index.ts";
import { privatePages } from "../../profiles/platform/page-marks.ts";
import {
  environmentNames,
  type Environment,
  type EnvironmentName,
  type HostOwner,
  type ObserverSettings,
} from "../domain/environment.ts";
import { messageOf, ConfigError, UsageError } from "../domain/errors.ts";
import type { AbortRule } from "../domain/profile.ts";
import { pageOf, silenceableIds } from "../domain/explained-ids.ts";
import { eventKinds } from "../domain/resilience.ts";
import { surfaces } from "../domain/surface.ts";
import { milliseconds, minutes, type Milliseconds, type PerMinute } from "../domain/units.ts";
import { addUrlSecrets } from "../secrets/url-secrets.ts";
import { hostOfTarget, parseHost, parseNetwork, parseTarget } from "./hosts.ts";
import { readInput } from "./input-encoding.ts";
import { nearestNames, suggestion } from "./nearest.ts";
import { Problems } from "./problems.ts";
import { fillTarget } from "./target-variables.ts";
import { variableName } from "./variable-name.ts";
import { parseNumbers } from "./lists.ts";
import { parseDuration, parseRate, parseShare } from "../domain/quantity.ts";
import { quantity } from "./quantity-field.ts";

const share = z.union([z.number().min(0).max(1), quantity(parseShare, "55%")]);

const targetUrl = quantity(parseTarget, "https://staging.example.com").meta({ format: "uri" });

const network = quantity(parseNetwork, "10.20.0.0/16").transform(
  ({ base, prefix }) => `${base}/${prefix}`,
);

const pageMark = z.string().trim().min(1).exactOptional();

/** "1-8, 11": numbers of identities, and ranges of them. */
const identityNumbers = quantity(parseNumbers, "1-8, 11");

const abortFor = {
  surface: z.enum([...surfaces, "any"]).default("any"),
  for: quantity(parseDuration, "20s").refine(
    (ms) => ms >= 1000,
    "expected at least 1s: requests are counted by the second",
  ),
};

/** Rules that end a run, beside those of its profile. */
const abortRules = z
  .array(
    z.union([
      z.strictObject({ errors: share, ...abortFor }),
      z.strictObject({ p95: quantity(parseDuration, "800ms"), ...abortFor }),
    ]),
  )
  .exactOptional()
  .describe(
    'rules that end a run and FAIL it, beside those of each profile: {"errors": "5%", "for": "20s"} or {"surface": "api", "p95": "800ms", "for": "30s"}',
  );

/** Only a finding: a check that failed and a run that is not valid must be seen. */
const silencedId = z.string().superRefine((id, context) => {
  if (silenceableIds.includes(id)) return;
  context.addIssue({
    code: "custom",
    message:
      pageOf(id) === undefined
        ? `no finding has the id "${id}"; the nearest are ${nearestNames(id, silenceableIds)}`
        : `${id} cannot be silenced: it is a check, a reason why a run is not valid, or a contradiction of a plan, and decides; only findings can`,
  });
});

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "expected the name of a namespace");

const kubernetesQuantity = z
  .string()
  .regex(
    /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
    'expected a quantity such as "2", "500m" or "2Gi"',
  );

const eventMaking = z.union([
  z.strictObject({ command: z.array(z.string().min(1)).min(1) }),
  z.strictObject({
    object: z.string().min(1),
    until: z.string().min(1).default("AllRecovered"),
  }),
  z.strictObject({ byHand: z.string().min(1) }),
]);

const environmentFile = z.strictObject({
  targets: z
    .strictObject({
      web: targetUrl.exactOptional(),
      api: targetUrl.exactOptional(),
      subgraph: targetUrl.exactOptional(),
    })
    .exactOptional()
    .describe("base URL of each surface; a surface without one cannot be loaded"),
  allowedHosts: z
    .array(quantity(parseHost, "staging.example.com"))
    .exactOptional()
    .describe("hosts, without port, that requests may go to"),
  allowedNetworks: z
    .array(network)
    .exactOptional()
    .describe("CIDR ranges that these hosts may resolve to; an address alone is that address"),
  ceilings: z
    .strictObject({
      rate: quantity(parseRate, "10000/min").exactOptional(),
      users: z.int().positive().exactOptional(),
      duration: quantity(parseDuration, "30m").exactOptional(),
      commandDuration: quantity(parseDuration, "2h").exactOptional(),
      assetsPerPage: z.int().min(0).exactOptional(),
      hoursUtc: z.tuple([z.number().min(0).max(24), z.number().min(0).max(24)]).exactOptional(),
    })
    .exactOptional()
    .describe(
      "rate: all HTTP requests, page assets included; duration: of one run; commandDuration: of all runs of a command; assetsPerPage: more are not requested; hoursUtc: the load begins and ends within",
    ),
  abort: abortRules,
  identities: z
    .strictObject({
      count: z.int().positive().exactOptional(),
      emailPattern: z.string().includes("{n}").exactOptional(),
      passwordVariable: variableName.exactOptional(),
      roles: z
        .strictObject({
          investor: identityNumbers.exactOptional(),
          issuer: identityNumbers.exactOptional(),
          administrator: identityNumbers.exactOptional(),
        })
        .exactOptional()
        .describe("numbers of the identities with each role; without it the platform is asked"),
    })
    .exactOptional(),
  pageMarks: z
    .strictObject(Object.fromEntries(privatePages.map((page) => [page, pageMark])))
    .exactOptional()
    .describe(
      "text that the document of a private page contains only for a signed-in user; {email} is the identity's address (default {email})",
    ),
  workloads: z
    .strictObject({
      web: z.string().exactOptional(),
      api: z.string().exactOptional(),
      subgraph: z.string().exactOptional(),
    })
    .exactOptional()
    .describe("Kubernetes workload that serves each surface; two may share one"),
  observers: z
    .strictObject({
      kubernetes: z
        .strictObject({
          namespace: z.string().min(1),
          kubeconfig: z.string().min(1).exactOptional(),
          context: z.string().min(1).exactOptional(),
          clock: z
            .strictObject({ startedAt: z.number(), scale: z.number().min(1).max(10) })
            .exactOptional()
            .describe("of a sandbox's cluster, whose clocks may run faster"),
        })
        .exactOptional()
        .describe(
          "the cluster; without kubeconfig: KUBECONFIG, ~/.kube/config or the pod's own account",
        ),
      prometheus: z
        .strictObject({
          url: z.url(),
          labels: z.record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string()).exactOptional(),
          tokenVariable: variableName.exactOptional(),
          tenant: z
            .string()
            .regex(/^[\w!.*'()|-]{1,150}$/, "expected the name of a tenant")
            .exactOptional()
            .describe("X-Scope-OrgID of Mimir, Cortex or Thanos Receive"),
        })
        .exactOptional()
        .describe("a Prometheus-compatible store; labels are added to every selector"),
      database: z
        .strictObject({ urlVariable: variableName })
        .exactOptional()
        .describe("PostgreSQL; the variable holds the URL of a read-only role"),
    })
    .exactOptional()
    .describe("what watches the platform during a run"),
  runners: z
    .strictObject({
      namespace: dnsLabel,
      kubeconfig: z.string().min(1).exactOptional(),
      context: z.string().min(1).exactOptional(),
      image: z
        .string()
        .regex(/^\S+[:@][^/\s]+$/, "expected an image with its tag or digest")
        .describe("k6 and Headroom, made of deploy/container"),
      cpu: kubernetesQuantity.default("2"),
      memory: kubernetesQuantity.default("2Gi"),
      reach: z
        .union([
          z.enum(["api-server", "pod"]),
          z.strictObject({
            claim: z
              .string()
              .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "expected the name of a claim")
              .describe("PersistentVolumeClaim in their namespace, ReadWriteMany"),
            directory: z
              .string()
              .regex(/^\/[^:]+$/, "expected an absolute path")
              .describe("where Headroom has the same volume mounted"),
          }),
        ])
        .default("api-server")
        .describe(
          "how their pods are asked; pod: at their address, where Headroom runs in the cluster; a claim: by files on a volume that both mount",
        ),
      unattended: quantity(parseDuration, "5m")
        .exactOptional()
        .describe("how long they go on with nobody collecting from them (default 60s)"),
      nodeSelector: z.record(z.string(), z.string()).exactOptional(),
      tolerations: z.array(z.record(z.string(), z.unknown())).exactOptional(),
    })
    .exactOptional()
    .describe("where --on kubernetes starts its runners; cpu and memory are of each"),
  events: z
    .strictObject({
      kubeconfig: z.string().min(1).exactOptional(),
      context: z.string().min(1).exactOptional(),
      timeout: quantity(parseDuration, "10m").exactOptional(),
      make: z.partialRecord(z.enum(eventKinds), eventMaking).exactOptional(),
    })
    .exactOptional()
    .describe(
      'how the events of a resilience run are made (docs/resilience.md): {"make": {"cache-flush": {"command": ["./flush.sh"]}}}; timeout: of one event (default 10m)',
    ),
  silence: z
    .array(
      z.strictObject({ id: silencedId, reason: z.string().trim().min(1), until: z.iso.date() }),
    )
    .exactOptional()
    .describe(
      'findings that are not shown, and listed apart: {"id": "slow-assets", "reason": "known, CDN in March", "until": "2027-03-31"}, the last day in UTC; checks and outcomes are never silenced',
    ),
  mix: z
    .string()
    .min(1)
    .exactOptional()
    .describe("mix document, relative to this file: headroom mix writes one; --mix goes over it"),
  overrides: z
    .strictObject({
      rate: quantity(parseRate, "10500/min").exactOptional(),
      duration: quantity(parseDuration, "5m").exactOptional(),
      warmUp: quantity(parseDuration, "30s").exactOptional(),
      shares: z.record(z.string(), share).exactOptional(),
    })
    .exactOptional()
    .describe("changes to every profile that runs here; the command line goes over them"),
});

/** What may change in a profile without a new profile. */
export interface PlanOverrides {
  readonly requestsPerMinute?: PerMinute;
  readonly durationMs?: Milliseconds;
  readonly warmUpMs?: Milliseconds;
  readonly shares?: Readonly<Record<string, number>>;
}

export interface LoadedEnvironment {
  readonly environment: Environment;
  readonly overrides: PlanOverrides;
  /** Path of the mix document. */
  readonly mix?: string | undefined;
}

/** JSON Schema of an environment file, for editors and `headroom schema environment`. */
export const environmentFileSchema = (): unknown =>
  z.toJSONSchema(environmentFile, { io: "input" });

/**
 * @param env of the caller: `{VARIABLE}` in targets is filled from it
 * @throws UsageError for an unknown environment or a named file that is not there
 * @throws ConfigError with every problem of the file, each with its field and value
 */
export function loadEnvironment(
  name: string,
  directory: string,
  file?: string,
  env: Readonly<Record<string, string | undefined>> = {},
): LoadedEnvironment {
  const builtIn = environments[checkedName(name)];
  const location =
    file === undefined
      ? path.join(directory, "environments", `${name}.json`)
      : path.resolve(directory, file);
  if (!existsSync(location)) {
    if (file === undefined)
      return { environment: { ...builtIn, ...otherHosts(builtIn.name, directory) }, overrides: {} };
    throw new UsageError(`--env-file: there is no file ${file}`, {
      code: "no-such-file",
      hint: "Check the path.",
    });
  }
  const shown = path.relative(directory, location);
  const content = parseFile(location, shown, env);
  refuseHigherCeilings(builtIn, content, shown);
  const mix =
    content.mix === undefined
      ? undefined
      : path.relative(directory, path.resolve(path.dirname(location), content.mix));
  const { environment, overrides } = merge(builtIn, content);
  return {
    environment: { ...environment, ...otherHosts(builtIn.name, directory) },
    overrides,
    mix,
  };
}

/**
 * Hosts of the other environments that need an approval, as the files of this directory name them.
 * @throws ConfigError where such a file cannot be read: its hosts could not be refused
 */
function otherHosts(
  name: EnvironmentName,
  directory: string,
): Pick<Environment, "approvedElsewhere"> {
  const owners: Record<string, HostOwner> = {};
  for (const other of Object.values(environments)) {
    const file = path.join("environments", `${other.name}.json`);
    const location = path.join(directory, file);
    if (other.name === name || other.approval === "none" || !existsSync(location)) continue;
    const { allowedHosts = [], targets = {} } = parseFile(location, file);
    for (const host of [...allowedHosts, ...Object.values(targets).map(hostOfTarget)])
      owners[host] ??= { environment: other.name, file };
  }
  return Object.keys(owners).length === 0 ? {} : { approvedElsewhere: owners };
}

/** Where a load needs an approval, the built-in ceilings are the most there is. */
function refuseHigherCeilings(
  { name, approval, ceilings: most }: Environment,
  { ceilings = {} }: z.output<typeof environmentFile>,
  shown: string,
): void {
  if (approval === "none") return;
  const problems = new Problems();
  const compare = (field: string, value: number | undefined, limit: number, unit = ""): void => {
    if (value !== undefined && value > limit)
      problems.add(
        `${shown}: ceilings.${field}: ${value}${unit} is more than the built-in ceiling of ${name}, ${limit}${unit}: a file may only lower it, because ${name} is loaded with an approval only`,
      );
  };
  compare("rate", ceilings.rate, most.requestsPerMinute, "/min");
  compare("users", ceilings.users, most.users);
  compare("duration", inSeconds(ceilings.duration), most.durationMs / 1000, "s");
  compare(
    "commandDuration",
    inSeconds(ceilings.commandDuration),
    most.commandDurationMs / 1000,
    "s",
  );
  compare("assetsPerPage", ceilings.assetsPerPage, most.assetsPerPage);
  problems.raise((message) => new ConfigError(message, { code: "ceiling-above-built-in" }));
}

const inSeconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : ms / 1000;

function checkedName(name: string): EnvironmentName {
  const known = environmentNames.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new UsageError(`unknown environment "${name}": ${suggestion(name, environmentNames)}`, {
    code: "unknown-environment",
    hint: "headroom list environments",
  });
}

/** @param env absent: only hosts are asked for, and the variables after them may be unset */
function parseFile(
  location: string,
  shown: string,
  env?: Readonly<Record<string, string | undefined>>,
): z.output<typeof environmentFile> {
  const text = readInput(location, shown);
  addUrlSecrets(shown, text);
  const template = parseJson(text, shown);
  const json = env === undefined ? template : withFilledTargets(template, shown, env);
  const parsed = environmentFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues
    .flatMap((issue) => withoutUnions(issue))
    .map(({ path: at, message }) => `${shown}: ${at.join(".") || "(whole file)"}: ${message}`);
  throw new ConfigError(lines.join("\n"), {
    code: "bad-environment-file",
    hint: "headroom schema environment prints the shape that is expected.",
  });
}

/** Before anything looks at the addresses. @throws ConfigError with every variable that is wrong */
function withFilledTargets(
  json: unknown,
  shown: string,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  const targets = targetsShape.safeParse(json);
  if (!targets.success) return json;
  const problems = new Problems();
  const filled = Object.entries(targets.data.targets).map(([surface, url]) => [
    surface,
    typeof url === "string"
      ? problems.take(`${shown}: targets.${surface}`, fillTarget(url, env))
      : url,
  ]);
  problems.raise((message) => new ConfigError(message, { code: "target-variable" }));
  return { ...targets.data, targets: Object.fromEntries(filled) };
}

const targetsShape = z.looseObject({ targets: z.record(z.string(), z.unknown()) });

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** How badly an alternative fits: another kind of value altogether is the worst. */
const misfit = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce(
    (sum, { code, path: { length } }) => sum + (code === "invalid_type" && length === 0 ? 10 : 1),
    0,
  );

/** "Invalid input" of a union names no field: the problems of the alternative that fits best in its place. */
function withoutUnions(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[] = [],
): readonly Issue[] {
  const at = [...above, ...issue.path];
  if (issue.code !== "invalid_union") return [{ path: at, message: issue.message }];
  const [best] = issue.errors.toSorted((one, other) => misfit(one) - misfit(other));
  return best === undefined
    ? [{ path: at, message: issue.message }]
    : best.flatMap((inner) => withoutUnions(inner, at));
}

function parseJson(text: string, shown: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = messageOf(error);
    throw new ConfigError(`${shown} is not JSON: ${reason}`, { code: "bad-json", cause: error });
  }
}

function observersOf({
  observers: { kubernetes, prometheus, database } = {},
}: z.output<typeof environmentFile>): ObserverSettings {
  return {
    kubernetes,
    prometheus: prometheus === undefined ? undefined : { labels: {}, ...prometheus },
    database,
  };
}

function abortRuleOf(
  rule: NonNullable<z.output<typeof environmentFile>["abort"]>[number],
): AbortRule {
  const { surface, for: forMs } = rule;
  const common = { surface, forMs, source: "the environment's own file" };
  return "errors" in rule
    ? { id: `environment-errors-${surface}`, metric: "errorRatio", above: rule.errors, ...common }
    : { id: `environment-p95-${surface}`, metric: "p95", above: rule.p95, ...common };
}

function merge(builtIn: Environment, file: z.output<typeof environmentFile>): LoadedEnvironment {
  const targets = { ...builtIn.targets, ...file.targets };
  const { ceilings = {}, overrides = {} } = file;
  const environment: Environment = {
    ...builtIn,
    sandbox: builtIn.sandbox && Object.keys(targets).length === 0,
    targets,
    allowedHosts: file.allowedHosts ?? builtIn.allowedHosts,
    ...defined({ allowedNetworks: file.allowedNetworks }),
    ceilings: {
      requestsPerMinute: ceilings.rate ?? builtIn.ceilings.requestsPerMinute,
      users: ceilings.users ?? builtIn.ceilings.users,
      durationMs: ceilings.duration ?? builtIn.ceilings.durationMs,
      commandDurationMs:
        ceilings.commandDuration ??
        milliseconds(Math.max(builtIn.ceilings.commandDurationMs, ceilings.duration ?? 0)),
      assetsPerPage: ceilings.assetsPerPage ?? builtIn.ceilings.assetsPerPage,
      hoursUtc: ceilings.hoursUtc,
    },
    abortRules: file.abort?.map(abortRuleOf),
    silence: file.silence,
    identities: { ...builtIn.identities, ...file.identities },
    pageMarks: file.pageMarks,
    workloads: { ...builtIn.workloads, ...file.workloads },
    observers: { ...builtIn.observers, ...defined(observersOf(file)) },
    events: file.events && {
      kubeconfig: file.events.kubeconfig,
      context: file.events.context,
      timeoutMs: file.events.timeout ?? minutes(10),
      make: file.events.make ?? {},
    },
    runners: file.runners,
  };
  const { rate, duration, warmUp, shares } = overrides;
  return {
    environment,
    overrides: {
      requestsPerMinute: rate,
      durationMs: duration,
      warmUpMs: warmUp,
      shares,
    },
  };
}
