import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { ignoredDatabaseNotice, sandboxDatabaseUrl } from "../../sandbox-client/database-url.ts";
import { checkedFaults } from "../../sandbox-client/package.ts";
import { SANDBOX_PASSWORD } from "../../domain/sandbox.ts";
import { startSandboxProcess, type SandboxProcess } from "../../sandbox-client/process.ts";
import { clusterOptions, clusterRequest } from "../cluster-options.ts";
import { defineCommand } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { say } from "../io.ts";
import { file, flag, option, wholeNumber } from "../options.ts";
import { loadOptions, sharedWorkloads } from "../run-options.ts";

const port = wholeNumber({ min: 0, max: 65_535 }, "PORT");

export const sandboxCommand = defineCommand({
  name: "sandbox",
  positionals: [],
  options: {
    fault: loadOptions.fault,
    port: option(port, "port of web and API", { default: "4010" }),
    "subgraph-port": option(port, "port of the subgraph", { default: "4011" }),
    ...clusterOptions,
    "kubernetes-port": option(port, "port of the cluster's Kubernetes API (default: any free one)"),
    standby: flag("a second database server, to which the first can fail over"),
    seed: option(wholeNumber({ min: 0 }), "seed of the data and the latencies", { default: "1" }),
    "write-env": option(
      file,
      "write the environment file that runs against this sandbox take (--env-file)",
    ),
    json: flag("print the addresses as JSON on stdout when it is ready"),
  },
  examples: [
    "headroom sandbox",
    "headroom sandbox --fault latency=api:x1.6",
    "headroom sandbox --scale 10 --write-env sandbox.json",
    "HEADROOM_SANDBOX_DATABASE_URL=postgres://me@localhost/db headroom sandbox",
  ],
  stopsGently: () => true,
  checkFiles: async ({ options }, _, problems) => {
    await problems.settled(checkedFaults(options.fault ?? []));
    problems.attempt(() => clusterRequest(options));
  },
  run: async ({ options }, io) => {
    const databaseUrl = sandboxDatabaseUrl(io.env);
    const notice = ignoredDatabaseNotice(io.env);
    if (notice !== undefined) say(io, notice);
    const cluster = clusterRequest(options);
    const sandbox = await startSandboxProcess({
      faults: await checkedFaults(options.fault),
      seed: options.seed,
      ports: { app: options.port, subgraph: options.subgraphPort },
      cluster,
      standby: options.standby,
      databaseUrl,
      signal: io.interrupted,
      onLog: (line) => say(io, line),
    });
    if (options.json)
      io.stdout.write(
        `${toJson({ schemaVersion: 1, urls: sandbox.urls, cluster: sandbox.cluster })}\n`,
      );
    const envFile = options.writeEnv;
    if (envFile !== undefined)
      writeOutput(environmentText(sandbox, cluster?.mapping === "dapp"), {
        option: "--write-env",
        named: envFile,
        cwd: io.cwd,
      });
    say(
      io,
      `web       ${sandbox.urls.web}\napi       ${sandbox.urls.api}/api/rpc\nsubgraph  ${sandbox.urls.subgraph}\nCtrl-C stops it.`,
    );
    if (envFile !== undefined)
      say(
        io,
        `run       HEADROOM_PASSWORD=${SANDBOX_PASSWORD} headroom run autoscale --env-file ${envFile}`,
      );
    if (sandbox.cluster !== undefined) {
      const { kubernetesUrl, kubeconfig, metricsUrl, scale } = sandbox.cluster;
      say(
        io,
        `cluster   ${kubernetesUrl} at time scale ${scale}; export KUBECONFIG=${kubeconfig}\nmetrics   ${metricsUrl}`,
      );
    }
    if (!io.interrupted.aborted) {
      await Promise.race([
        new Promise((resolve) => io.interrupted.addEventListener("abort", resolve, { once: true })),
        sandbox.ended,
      ]);
    }
    await sandbox.stop();
    return exitStatus.pass;
  },
});

/**
 * What `--env-file` takes: where the surfaces are, and how the cluster is watched.
 * @param isShared web and API are served by one workload, as the chart has it
 */
const environmentText = ({ urls, cluster }: SandboxProcess, isShared: boolean): string =>
  `${toJson(
    {
      targets: urls,
      workloads: isShared ? sharedWorkloads : undefined,
      observers:
        cluster === undefined
          ? undefined
          : {
              kubernetes: {
                namespace: cluster.namespace,
                kubeconfig: cluster.kubeconfig,
                clock: { startedAt: cluster.startedAt, scale: cluster.scale },
              },
            },
    },
    2,
  )}\n`;
