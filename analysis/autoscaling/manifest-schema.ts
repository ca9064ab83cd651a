/** Checks of what comes from outside as an HPA (manifest, recorded trace), with errors that name field and value. */
import { z } from "zod";
import { parseMilli } from "../../src/domain/kubernetes-quantity.ts";
import { failure, success } from "./types.ts";
import type { HpaSpec, Result } from "./types.ts";

const quantity = z
  .union([z.string(), z.number()])
  .refine(
    (text) => parseMilli(text) !== undefined,
    "expected a Kubernetes quantity such as 200m, 1k or 512Mi",
  );
const count = z.number().int().min(0);

const target = z.object({
  type: z.string().optional(),
  value: quantity.optional(),
  averageValue: quantity.optional(),
  averageUtilization: z.number().int().min(1).optional(),
});
const named = z.object({ name: z.string(), selector: z.unknown().optional() });
const reference = z.object({ kind: z.string().optional(), name: z.string().optional() });

/** Types that autoscaling/v2 does not know pass: the controller's answer to them is InvalidMetricSourceType. */
const metric = z.object({
  type: z.string(),
  resource: z.object({ name: z.string(), target }).optional(),
  containerResource: z.object({ name: z.string(), container: z.string(), target }).optional(),
  pods: z.object({ metric: named, target }).optional(),
  object: z.object({ metric: named, target, describedObject: reference.optional() }).optional(),
  external: z.object({ metric: named, target }).optional(),
});

const rules = z.object({
  policies: z
    .array(
      z.object({
        type: z.enum(["Pods", "Percent"]),
        value: z.number().int().min(1),
        periodSeconds: z.number().int().min(1).max(1800),
      }),
    )
    .optional(),
  selectPolicy: z.enum(["Max", "Min", "Disabled"]).optional(),
  stabilizationWindowSeconds: count.max(3600).optional(),
  tolerance: quantity.optional(),
});

export const hpaSpecSchema = z.object({
  scaleTargetRef: z.object({
    apiVersion: z.string().optional(),
    kind: z.string(),
    name: z.string(),
  }),
  minReplicas: count.optional(),
  maxReplicas: z.number().int().min(1),
  metrics: z.array(metric).optional(),
  behavior: z.object({ scaleUp: rules.optional(), scaleDown: rules.optional() }).optional(),
});

/** An HPA as Kubernetes keeps it. */
export interface HpaManifest {
  readonly name: string;
  readonly namespace: string;
  readonly spec: HpaSpec;
}

const manifestSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  spec: hpaSpecSchema,
});
const header = z.object({ apiVersion: z.string(), kind: z.string() });

/** @param document a parsed manifest @returns one sentence for each problem, joined, where it is not an HPA */
export function parseHpaManifest(document: unknown): Result<HpaManifest> {
  const kind = header.safeParse(document);
  if (!kind.success) return failure("not a Kubernetes object: it has no apiVersion and kind");
  if (kind.data.kind !== "HorizontalPodAutoscaler")
    return failure(`the manifest is a ${kind.data.kind}, expected a HorizontalPodAutoscaler`);
  if (kind.data.apiVersion !== "autoscaling/v2")
    return failure(
      `the HorizontalPodAutoscaler is ${kind.data.apiVersion}, expected autoscaling/v2: convert it first (kubectl get hpa.v2.autoscaling NAME -o json)`,
    );
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) return failure(sentences(parsed.error));
  const { metadata, spec } = parsed.data;
  return success({ name: metadata.name, namespace: metadata.namespace ?? "default", spec });
}

/** More problems than these would bury the sentence. */
const mostShown = 8;

/** Every problem with its place, in one line: `spec.maxReplicas: expected number, received string`. */
export function sentences(error: z.ZodError): string {
  const shown = error.issues.slice(0, mostShown).map(({ path, message }) => {
    const place = path.map(String).join(".");
    const words = message.replace("Invalid input: ", "");
    return place === "" ? words : `${place}: ${words}`;
  });
  const more = error.issues.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
