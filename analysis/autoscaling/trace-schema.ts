/**
 * Recorded inputs of one autoscaler, one JSON object a line. Times are whole seconds from the first reconcile, amounts
 * milli-units (memory: milli-bytes); a number beyond 2⁵³ is a string of digits.
 *
 * id                     name of the trace
 * namespace?             of the HPA; default "ns"
 * hpaSpec                `spec` of an autoscaling/v2 HorizontalPodAutoscaler
 * controller             {syncPeriodSeconds, tolerance, downscaleStabilizationSeconds, cpuInitializationPeriodSeconds,
 *                        initialReadinessDelaySeconds, scaleUpLimitFactor, scaleUpLimitMinimum,
 *                        kubernetesVersion?, scaleToZeroGate?, configurableToleranceGate?}: flags of the controller
 *                        manager, each with the default of that version (else of --kubernetes-version, else the newest)
 * plant                  {metricLagSeconds, metricWindowSeconds, requestCpuMilli, requestMemBytes} are read; the rest says
 *                        how the trace was made, for closed-loop runs (`closed-loop.ts`)
 * ticks[]                one per reconcile:
 *   t                    seconds
 *   specReplicas, statusReplicas   of the scale subresource
 *   pods[]               [name, running 0|1, ready 0|1, created at, ready condition changed at, cpu, memory, requests/min,
 *                        more?]; a value of null is a missing metric. `more` has what a row cannot say: {phase, deleting,
 *                        startedAt (null: not set), ready (null: no such condition), scheduling figures as in `podShape`}
 *   metrics[]?           one for each metric of the spec, instead of the columns: {pods: [[pod, at, window s, value]…]},
 *                        {values: […]} or {failed: "message"}
 *   hpaSpec?             from this tick on another spec
 *   scaledToZero?        the condition ScaledToZero before this tick
 *   p95Milli, queueMilli values of the Object metric (latency) and the External metric (queue); null: missing
 *   load                 requests per second; read by closed-loop runs only
 *   expected             ignored
 * podShape?              {containers: [{name, requests: {cpu: milli…}}…], initContainers?, podRequests?} of every pod; absent:
 *                        one container that requests what `plant` says, of whatever name the HPA asks for
 *
 * Pods metrics read the last column, Object metrics `p95Milli`, External metrics `queueMilli`; a metric named `queue` or
 * `p95_ms` reads its namesake whatever its type. Samples are stamped t − metricLagSeconds.
 */
import type { Milli } from "../../src/domain/kubernetes-quantity.ts";
import { messageOf } from "../../src/domain/errors.ts";
import { z } from "zod";
import { sentences, hpaSpecSchema } from "./manifest-schema.ts";
import {
  controllerOfVersion,
  defaultController,
  failure,
  newestKubernetes,
  oldestKubernetes,
  success,
} from "./types.ts";
import type { ControllerConfig, Result } from "./types.ts";

const milli = z
  .union([z.number(), z.string().regex(/^-?\d+$/)])
  .transform((value): Milli => (typeof value === "number" ? value : narrow(value)));
const optionalMilli = milli.nullable().optional();
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]).transform(Boolean);

function narrow(digits: string): Milli {
  const plain = Number(digits);
  return Number.isSafeInteger(plain) ? plain : BigInt(digits);
}

const requests = z.record(z.string(), milli);
const containerShape = z.object({
  name: z.string(),
  requests,
  restartPolicy: z.string().optional(),
});
const podShape = z.object({
  containers: z.array(containerShape),
  initContainers: z.array(containerShape).optional(),
  podRequests: requests.optional(),
});

const more = podShape.partial().extend({
  phase: z.string().optional(),
  deleting: z.boolean().optional(),
  startedAt: z.number().nullable().optional(),
  ready: z.object({ status: z.string(), since: z.number() }).nullable().optional(),
});

const pod = z.tuple([
  z.string(),
  flag,
  flag,
  z.number(),
  z.number().nullable(),
  optionalMilli,
  optionalMilli,
  optionalMilli,
  more.optional(),
]);

const reading = z.union([
  z.object({ pods: z.array(z.tuple([z.string(), z.number(), z.number(), milli])) }),
  z.object({ values: z.array(milli) }),
  z.object({ failed: z.string() }),
]);

const controller = z
  .object({
    syncPeriodSeconds: z.number().positive(),
    tolerance: z.number().min(0),
    downscaleStabilizationSeconds: z.number().min(0),
    cpuInitializationPeriodSeconds: z.number().min(0),
    initialReadinessDelaySeconds: z.number().min(0),
    scaleUpLimitFactor: z.number(),
    scaleUpLimitMinimum: z.number(),
    scaleToZeroGate: z.boolean(),
    configurableToleranceGate: z.boolean(),
    kubernetesVersion: z
      .string()
      .refine(
        (version) => controllerOfVersion(version) !== undefined,
        `expected a Kubernetes version from ${oldestKubernetes} on, such as ${newestKubernetes}`,
      ),
  })
  .partial();

const plant = z.object({
  metricLagSeconds: z.number().min(0),
  metricWindowSeconds: z.number().min(0),
  requestCpuMilli: z.number(),
  requestMemBytes: z.number(),
});

const plantModel = z
  .object({
    initialReplicas: z.number().int(),
    idleCpuMilli: z.number(),
    cpuMilliPerRps: z.number(),
    cpuLimitMilli: z.number(),
    startupCpuMilli: z.number(),
    baseMemBytes: z.number(),
    memBytesPerRps: z.number(),
    pendingSeconds: z.number(),
    startupSeconds: z.number(),
    p95BaseMs: z.number(),
  })
  .partial();

const traceSchema = z.object({
  id: z.string(),
  namespace: z.string().optional(),
  hpaSpec: hpaSpecSchema,
  controller: controller.optional(),
  plant: plant.extend(plantModel.shape),
  podShape: podShape.optional(),
  ticks: z.array(
    z.object({
      t: z.number(),
      load: z.number().nullable().optional(),
      specReplicas: z.number().int().min(0),
      statusReplicas: z.number().int().min(0),
      pods: z.array(pod),
      p95Milli: optionalMilli,
      queueMilli: optionalMilli,
      metrics: z.array(reading).optional(),
      hpaSpec: hpaSpecSchema.optional(),
      scaledToZero: z.boolean().optional(),
    }),
  ),
});

export type Trace = z.output<typeof traceSchema>;
export type TraceTick = Trace["ticks"][number];
export type TracePod = TraceTick["pods"][number];
export type TraceReading = NonNullable<TraceTick["metrics"]>[number];
export type TracePodShape = NonNullable<Trace["podShape"]>;

/** @param lineNumber from 1, for the error @returns the trace, or every problem of the line in one sentence */
export function parseTrace(line: string, lineNumber: number): Result<Trace> {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (cause) {
    const words = messageOf(cause);
    return failure(`line ${lineNumber}: not JSON: ${words}`);
  }
  const parsed = traceSchema.safeParse(document);
  if (!parsed.success) return failure(`line ${lineNumber}: ${sentences(parsed.error)}`);
  return success(parsed.data);
}

const msOr = (seconds: number | undefined, otherwise: number): number =>
  seconds === undefined ? otherwise : seconds * 1000;

/** @param chosen defaults that hold instead of those of the version that the trace names */
export function controllerOf(
  { controller: flags = {} }: Pick<Trace, "controller">,
  chosen?: ControllerConfig,
): ControllerConfig {
  const { scaleUpLimitFactor, scaleUpLimitMinimum, tolerance, kubernetesVersion } = flags;
  const recorded =
    kubernetesVersion === undefined ? undefined : controllerOfVersion(kubernetesVersion);
  const standard = chosen ?? recorded ?? defaultController;
  return {
    ...standard,
    syncPeriodMs: msOr(flags.syncPeriodSeconds, standard.syncPeriodMs),
    downscaleStabilisationMs: msOr(
      flags.downscaleStabilizationSeconds,
      standard.downscaleStabilisationMs,
    ),
    cpuInitialisationMs: msOr(flags.cpuInitializationPeriodSeconds, standard.cpuInitialisationMs),
    initialReadinessDelayMs: msOr(
      flags.initialReadinessDelaySeconds,
      standard.initialReadinessDelayMs,
    ),
    tolerance: tolerance ?? standard.tolerance,
    scaleUpLimitFactor: scaleUpLimitFactor ?? standard.scaleUpLimitFactor,
    scaleUpLimitMinimum: scaleUpLimitMinimum ?? standard.scaleUpLimitMinimum,
    scaleToZeroGate: flags.scaleToZeroGate ?? standard.scaleToZeroGate,
    configurableToleranceGate:
      flags.configurableToleranceGate ?? standard.configurableToleranceGate,
  };
}
