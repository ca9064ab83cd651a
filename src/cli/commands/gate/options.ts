/** Options of `headroom gate`, of all its modes, and which of them go together. */
import type { InterimAnalysis } from "../../../domain/comparison.ts";
import { gateAnalyses, quickAnalyses } from "../../../../analysis/comparison/judge-gate.ts";
import type { Problems } from "../../../config/problems.ts";
import { withoutUser } from "../../../config/hosts.ts";
import { surfaces } from "../../../domain/surface.ts";
import { minutes } from "../../../domain/units.ts";
import type { Checked, Values } from "../../command.ts";
import {
  duration,
  file,
  flag,
  innerShare,
  option,
  repeatable,
  string,
  wholeNumber,
} from "../../options.ts";
import { checkLoad, fault, loadOptions, target } from "../../run-options.ts";
import { allowOption } from "../../run-sets.ts";

export const gateOptions = {
  baseline: option(string("RUNS"), "stored runs: RUN,RUN,…, baseline:NAME, or an earlier gate"),
  candidate: option(string("RUNS"), "stored runs that are compared with it"),
  "baseline-target": repeatable(
    target,
    "live: where the baseline runs; its host must be allowed in the environment",
  ),
  "candidate-target": repeatable(target, "live: where the candidate runs"),
  sandbox: flag("live on the sandbox: baseline and candidate are the same (A/A)"),
  "sandbox-fault": repeatable(
    fault,
    "live on the sandbox: the candidate has this fault: latency=api:x1.2",
  ),
  "aa-control": flag("add an A/A control: a second baseline run in each block", {
    aliases: ["--null"],
  }),
  profile: option(string("NAME"), "profile of each run", { default: "gate" }),
  pairs: option(
    wholeNumber({ min: 1, max: 1000 }),
    "analyse once, after so many pairs (default: after 6, 8, 11, 15 and 20)",
  ),
  quick: flag(
    "post-deployment, 15 minutes: health of all services, all SLO checks, and 5 pairs that detect large regressions only",
  ),
  "max-duration": option(duration, "start no pair that would end later: 90m"),
  margin: option(innerShare, "the change that matters: 0.05 or 5%", { default: "5%" }),
  plan: flag("send nothing; estimate how many pairs and minutes an answer needs"),
  history: option(string("RUNS"), "for --plan: stored runs of one build"),
  reference: option(
    string("RUNS"),
    "also compare with this older baseline (baseline:NAME), to detect gradual regressions",
  ),
  bypass: option(file, "reviewed record that lets this blocked release pass"),
  "candidate-label": option(string("TEXT"), "name of the release, for the report and the bypass"),
  allow: allowOption,
  env: loadOptions.env,
  "env-file": loadOptions["env-file"],
  scenario: loadOptions.scenario,
  rate: loadOptions.rate,
  duration: loadOptions.duration,
  "warm-up": loadOptions["warm-up"],
  share: loadOptions.share,
  runners: loadOptions.runners,
  on: loadOptions.on,
  mix: loadOptions.mix,
  "mix-left-out": loadOptions["mix-left-out"],
  approval: loadOptions.approval,
  "stop-file": loadOptions["stop-file"],
  seed: loadOptions.seed,
  k6: loadOptions.k6,
  annotate: loadOptions.annotate,
  "reports-url": loadOptions["reports-url"],
  runs: loadOptions.runs,
  json: loadOptions.json,
  open: loadOptions.open,
  live: loadOptions.live,
};
export type GateValues = Values<typeof gateOptions>;
type Flag = keyof typeof gateOptions;

export interface GateRequest extends GateValues {
  readonly analyses: readonly InterimAnalysis[];
  readonly maxDurationMs?: number | undefined;
}

const quickMs = minutes(15);
/** A single analysis may spend all of α. */
const singleAnalysisAlpha = 0.05;

/** What the flags come to. */
export const readGate = (values: GateValues): GateRequest => ({
  ...values,
  analyses: analysesOf(values),
  maxDurationMs: values.maxDuration ?? (values.quick ? quickMs : undefined),
});

function analysesOf({ pairs, quick }: GateValues): readonly InterimAnalysis[] {
  if (pairs !== undefined) return [{ pairs, alpha: singleAnalysisAlpha }];
  return quick ? quickAnalyses : gateAnalyses;
}

const stored = ["baseline", "candidate"] as const;
const live = ["baseline-target", "candidate-target", "sandbox-fault", "sandbox"] as const;
const onlyLive = [
  "aa-control",
  "pairs",
  "quick",
  "max-duration",
  "profile",
  "scenario",
  "env",
  "env-file",
  "rate",
  "duration",
  "warm-up",
  "share",
  "runners",
  "on",
  "approval",
  "seed",
  "k6",
  "live",
] as const;
/** A plan reads the history, and knows margin and analyses. */
const notForPlan = [
  ...onlyLive.filter((name) => name !== "pairs" && name !== "quick"),
  "reference" as const,
  "bypass" as const,
  "candidate-label" as const,
  "allow" as const,
  "open" as const,
];

export function checkGate(args: Checked<typeof gateOptions>, problems: Problems): void {
  checkKinds(args, problems);
  checkTargets(args.options, problems);
  if (args.isGiven("quick") && args.isGiven("pairs"))
    problems.add("--quick and --pairs exclude each other");
  if (isLive(args)) checkLoad(args.options.profile ?? "gate", args.options, problems);
}

/** Whether it makes its runs: two targets, or the sandbox with and without a fault. */
export const isLive = ({ isGiven }: Pick<Checked, "isGiven">): boolean =>
  live.some((name) => isGiven(name));

/** Flags that would say nothing: passing them over would hide a mistake. */
function checkKinds({ isGiven }: Checked<typeof gateOptions>, problems: Problems): void {
  const given = (names: readonly Flag[]) => names.filter((name) => isGiven(name));
  const [fromStore, fromTargets] = [given(stored), given(live)];
  const targets = given(["baseline-target", "candidate-target"]);
  const sandbox = given(["sandbox", "sandbox-fault"]);
  if (isGiven("plan")) {
    if (!isGiven("history")) problems.add("--plan needs --history: stored runs of one build");
    for (const name of [...fromStore, ...fromTargets, ...given(notForPlan)])
      problems.add(`--plan sends nothing: --${name} has no meaning`);
    return;
  }
  if (isGiven("history")) problems.add("--history is for --plan");
  if (fromStore.length > 0 && fromTargets.length > 0)
    problems.add(
      `--${fromStore[0] ?? ""} names stored runs, --${fromTargets[0] ?? ""} makes new ones: choose one`,
    );
  if (targets.length > 0 && sandbox.length > 0)
    problems.add(
      `--${sandbox[0] ?? ""} is for the sandbox, --${targets[0] ?? ""} for targets of your own`,
    );
  if (targets.length === 1)
    problems.add(
      `--${targets[0] ?? ""} needs its counterpart: both arms have targets of their own`,
    );
  if (fromTargets.length === 0 && fromStore.length > 0)
    for (const name of given(onlyLive))
      problems.add(`--${name} is for live gates; stored runs are there already`);
  if (fromTargets.length > 0 && isGiven("allow"))
    problems.add("--allow is for stored runs: both arms of a live gate have one plan");
}

/** A surface that one arm leaves to the environment, or that both share, is no part of the release. */
function checkTargets(
  { baselineTarget = [], candidateTarget = [] }: Checked<typeof gateOptions>["options"],
  problems: Problems,
): void {
  if (baselineTarget.length === 0 || candidateTarget.length === 0) return;
  const [from, to] = [new Map(baselineTarget), new Map(candidateTarget)];
  for (const surface of surfaces.filter((each) => from.has(each) !== to.has(each)))
    problems.add(`${surface} has a target in one arm only: name it for both, or for neither`);
  for (const [surface, url] of from)
    if (to.get(surface) === url)
      problems.add(
        `${surface}=${withoutUser(url)} is baseline and candidate: a release compared with itself proves nothing (--aa-control runs the baseline twice beside a candidate)`,
      );
}
