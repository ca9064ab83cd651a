/** The flags of `headroom simulate`, checked: what is simulated. Everything that is wrong is said at once. */
import type { Readable } from "node:stream";
import { z } from "zod";
import type { HpaManifest } from "../../../../analysis/autoscaling/manifest-schema.ts";
import { parseHpaManifest } from "../../../../analysis/autoscaling/manifest-schema.ts";
import {
  controllerOfVersion,
  defaultController,
  newestKubernetes,
} from "../../../../analysis/autoscaling/types.ts";
import type { ControllerConfig } from "../../../../analysis/autoscaling/types.ts";
import { mapPolicies } from "../../../../analysis/autoscaling/policy-mapping.ts";
import { unknownMetrics } from "../../../../analysis/autoscaling/simulation/served-metrics.ts";
import { loadProfiles } from "../../../../profiles/load/index.ts";
import { autoscaling } from "../../../../profiles/platform/autoscaling.ts";
import { nodePools } from "../../../../profiles/platform/node-pools.ts";
import { workloads as specified } from "../../../../profiles/platform/workloads.ts";
import { parseManifests } from "../../../config/hpa-file.ts";
import { suggestion } from "../../../config/nearest.ts";
import { Problems } from "../../../config/problems.ts";
import { parseTrafficShape, type TrafficShape } from "../../../config/traffic-shape.ts";
import { isSurface, surfaces } from "../../../domain/surface.ts";
import { messageOf, UsageError } from "../../../domain/errors.ts";
import type { ClusterAutoscalers } from "../../../observe/kubernetes/read-autoscalers.ts";
import { runsRoot } from "../../context.ts";
import type { Io } from "../../io.ts";
import type { ChosenVersion } from "./controller.ts";
import { readIfThere, readWhole, shownName } from "./input-files.ts";
import { defaultLoad } from "./options.ts";
import type { NamedWorkload, NodeRange, SimulateValues, WorkloadName } from "./options.ts";
import { recordedShape } from "./recorded-run.ts";
import { gridFor, joinedAxes, type SweepAxes } from "./sweep-grid.ts";

/** The policy of one workload and where it comes from. */
export interface ChosenHpa {
  readonly manifest: HpaManifest;
  readonly source: string;
  readonly losses: readonly string[];
}

export interface SimulationRequest {
  readonly shape: TrafficShape;
  readonly workloads: readonly (NamedWorkload & { readonly hpa: ChosenHpa })[];
  /** Absent: there is always room. */
  readonly nodes?: NodeRange;
  readonly pricePerNodeHour?: number;
  readonly hours?: number;
  readonly seed: number;
  /** Whose autoscaler decides, and why this one. */
  readonly controller: ControllerConfig;
  readonly controllerWords: string;
  readonly cpuMsPerRequest?: number;
  readonly baseP95Ms?: number;
  readonly podStartMs?: number;
  readonly sweep?: SweepAxes | undefined;
}

export interface Source {
  readonly io: Io;
  readonly stdin: Readable;
}

/** Traffic as a run recorded it: `run:latest`. */
const fromRun = "run:";
/** The autoscalers of a namespace of the cluster that KUBECONFIG names: `cluster:atk`. */
const fromCluster = "cluster:";

/** Whether `--hpa` names a file: nothing is asked, and nothing waited for, to read it. */
export const isManifestFile = (hpa: string): boolean => hpa !== "-" && !hpa.startsWith(fromCluster);

/** @throws UsageError with every problem of files, and of flags beside them */
export async function simulationRequest(
  options: SimulateValues,
  source: Source,
): Promise<SimulationRequest> {
  const { nodes } = options;
  const problems = new Problems();
  const { shape, version, workloads, sweep } = await readSubjects(options, source, problems);
  raise(problems);
  if (shape === undefined) throw new UsageError("no traffic", { code: "bad-simulation" });
  const { minNodes, maxNodes, cpuCores, memoryBytes } = nodePools.application;
  return {
    shape,
    workloads,
    controller: version.controller,
    controllerWords: version.words,
    seed: options.seed,
    hours: options.hours,
    pricePerNodeHour: options.price,
    cpuMsPerRequest: options.cpuPerRequest,
    baseP95Ms: options.baseP95,
    podStartMs: options.podStart,
    nodes: nodes === "none" ? undefined : (nodes ?? { minNodes, maxNodes, cpuCores, memoryBytes }),
    sweep,
  };
}

/** Traffic and policies, which files may hold. @param problems gets everything that is wrong with them */
export async function readSubjects(
  { load = defaultLoad, runs, hpa, workload = [], kubernetesVersion, sweep = [] }: Named,
  source: Source,
  problems: Problems,
) {
  const { io } = source;
  const shape = load.startsWith(fromRun)
    ? problems.attempt(() => recordedShape(runsRoot({ runs }, io), load.slice(fromRun.length)))
    : problems.attempt(() =>
        parseTrafficShape(
          load,
          { profiles: loadProfiles, readFile: (name) => readIfThere(name, io.cwd) },
          problems,
        ),
      );
  const names = workload.map(({ name }) => name);
  const given = await readManifests(hpa, source, problems, names);
  const version = controllerFor(kubernetesVersion, given);
  const workloads = chooseWorkloads(workload, given, problems);
  // Of many policies only those that are simulated have to be simulable.
  for (const chosen of workloads) {
    const meant = given.manifests.find(({ manifest }) => manifest === chosen.hpa.manifest);
    if (meant !== undefined) checkSimulable(meant, version.controller, problems);
  }
  const [only, ...more] = workloads;
  const swept = sweep.length === 0 ? undefined : joinedAxes(sweep);
  if (swept !== undefined && more.length > 0)
    problems.add("--sweep varies the policy of one workload: name it with one --workload");
  else if (swept !== undefined && only !== undefined)
    gridFor(swept, only.hpa.manifest.spec, problems);
  return { shape, version, workloads, sweep: swept };
}

type Named = Pick<
  Partial<SimulateValues>,
  "load" | "runs" | "hpa" | "workload" | "kubernetesVersion" | "sweep"
>;

export function raise(problems: Problems): void {
  problems.raise(
    (message) =>
      new UsageError(message, { code: "bad-simulation", hint: "headroom simulate --help" }),
  );
}

/** A manifest and what its file is called. */
export interface GivenManifest {
  readonly shown: string;
  readonly manifest: HpaManifest;
}

export interface GivenManifests {
  readonly manifests: readonly GivenManifest[];
  /** How the source is called; absent: the specification. */
  readonly source?: string;
  /** Of the cluster that they come from, where it said one. */
  readonly version?: string | undefined;
}

/**
 * @param file of the flag; absent or `spec` is the specification's own and has no manifests
 * @param wanted names of the workloads that matter; empty: all of them. What is wrong with others is none of ours.
 */
export async function readManifests(
  file: string | undefined,
  { io, stdin }: Source,
  problems: Problems,
  wanted: readonly string[] = [],
): Promise<GivenManifests> {
  if (file === undefined || file === "spec") return { manifests: [] };
  if (file.startsWith(fromCluster)) return readCluster(file, problems, wanted);
  const content = await readWhole(file, { cwd: io.cwd, stdin }, problems);
  if (content === undefined) return { manifests: [] };
  const documents = parseManifests(content, shownName(file), problems);
  const manifests = documents.flatMap(({ shown, document }) =>
    parsedManifest({ shown, document, isAlone: documents.length === 1 }, wanted, problems),
  );
  return { manifests, source: shownName(file) };
}

const targetOf = z.object({ spec: z.object({ scaleTargetRef: z.object({ name: z.string() }) }) });

function parsedManifest(
  one: { readonly shown: string; readonly document: unknown; readonly isAlone: boolean },
  wanted: readonly string[],
  problems: Problems,
): readonly GivenManifest[] {
  const { shown, document, isAlone } = one;
  const parsed = parseHpaManifest(document);
  if (parsed.ok) return [{ shown, manifest: parsed.value }];
  const target = targetOf.safeParse(document).data?.spec.scaleTargetRef.name;
  const isOther = target !== undefined && wanted.length > 0 && !wanted.includes(target);
  if (isAlone || !isOther) problems.add(`${shown}: ${parsed.error}`);
  return [];
}

async function readCluster(
  text: string,
  problems: Problems,
  wanted: readonly string[],
): Promise<GivenManifests> {
  const namespace = text.slice(fromCluster.length);
  // Its client is large.
  const { readAutoscalers } = await import("../../../observe/kubernetes/read-autoscalers.ts");
  let answer: ClusterAutoscalers;
  try {
    answer = await readAutoscalers({ namespace });
  } catch (error) {
    problems.add(`--hpa ${text}: ${messageOf(error)}`);
    return { manifests: [] };
  }
  const { documents, version } = answer;
  if (documents.length === 0) problems.add(`--hpa ${text}: the namespace has no autoscaler`);
  const manifests = documents.flatMap((document) => {
    const name = nameOf.safeParse(document).data?.metadata.name ?? "an autoscaler";
    const shown = `${text}/${name}`;
    return parsedManifest({ shown, document, isAlone: false }, wanted, problems);
  });
  return { manifests, source: text, version };
}

const nameOf = z.object({ metadata: z.object({ name: z.string() }) });

/** As asked for, else the cluster's own, else the newest. */
function controllerFor(
  asked: ChosenVersion | undefined,
  { version }: GivenManifests,
): { readonly controller: ControllerConfig; readonly words: string } {
  if (asked !== undefined)
    return { controller: asked.controller, words: `${asked.version} (as given)` };
  const own = version === undefined ? undefined : controllerOfVersion(version);
  if (version !== undefined && own !== undefined)
    return { controller: own, words: `${version} (the cluster's own)` };
  return { controller: defaultController, words: `${newestKubernetes} (the newest known)` };
}

/** What the API server would refuse, and what the simulation has no figures for. */
function checkSimulable(
  { shown, manifest }: GivenManifest,
  { scaleToZeroGate }: ControllerConfig,
  problems: Problems,
): void {
  const { minReplicas = 1, maxReplicas } = manifest.spec;
  if (minReplicas > maxReplicas)
    problems.add(`${shown}: minReplicas ${minReplicas} is above maxReplicas ${maxReplicas}`);
  if (minReplicas === 0)
    problems.add(
      scaleToZeroGate
        ? `${shown}: minReplicas 0 is not simulated, because no request is served while there is no pod: set it to 1 here`
        : `${shown}: minReplicas 0 needs the feature gate HPAScaleToZero before Kubernetes 1.37 and is not simulated`,
    );
  for (const { place, name, known } of unknownMetrics(manifest.spec))
    problems.add(`${shown}: ${place} "${name}" is not simulated: ${suggestion(name, known)}`);
}

function chooseWorkloads(
  named: readonly NamedWorkload[],
  { manifests, source }: GivenManifests,
  problems: Problems,
): SimulationRequest["workloads"] {
  const mapped = mapPolicies(autoscaling, simulated);
  const [only] = manifests;
  const fromFile = (name: WorkloadName): ChosenHpa | undefined => {
    const own = manifests.find(({ manifest }) => manifest.spec.scaleTargetRef.name === name);
    const isMeant = manifests.length === 1 && named.length === 1;
    const given = own ?? (isMeant ? only : undefined);
    return given === undefined
      ? undefined
      : { manifest: given.manifest, source: given.shown, losses: [] };
  };
  const fromSpecification = (name: WorkloadName): readonly ChosenHpa[] =>
    mapped
      .filter(({ hpa }) => hpa.name === name)
      .map(({ hpa, losses }) => ({
        manifest: hpa,
        source: "the specification's policies",
        losses,
      }));
  const targets = manifests.map(({ manifest }) => manifest.spec.scaleTargetRef.name);
  if (named.length === 0) {
    for (const { shown, manifest } of manifests) {
      const target = manifest.spec.scaleTargetRef.name;
      if (!isSurface(target))
        problems.add(
          `${shown}: it scales ${target}, which is no workload of the platform: ${suggestion(target, surfaces)} Say which it stands for with --workload`,
        );
    }
  }
  const meant: readonly NamedWorkload[] =
    manifests.length === 0
      ? [{ name: "api" }]
      : targets.filter((target) => isSurface(target)).map((name) => ({ name }));
  const wanted = named.length > 0 ? named : meant;
  return wanted.flatMap((one) => {
    if (source?.startsWith(fromCluster) === true && fromFile(one.name) === undefined) {
      if (manifests.length > 0)
        problems.add(
          `--workload ${one.name}: no autoscaler of ${source} scales it; it has those of ${targets.join(", ")}`,
        );
      return [];
    }
    const [hpa] = [fromFile(one.name) ?? [], fromSpecification(one.name)].flat();
    return hpa === undefined ? [] : [Object.assign({}, one, { hpa })];
  });
}

const { web, api, subgraph } = specified;
export const simulated = { web, api, subgraph } as const;
