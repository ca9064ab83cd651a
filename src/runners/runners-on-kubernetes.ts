/** The runners of one run in a cluster: started, driven like those of this machine, removed once they were collected. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RunnerSettings } from "../domain/environment.ts";
import { messageOf } from "../domain/errors.ts";
import type { Plan } from "../domain/plan.ts";
import type { GeneratorFingerprint } from "../domain/run.ts";
import type { LoadRunner, RunnerOptions } from "../engine/runner.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { connectForRunners } from "./cluster-api.ts";
import { fingerprintOfAll } from "./fingerprint-of-all.ts";
import { RemoteRunner } from "./remote-runner.ts";
import { RunnerClient } from "./runner-client.ts";
import { openOnVolume } from "./shared-volume.ts";
import { startInCluster } from "./start-in-cluster.ts";

export interface KubernetesRunnersOptions {
  readonly id: string;
  readonly plan: Plan;
  readonly settings: RunnerSettings;
  /** The bundle's file. */
  readonly scenarioFile: string;
  /** Secret ones of k6's environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onStage: (line: string) => void;
  /** Where the runners that have begun so far run, all together, and the version of their k6. */
  readonly onGenerator: (fingerprint: GeneratorFingerprint, k6Version: string) => void;
}

export interface KubernetesRunners {
  readonly newRunner: (options: RunnerOptions) => LoadRunner;
  /** What could not be removed is reported on a line of its own, and is no failure of the run. */
  readonly remove: () => Promise<void>;
}

/** Clocks that differ by less are as good as equal: windows are a second long. */
const smallOffsetMs = 50;

/** @throws EngineError where they cannot be started */
export async function startKubernetesRunners(
  options: KubernetesRunnersOptions,
): Promise<KubernetesRunners> {
  const { id, plan, settings, scenarioFile, variables, signal, now, onStage } = options;
  const { runners = 1 } = plan;
  const token = randomBytes(24).toString("hex");
  knownSecrets.add("token of the runners", token);
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
    signal,
    onWaiting: onStage,
  }).catch(async (error: unknown) => {
    api.close();
    await volume?.remove().catch(() => undefined);
    throw error;
  });
  const fingerprints: GeneratorFingerprint[] = [];
  const newRunner = (runner: RunnerOptions): LoadRunner => {
    const number = runner.plan.runner?.number ?? 1;
    const pod = started.pods[number - 1];
    if (pod === undefined) throw new Error(`no pod was started for runner ${number}`);
    return new RemoteRunner({
      ...runner,
      barrierUrl: runner.plan.runner?.barrierUrl,
      client: new RunnerClient({
        ask: volume?.ask(number) ?? pod.ask,
        now,
        isOver: async () => (await started.endOf(number)) !== undefined,
      }),
      podEnd: () => started.endOf(number),
      onBegin: ({ fingerprint, versions }) => {
        fingerprints.push(fingerprint);
        options.onGenerator(fingerprintOfAll(fingerprints), versions.k6);
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
  };
  return {
    newRunner,
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
