/** One pod on the node: its containers, and the status that the API server is sent. */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  PatchStrategy,
  setHeaderOptions,
  type CoreV1Api,
  type V1Pod,
  type V1PodCondition,
  type V1PodStatus,
} from "@kubernetes/client-node";
import { codeOf, messageOf } from "../../../src/domain/errors.ts";
import { Container, type ContainerPlace } from "./container.ts";
import { inputsOf, makeVolumes, type PodPlace } from "./inputs.ts";
import type { ProcessGuard } from "./processes.ts";

export interface PodHost {
  readonly api: CoreV1Api;
  readonly guard: ProcessGuard;
  /** Of all its pods. */
  readonly folder: string;
  readonly crashBackoffMs: number;
  /** Nothing is reported any more. */
  readonly isLost: () => boolean;
}

const retryMs = 500;

export class RunningPod {
  readonly containers: readonly Container[];
  readonly #initContainers: readonly Container[];
  readonly #host: PodHost;
  readonly #place: PodPlace;
  readonly #stopping = new AbortController();
  readonly #startTime = new Date();
  #phase = "Pending";
  #conditions: readonly V1PodCondition[] = [];
  #sent = "";
  #sending: Promise<void> = Promise.resolve();
  #run: Promise<void> | undefined;

  constructor(pod: V1Pod, address: string, host: PodHost) {
    const { uid = "" } = pod.metadata ?? {};
    const spec = pod.spec ?? { containers: [] };
    const folder = path.join(host.folder, uid);
    mkdirSync(folder, { recursive: true });
    this.#host = host;
    this.#place = { api: host.api, pod, address, folder };
    const { restartPolicy = "Always", terminationGracePeriodSeconds = 30 } = spec;
    const place: ContainerPlace = {
      address,
      guard: host.guard,
      restartPolicy,
      graceMs: terminationGracePeriodSeconds * 1000,
      crashBackoffMs: host.crashBackoffMs,
      logFile: (container, restarts) => path.join(folder, `${container}.${restarts}.log`),
      onChange: () => this.#report(),
    };
    const untilSuccess = restartPolicy === "Always" ? "OnFailure" : restartPolicy;
    this.#initContainers = (spec.initContainers ?? []).map(
      (each) => new Container(each, { ...place, restartPolicy: untilSuccess }),
    );
    this.containers = spec.containers.map((each) => new Container(each, place));
  }

  get object(): V1Pod {
    return this.#place.pod;
  }

  get address(): string {
    return this.#place.address;
  }

  container(name: string): Container | undefined {
    return [...this.#initContainers, ...this.containers].find(({ spec }) => spec.name === name);
  }

  /** Runs its containers until they have ended for good. */
  start(): void {
    this.#run = this.#runAll();
  }

  /** For good; the object of the API is deleted then. */
  async terminate(graceMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.kill(graceMs);
    const { name = "", namespace = "", uid } = this.object.metadata ?? {};
    const body = { gracePeriodSeconds: 0, preconditions: { uid } };
    await untilAnswered(() => this.#host.api.deleteNamespacedPod({ name, namespace, body }));
  }

  /** As `terminate`, for an object that is gone. */
  async kill(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const all = [...this.#initContainers, ...this.containers];
    await Promise.all(all.map((each) => each.stop(graceMs)));
    await this.#run;
    await this.#sending;
    rmSync(this.#place.folder, { recursive: true, force: true });
  }

  async #runAll(): Promise<void> {
    const volumes = await this.#prepared(this.containers, () => makeVolumes(this.#place));
    const run = async (container: Container): Promise<number | undefined> => {
      const inputs = await this.#prepared([container], () =>
        inputsOf(container.spec, this.#place, volumes ?? new Map<string, string>()),
      );
      return inputs === undefined ? undefined : container.run(inputs);
    };
    for (const each of this.#initContainers) if ((await run(each)) !== 0) return this.#end(false);
    this.#phase = "Running";
    const codes = await Promise.all(this.containers.map(run));
    this.#end(codes.every((code) => code === 0));
  }

  /** Tries until it is there. @returns absent: the pod was deleted before */
  async #prepared<Thing>(
    containers: readonly Container[],
    attempt: () => Promise<Thing>,
  ): Promise<Thing | undefined> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        return await attempt();
      } catch (error) {
        for (const each of containers) each.wait("CreateContainerConfigError", messageOf(error));
        await wait(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  #end(isSuccess: boolean): void {
    this.#phase = isSuccess ? "Succeeded" : "Failed";
    this.#report();
  }

  #report(): void {
    const status = this.#status();
    this.#sending = this.#sending.then(() => this.#send(status));
  }

  async #send(status: V1PodStatus): Promise<void> {
    const text = JSON.stringify(status);
    if (text === this.#sent || this.#host.isLost()) return;
    this.#sent = text;
    const { name = "", namespace = "" } = this.object.metadata ?? {};
    const headers = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    await untilAnswered(() =>
      this.#host.api.patchNamespacedPodStatus({ name, namespace, body: { status } }, headers),
    );
  }

  #status(): V1PodStatus {
    const isInitialized = this.#phase !== "Pending";
    const isReady = this.containers.every(({ status }) => status.ready);
    const unready = isReady
      ? undefined
      : this.#phase === "Succeeded"
        ? "PodCompleted"
        : "ContainersNotReady";
    this.#conditions = [
      this.#condition("PodReadyToStartContainers", true),
      this.#condition("Initialized", isInitialized),
      this.#condition("ContainersReady", isReady, unready),
      this.#condition("Ready", isReady, unready),
    ];
    return {
      phase: this.#phase,
      startTime: this.#startTime,
      hostIP: "127.0.0.1",
      podIP: this.address,
      podIPs: [{ ip: this.address }],
      conditions: [...this.#conditions],
      initContainerStatuses: this.#initContainers.map(({ status }) => status),
      containerStatuses: this.containers.map(({ status }) => status),
    };
  }

  #condition(type: string, isTrue: boolean, reason?: string): V1PodCondition {
    const status = isTrue ? "True" : "False";
    const before = this.#conditions.find((each) => each.type === type);
    const isSame = before?.status === status;
    return {
      type,
      status,
      reason,
      lastTransitionTime: isSame ? before.lastTransitionTime : new Date(),
    };
  }
}

/** Again while the API server is not there; what it refuses (the object is gone) needs nothing more. */
async function untilAnswered(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (/^4\d\d$/.test(codeOf(error))) return;
      await wait(retryMs);
    }
  }
}
