import { gateLooks, quickLooks, type Look } from "../../../../analysis/comparison/judge-gate.ts";
import { withoutUser } from "../../../config/hosts.ts";
import { Problems } from "../../../config/problems.ts";
import { parseDuration, parseShare } from "../../../domain/quantity.ts";
import { UsageError } from "../../../domain/errors.ts";
import { minutes } from "../../../domain/units.ts";
import type { Arguments } from "../../command.ts";

export interface GateOptions {
  readonly baseline?: string;
  readonly candidate?: string;
  readonly history?: string;
  readonly reference?: string;
  readonly bypassFile?: string;
  readonly margin: number;
  readonly looks: readonly Look[];
  readonly isQuick: boolean;
  readonly maxDurationMs?: number;
}

const quickMs = minutes(15);
/** One look alone may spend all of α. */
const singleLookAlpha = 0.05;

const stored = ["baseline", "candidate"] as const;
const live = ["baseline-target", "candidate-target", "sandbox-fault", "sandbox"] as const;
const onlyLive = [
  "null",
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
  "approval",
  "seed",
  "k6",
] as const;
/** A plan reads the history, and knows margin and looks. */
const notForPlan = [
  ...onlyLive.filter((name) => name !== "pairs" && name !== "quick"),
  "reference",
  "bypass",
  "candidate-label",
  "allow",
  "open",
];

/** @throws UsageError with everything that is wrong in the flags of the gate itself */
export function readGateOptions(args: Arguments): GateOptions {
  const problems = new Problems();
  checkKinds(args, problems);
  const margin = marginOf(args, problems);
  const isQuick = args.flag("quick");
  const looks = looksOf(args, isQuick, problems);
  const time = args.value("max-duration");
  const maxDurationMs =
    time === undefined
      ? isQuick
        ? quickMs
        : undefined
      : problems.take("--max-duration", parseDuration(time));
  problems.raise(
    (message) => new UsageError(message, { code: "usage", hint: "headroom gate --help" }),
  );
  const texts = {
    baseline: args.value("baseline"),
    candidate: args.value("candidate"),
    history: args.value("history"),
    reference: args.value("reference"),
    bypassFile: args.value("bypass"),
    maxDurationMs,
  };
  const given = Object.fromEntries(
    Object.entries(texts).filter(([, value]) => value !== undefined),
  );
  return { ...given, margin, looks, isQuick };
}

/** Flags that would say nothing: passing them over would hide a mistake. */
function checkKinds(args: Arguments, problems: Problems): void {
  const given = (names: readonly string[]) => names.filter((name) => args.flag(name));
  const [fromStore, fromTargets] = [given(stored), given(live)];
  const targets = given(["baseline-target", "candidate-target"]);
  const sandbox = given(["sandbox", "sandbox-fault"]);
  if (args.flag("plan")) {
    if (!args.flag("history")) problems.add("--plan needs --history: stored runs of one build");
    for (const name of [...fromStore, ...fromTargets, ...given(notForPlan)])
      problems.add(`--plan sends nothing: --${name} has no meaning`);
    refuseQuickPairs(args, problems);
    return;
  }
  if (args.flag("history")) problems.add("--history is for --plan");
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
  if (fromTargets.length > 0 && args.flag("allow"))
    problems.add("--allow is for stored runs: both arms of a live gate have one plan");
  checkTargets(args, problems);
  refuseQuickPairs(args, problems);
}

function refuseQuickPairs(args: Arguments, problems: Problems): void {
  if (args.flag("quick") && args.flag("pairs"))
    problems.add("--quick and --pairs exclude each other");
}

/** A surface that one arm leaves to the environment, or that both share, is no part of the release. */
function checkTargets(args: Arguments, problems: Problems): void {
  const [from, to] = [args.values("baseline-target"), args.values("candidate-target")];
  if (from.length === 0 || to.length === 0) return;
  const [one, other] = [from, to].map((texts) => texts.map((text) => text.split("=")[0] ?? ""));
  const lonely = (one ?? [])
    .filter((surface) => other?.includes(surface) === false)
    .concat((other ?? []).filter((surface) => one?.includes(surface) === false));
  for (const surface of lonely)
    problems.add(
      `${withoutUser(surface)} has a target in one arm only: name it for both, or for neither`,
    );
  for (const target of from.filter((text) => to.includes(text)))
    problems.add(
      `${withoutUser(target)} is baseline and candidate: a release compared with itself proves nothing (--null runs the baseline twice beside a candidate)`,
    );
}

function marginOf(args: Arguments, problems: Problems): number {
  const text = args.value("margin");
  if (text === undefined) return 0.05;
  const share = problems.take("--margin", parseShare(text));
  if (share === 0 || share === 1) problems.add(`--margin: "${text}" has to lie between 0 and 1`);
  return share ?? 0.05;
}

function looksOf(args: Arguments, isQuick: boolean, problems: Problems): readonly Look[] {
  const text = args.value("pairs");
  if (text === undefined) return isQuick ? quickLooks : gateLooks;
  const pairs = Number(text);
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > 1000)
    problems.add(`--pairs: "${text}" is not a whole number from 1 to 1000`);
  return [{ pairs, alpha: singleLookAlpha }];
}
