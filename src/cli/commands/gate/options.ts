import { gateLooks, quickLooks, type Look } from "../../../../analysis/comparison/judge-gate.ts";
import { Problems } from "../../../config/problems.ts";
import { parseDuration, parseShare } from "../../../config/quantity.ts";
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
const onlyLive = ["null", "pairs", "quick", "max-duration", "profile", "rate", "duration"] as const;

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
    for (const name of [...fromStore, ...fromTargets])
      problems.add(`--plan sends nothing: --${name} has no meaning`);
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
  if (args.flag("quick") && args.flag("pairs"))
    problems.add("--quick and --pairs exclude each other");
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
