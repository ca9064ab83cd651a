/**
 * Recorded inputs of one autoscaler, one JSON object a line. Times are whole seconds from the first reconcile, amounts
 * milli-units (memory: milli-bytes); a number beyond 2⁵³ is a string of digits.
 *
 * id                     name of the trace
 * namespace?             of the HPA; default "ns"
 * hpaSpec                `spec` of an autoscaling/v2 HorizontalPodAutoscaler
 * controller             {syncPeriodSeconds, tolerance, downscaleStabilizationSeconds, cpuInitializationPeriodSeconds,
 *                        initialReadinessDelaySeconds, scaleUpLimitFactor, scaleUpLimitMinimum,
 *                        scaleToZeroGate?, configurableToleranceGate?}: flags of the controller manager, each with its default
 * plant                  {metricLagSeconds, metricWindowSeconds, requestCpuMilli, requestMemBytes} are read; the rest says
 *                        how the trace was made, for closed-loop runs (`closed-loop.ts`)
 * ticks[]                one per reconcile:
 *   t                    seconds
 *   specReplicas, statusReplicas   of the scale subresource
 *   pods[]               [name, running 0|1, ready 0|1, created at, ready condition changed at, cpu, memory, requests/min];
 *                        a value of null is a missing metric
 *   p95Milli, queueMilli values of the Object metric (latency) and the External metric (queue); null: missing
 *   load                 requests per second; read by closed-loop runs only
 *   expected             ignored
 *
 * Pods metrics read the last column, Object metrics `p95Milli`, External metrics `queueMilli`; a metric named `queue` or
 * `p95_ms` reads its namesake whatever its type. Samples are stamped t − metricLagSeconds.
 */
import { z } from "zod";
import { sentences, hpaSpecSchema } from "./manifest-schema.ts";
import { defaultController, failure, success } from "./types.ts";
import type { ControllerConfig, Milli, Result } from "./types.ts";

const milli = z
  .union([z.number(), z.string().regex(/^-?\d+$/)])
  .transform((value): Milli => (typeof value === "number" ? value : narrow(value)));
const optionalMilli = milli.nullable().optional();
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]).transform(Boolean);

function narrow(digits: string): Milli {
  const plain = Number(digits);
  return Number.isSafeInteger(plain) ? plain : BigInt(digits);
}

const pod = z.tuple([
  z.string(),
  flag,
  flag,
  z.number(),
  z.number().nullable(),
  optionalMilli,
  optionalMilli,
  optionalMilli,
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
  ticks: z.array(
    z.object({
      t: z.number(),
      load: z.number().nullable().optional(),
      specReplicas: z.number().int().min(0),
      statusReplicas: z.number().int().min(0),
      pods: z.array(pod),
      p95Milli: optionalMilli,
      queueMilli: optionalMilli,
    }),
  ),
});

export type Trace = z.output<typeof traceSchema>;
export type TraceTick = Trace["ticks"][number];
export type TracePod = TraceTick["pods"][number];

/** @param lineNumber from 1, for the error @returns the trace, or every problem of the line in one sentence */
export function parseTrace(line: string, lineNumber: number): Result<Trace> {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    return failure(`line ${lineNumber}: not JSON: ${words}`);
  }
  const parsed = traceSchema.safeParse(document);
  if (!parsed.success) return failure(`line ${lineNumber}: ${sentences(parsed.error)}`);
  return success(parsed.data);
}

const msOr = (seconds: number | undefined, otherwise: number): number =>
  seconds === undefined ? otherwise : seconds * 1000;

export function controllerOf({
  controller: flags = {},
}: Pick<Trace, "controller">): ControllerConfig {
  const { scaleUpLimitFactor, scaleUpLimitMinimum, tolerance } = flags;
  const standard = defaultController;
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
