/** The runners of one run in a cluster: started, driven like those of this machine, removed once they were collected. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RunnerSettings } from "../domain/environment.ts";
import { messageOf } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import type { GeneratorFingerprint } from "../domain/run.ts";
import type { LoadRunner, RunnerOptions } from "../engine/runner.ts";
import { addSecrets } from "../engine/run-k6.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { connectForRunners, type ClusterApi } from "./cluster-api.ts";
import { fingerprintOfAll } from "./fingerprint-of-all.ts";
import { RemoteRunner, type RemoteRunnerOptions, type RunnerEndLine } from "./remote-runner.ts";
import type { Receiver } from "./run-objects.ts";
import { RunnerClient } from "./runner-client.ts";
import { onVolume, openOnVolume, type RunOnVolume } from "./shared-volume.ts";
import { findInCluster, startInCluster, type StartedRunners } from "./start-in-cluster.ts";

interface CollectorOptions {
  readonly id: string;
  readonly plan: Plan;
  readonly settings: RunnerSettings;
  readonly now: () => number;
  readonly onStage: (line: string) => void;
}

export interface KubernetesRunnersOptions extends CollectorOptions {
  /** The bundle's file. */
  readonly scenarioFile: string;
  /** Secret ones of k6's environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where its runners push to, whose credentials are among the variables. */
  readonly receiver: Receiver | undefined;
  readonly signal: AbortSignal;
  /** Where the runners that have begun so far run, all together, and the version of their k6. */
  readonly onGenerator: (fingerprint: GeneratorFingerprint, k6Version: string) => void;
}

export interface KubernetesRunners {
  readonly newRunner: (options: RunnerOptions) => LoadRunner;
  /** How far each was collected, by its name. */
  readonly collected: () => Readonly<Record<string, RunnerCollected>>;
  /** What could not be removed is reported on a line of its own, and is no failure of the run. */
  readonly remove: () => Promise<void>;
}

export interface RunnerCollected {
  /** Of its lines. */
  readonly bytes: number;
  /** The last of them, where it has come. */
  readonly end?: RunnerEndLine | undefined;
}

/** Clocks that differ by less are as good as equal: windows are a second long. */
const smallOffsetMs = 50;

/** @throws EngineError where they cannot be started */
export async function startKubernetesRunners(
  options: KubernetesRunnersOptions,
): Promise<KubernetesRunners> {
  const { id, plan, settings, scenarioFile, variables, receiver, signal, onStage } = options;
  const { runners = 1 } = plan;
  const token = randomBytes(24).toString("hex");
  knownSecrets.add("token of the runners", token);
  addSecrets(variables);
  const api = await connectForRunners(settings);
  const volume =
    typeof settings.reach === "object" ? openOnVolume(settings.reach, id, runners) : undefined;
  onStage(`starting ${runners} runners in ${api.server}, namespace ${settings.namespace}`);
  const started = await startInCluster({
    api,
    id,
    plan,
    runners,
    settings,
    scenario: readFileSync(scenarioFile, "utf8"),
    secrets: { token, variables },
    receiver,
    signal,
    onWaiting: onStage,
  }).catch(async (error: unknown) => {
    api.close();
    await volume?.remove().catch(() => undefined);
    throw error;
  });
  const fingerprints: GeneratorFingerprint[] = [];
  return collector(options, api, started, {
    volume,
    onBegin: ({ fingerprint, versions }) => {
      fingerprints.push(fingerprint);
      options.onGenerator(fingerprintOfAll(fingerprints), versions.k6);
    },
  });
}

export interface FoundRunnersOptions extends CollectorOptions {
  /** What an earlier Headroom had of each. */
  readonly collected: Readonly<Record<string, RunnerCollected>>;
  readonly loadStartedAt: number | undefined;
  /** End of the newest second that it had, by the runner's name, epoch milliseconds. */
  readonly measuredUntil: ReadonlyMap<string, number>;
}

/** Those of a run whose Headroom died. @throws EngineError where nothing of them is left */
export async function findKubernetesRunners(
  options: FoundRunnersOptions,
): Promise<KubernetesRunners> {
  const { id, plan, settings } = options;
  const { runners = 1 } = plan;
  const api = await connectForRunners(settings);
  const found = await findInCluster({ api, id, runners, settings }).catch((error: unknown) => {
    api.close();
    throw error;
  });
  return collector(options, api, found, {
    volume: typeof settings.reach === "object" ? onVolume(settings.reach, id) : undefined,
    // All had begun before the load did, and were recorded.
    onBegin: () => undefined,
    before: options,
  });
}

function collector(
  { settings, now, onStage }: CollectorOptions,
  api: ClusterApi,
  started: StartedRunners,
  {
    volume,
    onBegin,
    before,
  }: {
    readonly volume: RunOnVolume | undefined;
    readonly onBegin: RemoteRunnerOptions["onBegin"];
    readonly before?: FoundRunnersOptions;
  },
): KubernetesRunners {
  const driven: { readonly runner: RemoteRunner; readonly client: RunnerClient }[] = [];
  const newRunner = (runner: RunnerOptions): LoadRunner => {
    const { name } = runner;
    // Of one alone it is "0".
    const number = Math.max(1, Number(name));
    const pod = started.pods[number - 1];
    if (pod === undefined) throw new Error(`no pod was started for runner ${number}`);
    const earlier = before?.collected[name];
    const client = new RunnerClient({
      ask: volume?.ask(number) ?? pod.ask,
      now,
      isOver: async () => (await started.endOf(number)) !== undefined,
      from: earlier?.bytes ?? 0,
    });
    const remote = new RemoteRunner({
      ...runner,
      barrierUrl: runner.plan.runner?.barrierUrl,
      client,
      podEnd: () => started.endOf(number),
      onBegin,
      collected:
        before === undefined
          ? undefined
          : {
              loadStartedAt: before.loadStartedAt,
              measuredUntil: before.measuredUntil.get(name),
              end: earlier?.end,
            },
      onClock: ({ offsetMs, uncertaintyMs }) => {
        if (Math.abs(offsetMs) - uncertaintyMs < smallOffsetMs) return;
        runner.events.gap({
          at: now(),
          source: "generator",
          code: "clock-offset",
          subjects: [`runner ${runner.name}`],
          sentence: `the clock of runner ${runner.name} (${pod.name}) differs from Headroom's by ${Math.round(-offsetMs)} ms (± ${Math.ceil(uncertaintyMs)}): its instants were corrected; synchronise the node's clock`,
        });
      },
    });
    driven.push({ runner: remote, client });
    return remote;
  };
  return {
    newRunner,
    collected: () =>
      Object.fromEntries(
        driven.map(({ runner: { name, end }, client }) => [name, { bytes: client.collected, end }]),
      ),
    remove: async () => {
      await started.remove().catch((error: unknown) => {
        onStage(`objects of the run were left in ${settings.namespace}: ${messageOf(error)}`);
      });
      api.close();
      await volume?.remove().catch((error: unknown) => {
        onStage(`files of the run were left on the volume: ${messageOf(error)}`);
      });
    },
  };
}
