/** Why the parts of an experiment with the autoscaler are as long as they are: computed from the policy, never guessed. */
import { margins } from "../../analysis/autoscaling/checks/margins.ts";
import { completeBehaviour } from "../../analysis/autoscaling/behaviour.ts";
import { phaseLengths, travelMs } from "../../analysis/autoscaling/phase-lengths.ts";
import { mapPolicies } from "../../analysis/autoscaling/policy-mapping.ts";
import { defaultController } from "../../analysis/autoscaling/types.ts";
import { loadProfiles } from "../../profiles/load/index.ts";
import { autoscaling } from "../../profiles/platform/autoscaling.ts";
import { workloads } from "../../profiles/platform/workloads.ts";
import type { Plan } from "../domain/plan.ts";
import type { LoadProfile } from "../domain/profile.ts";

/** From the start of a container to Ready; the sandbox's median is 15 s after 3 s of pulling. */
const podReadyMs = 30_000;

interface Part {
  readonly phase: string;
  readonly neededMs: number;
  readonly why: string;
}

const inSeconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** What the specification's policy for the API needs, part by part, in the cluster's time. */
export function neededParts(): readonly Part[] {
  const { api } = workloads;
  const [mapped] = mapPolicies(autoscaling, { api });
  if (mapped === undefined) return [];
  const { spec } = mapped.hpa;
  const [from, to] = [api.minReplicas, api.maxReplicas];
  const { settleMs, climbMs, descendMs } = phaseLengths(spec, { from, to, podReadyMs });
  const windowMs =
    completeBehaviour(spec, defaultController)?.scaleDown.stabilisationMs ??
    defaultController.downscaleStabilisationMs;
  const reaction = `reaction ${inSeconds(margins.reactionMs)}, generator ${inSeconds(margins.loadGeneratorMs)}`;
  const way = (one: number, other: number): string =>
    `${inSeconds(travelMs(spec, { from: one, to: other }))} from ${one} to ${other} pods by the policy`;
  return [
    {
      phase: "settle",
      neededMs: settleMs,
      why: `scale-down window ${inSeconds(windowMs)} and ${inSeconds(margins.bufferMs)}: what earlier loads recommended is forgotten`,
    },
    {
      phase: "climb",
      neededMs: climbMs,
      why: `${reaction}, ${way(from, to)}, ${inSeconds(podReadyMs)} until the last pod is ready`,
    },
    {
      phase: "spike",
      neededMs: margins.reactionMs + margins.loadGeneratorMs,
      why: `${reaction}: long enough to be answered`,
    },
    {
      phase: "return",
      neededMs: descendMs,
      why: `scale-down window ${inSeconds(windowMs)}, ${reaction}, ${way(to, from)}, ${inSeconds(margins.bufferMs)}`,
    },
  ];
}

/** Lines for people; none where the profile does not follow the control plane. */
export function phaseReasons(plan: Plan): readonly string[] {
  const profile = Object.values<LoadProfile>(loadProfiles).find(
    ({ name }) => name === plan.profile,
  );
  if (profile?.isOfControlPlane !== true) return [];
  const scale = plan.timeScale ?? 1;
  const clock = Math.abs(scale - 1) < 0.01 ? "" : `; its clocks run ${round(scale)} times as fast`;
  const lines = neededParts().flatMap(({ phase, neededMs, why }) => {
    const part = plan.phases.find(({ name }) => name === phase);
    if (part === undefined) return [];
    const givenMs = part.durationMs * scale;
    const isShort = givenMs < neededMs - 1000;
    const given = isShort ? `, ${inSeconds(givenMs)} given: TOO SHORT to see it through` : "";
    return [`    ${phase.padEnd(8)} ${inSeconds(neededMs).padStart(7)}${given}  ${why}`];
  });
  return [
    `  the parts' lengths follow from the policy (seconds of the cluster${clock}):`,
    ...lines,
    "",
  ];
}

const round = (value: number): number => Number(value.toPrecision(3));
