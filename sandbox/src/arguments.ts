/** The command line of the sandbox process. */
import { parseArgs } from "node:util";
import { UsageError } from "../../src/domain/errors.ts";
import { isHpaFault, hpaFaults } from "./cluster/model.ts";
import { isWorkloadMapping, workloadMappings } from "./cluster/specification.ts";
import type { LiveClusterOptions } from "./cluster/live-cluster.ts";
import { sandboxDatabaseUrl } from "./database-url.ts";
import { parseFault } from "./faults/index.ts";
import { describe } from "./http.ts";
import type { SandboxOptions } from "./sandbox.ts";

/** @throws UsageError on unknown flags, ports and seeds that are no numbers, and unknown faults */
export function sandboxOptionsOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): SandboxOptions {
  const flags = parse(args);
  const app = wholeNumber("--port", flags.port, 65_535);
  const subgraph = wholeNumber("--subgraph-port", flags["subgraph-port"], 65_535);
  const cluster = clusterOf(flags);
  const seed = wholeNumber("--seed", flags.seed, 4_294_967_295);
  const databaseUrl = sandboxDatabaseUrl(environment, flags["database-url"]);
  return {
    ports: {
      app,
      subgraph,
    },
    seed,
    cluster,
    databaseUrl,
    faults: (flags.fault ?? []).map(parseFault),
    log,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        "subgraph-port": { type: "string" },
        // Others can read a command line: a URL with a password belongs into HEADROOM_SANDBOX_DATABASE_URL.
        "database-url": { type: "string" },
        fault: { type: "string", multiple: true },
        seed: { type: "string" },
        cluster: { type: "boolean" },
        // Each of these asks for the cluster, too.
        scale: { type: "string" },
        workloads: { type: "string" },
        replicas: { type: "string" },
        "hpa-fault": { type: "string" },
        "kubernetes-port": { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(describe(cause), {
      code: "unknown-flag",
      hint: "Known: --port --subgraph-port --database-url --fault --seed --cluster --scale --workloads --replicas --hpa-fault --kubernetes-port.",
      cause,
    });
  }
}

/** `undefined` where no flag asks for a cluster. */
/** Flags that put a cluster before the surfaces, as they are typed. */
export interface ClusterFlags {
  readonly cluster?: boolean | undefined;
  readonly scale?: string | undefined;
  readonly workloads?: string | undefined;
  readonly replicas?: string | undefined;
  readonly "hpa-fault"?: string | undefined;
  readonly "kubernetes-port"?: string | undefined;
}

/** @returns `undefined` where no flag asks for a cluster @throws UsageError naming the flag and its value */
export function clusterOf(flags: ClusterFlags): LiveClusterOptions | undefined {
  const { cluster, scale, workloads: mapping, "hpa-fault": hpaFault } = flags;
  const kubernetesPort = wholeNumber("--kubernetes-port", flags["kubernetes-port"], 65_535);
  const replicas = replicasOf(flags.replicas);
  const asked = [scale, mapping, replicas, hpaFault, kubernetesPort].some(
    (value) => value !== undefined,
  );
  if (cluster !== true && !asked) return undefined;
  if (replicas !== undefined && hpaFault !== undefined) {
    throw new UsageError(
      "--replicas holds the number of pods: there is no autoscaler for --hpa-fault",
      {
        code: "fault-without-autoscaler",
      },
    );
  }
  return {
    scale: scale === undefined ? undefined : scaleOf(scale),
    mapping:
      mapping === undefined
        ? undefined
        : oneOf("--workloads", mapping, isWorkloadMapping, workloadMappings),
    replicas,
    hpaFault:
      hpaFault === undefined ? undefined : oneOf("--hpa-fault", hpaFault, isHpaFault, hpaFaults),
    kubernetesPort,
  };
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && scale >= 1 && scale <= 10) return scale;
  throw new UsageError(`--scale is "${text}", expected a number from 1 to 10`, {
    code: "not-a-scale",
  });
}

/** As many as the platform allows for all workloads together. */
const mostReplicas = 20;

function replicasOf(text: string | undefined): number | undefined {
  const replicas = wholeNumber("--replicas", text, mostReplicas);
  if (replicas !== 0) return replicas;
  throw new UsageError(`--replicas is "0", expected a whole number from 1 to ${mostReplicas}`, {
    code: "not-a-number",
  });
}

function oneOf<Name extends string>(
  flag: string,
  text: string,
  isKnown: (name: string) => name is Name,
  known: readonly Name[],
): Name {
  if (isKnown(text)) return text;
  throw new UsageError(`${flag} is "${text}"`, {
    code: "unknown-value",
    hint: `Known: ${known.join(", ")}.`,
  });
}

function wholeNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) {
    throw new UsageError(`${flag} is "${text}", expected a whole number from 0 to ${most}`, {
      code: "not-a-number",
    });
  }
  return value;
}
