import { formatRatio, percent } from "../../../domain/number-text.ts";
import { historyNoise } from "../../../../analysis/comparison/gate-history.ts";
import { isUsable } from "../../../../analysis/comparison/gate-members.ts";
import { planGate } from "../../../../analysis/comparison/plan-gate.ts";
import { HeadroomError } from "../../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../../domain/exit-status.ts";
import { toJson } from "../../../domain/json.ts";
import { say, type Io } from "../../io.ts";
import type { GateRequest } from "./options.ts";
import { readPinned } from "../../run-sets.ts";

/** How many pairs, and minutes, an answer needs with the noise of these runs. Sends nothing. */
export function planFromHistory(
  { history = "", analyses, margin, runs, json }: GateRequest,
  io: Io,
): ExitStatus {
  const { members } = readPinned(history, { runs }, io);
  const usable = members.filter(isUsable);
  const { metrics, unknown, runMs } = historyNoise(usable, margin);
  if (metrics.length === 0 || unknown.length > 0)
    throw new HeadroomError(
      `${usable.length} usable runs of ${members.length} do not show the noise of ${unknown.join(", ") || "any metric"}: 3 runs are the fewest, 10 make an answer`,
      {
        code: "too-little-history",
        hint: "Make more runs of one build: headroom run gate --repeat 10",
      },
    );
  const plan = planGate({ metrics, margin, analyses, runMs });
  if (json) {
    io.stdout.write(
      `${toJson({ schemaVersion: 2, kind: "gate-plan", runs: usable.length, noise: metrics, ...plan }, 2)}\n`,
    );
    return exitStatus.pass;
  }
  for (const { id, noise } of metrics.toSorted((a, b) => b.noise - a.noise))
    io.stdout.write(`${id.padEnd(22)} ${percent(noise)} noise from run to run\n`);
  for (const analysis of plan.analyses)
    io.stdout.write(
      `analysis at ${String(analysis.pairs).padStart(3)} pairs      a release that changed nothing passes with ${percent(analysis.chanceToPass)}, +10 % fails with ${percent(analysis.chanceToFail)}, smallest detectable ratio ${formatRatio(analysis.minimumDetectableRatio)}\n`,
    );
  if (usable.length < 10)
    say(
      io,
      `warning: noise estimated from ${usable.length} runs; use 10 or more for a reliable estimate`,
    );
  say(io, plan.sentence);
  return exitStatus.pass;
}
