import { dayMs } from "../../domain/units.ts";
import path from "node:path";
import { differencesOf, differenceText } from "../../../analysis/comparison/comparability.ts";
import { memberOf, type GateMember } from "../../../analysis/comparison/gate-members.ts";
import { Problems } from "../../config/problems.ts";
import { parseDuration, within } from "../../domain/quantity.ts";
import { HeadroomError, UsageError } from "../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import {
  isBaselineName,
  isExpired,
  listBaselineNames,
  readBaseline,
  writeBaseline,
  type Baseline,
} from "../../store/baselines.ts";
import { readJudgeableRun } from "../../store/judgeable-run.ts";
import { defineCommand, type Checked, type Values } from "../command.ts";
import { runsRoot } from "../context.ts";
import { gitAnswer, gitUser } from "../git.ts";
import { say, type Io } from "../io.ts";
import { chosenRunDirectory, outcomeLines, refuseRepeated } from "../named-runs.ts";
import { duration, oneOf, option, string } from "../options.ts";
import { jsonOption, runsOption } from "../run-options.ts";

/** Ten years. */
const longestExpiryMs = 3650 * dayMs;

const expiry = {
  ...duration,
  parse: within(
    parseDuration,
    (ms) => ms <= longestExpiryMs,
    `a duration of at most ${longestExpiryMs / dayMs} days`,
  ),
};

const options = {
  reason: option(string("TEXT"), "promote: why these runs are the baseline"),
  expires: option(expiry, "promote: how long they stand for what is normal", { default: "30d" }),
  by: option(string("WHO"), "promote: who decides it (default: git's user, or USER)"),
  runs: runsOption,
  json: jsonOption,
};
type BaselineValues = Values<typeof options>;

const action = oneOf(["promote", "list", "show"], { noun: "action" });

const runNames = (words: readonly string[]): readonly string[] =>
  words.flatMap((word) => word.split(",")).filter((run) => run !== "");

export const baselineCommand = defineCommand({
  name: "baseline",
  positionals: ["<promote|list|show>", "[name]", "[run …]"],
  options,
  examples: [
    'headroom baseline promote release-41 RUN RUN RUN --reason "release 41 is live" --expires 14d',
    'headroom baseline promote release-41 RUN,RUN,RUN --reason "the same, with commas"',
    "headroom baseline list",
    "headroom baseline show release-41 --json",
  ],
  check,
  checkFiles: ({ positionals: [what, name, ...runs], options: values }, io, problems) => {
    const root = runsRoot(values, io);
    if (what === "promote")
      for (const run of runNames(runs))
        problems.attempt(() => readJudgeableRun(chosenRunDirectory(root, run)));
    if (what === "show" && name !== undefined) problems.attempt(() => readBaseline(root, name));
  },
  run: async ({ positionals: [what, name = "", ...runs], options: values }, io) => {
    if (what === "promote") return promote(name, runNames(runs), values, io);
    const root = runsRoot(values, io);
    return what === "list" ? list(root, values, io) : show(readBaseline(root, name), values, io);
  },
});

function check(
  { positionals: [what = "", ...words], options: { reason = "" } }: Checked<typeof options>,
  problems: Problems,
): void {
  const known = problems.take("action", action.parse(what, {}));
  // Only `promote` takes runs.
  const surplus = known === "promote" ? undefined : words[known === "list" ? 0 : 1];
  if (known !== undefined && surplus !== undefined)
    problems.add(`unexpected "${surplus}" after baseline ${known}`);
  if (known !== "promote") return;
  const [name = "", ...runs] = words;
  if (!isBaselineName(name))
    problems.add(
      `"${name}" is no name for a baseline: lower-case letters, digits, dots and dashes, 64 at most`,
    );
  if (runNames(runs).length === 0)
    problems.add("no run is named: headroom baseline promote NAME RUN RUN …");
  if (reason === "") problems.add("--reason is missing: say why these runs are the baseline");
}

function promote(
  name: string,
  runs: readonly string[],
  values: BaselineValues,
  io: Io,
): ExitStatus {
  const root = runsRoot(values, io);
  const directories = runs.map((run) => chosenRunDirectory(root, run));
  refuseElsewhere(directories, root);
  const members = directories.map((directory) => memberOf(readJudgeableRun(directory)));
  checkMembers(members);
  const [first] = members;
  if (first === undefined) return exitStatus.usage;
  const { plan, hashes } = first.run;
  const commit = gitAnswer(io, "rev-parse", "HEAD");
  const now = io.now();
  const file = writeBaseline(root, {
    schemaVersion: 1,
    kind: "baseline",
    name,
    profile: plan.profile,
    environment: plan.environment,
    planHash: hashes.plan,
    scenarioHash: hashes.scenario,
    current: {
      by: values.by ?? gitUser(io) ?? io.env["USER"] ?? "unknown",
      at: new Date(now).toISOString(),
      expires: new Date(now + values.expires).toISOString(),
      reason: values.reason ?? "",
      commit,
      runs: members.map(({ run }) => run.id),
    },
  });
  if (members.length < 5)
    say(
      io,
      `warning: a gate needs at least 5 runs on each side; this baseline has ${members.length}`,
    );
  say(io, `Promoted ${members.length} runs to ${name}: ${path.relative(io.cwd, file)}`);
  return values.json ? show(readBaseline(root, name), values, io) : exitStatus.pass;
}

/** A baseline keeps ids, which are looked up under the runs' root. @throws UsageError naming every run that lies elsewhere */
function refuseElsewhere(directories: readonly string[], root: string): void {
  const problems = new Problems();
  for (const directory of directories)
    if (path.resolve(path.dirname(directory)) !== path.resolve(root))
      problems.add(`${directory} lies outside ${root}: name its root with --runs`);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
}

/** @throws HeadroomError (exit status 3) where a run did not pass; UsageError where the runs are unlike */
function checkMembers(members: readonly GateMember[]): void {
  const problems = new Problems();
  refuseRepeated(
    members.map(({ run }) => run.id),
    problems,
    "it counts once",
  );
  const records = members.map(({ run }) => run);
  for (const difference of differencesOf(records, records))
    problems.add(`the runs differ among themselves: ${differenceText(difference)}`);
  problems.raise((message) => new UsageError(message, { code: "not-comparable" }));
  const refused = members.filter(({ outcome }) => outcome !== "pass");
  if (refused.length === 0) return;
  throw new HeadroomError(outcomeLines(refused), {
    code: "not-promotable",
    hint: "Only valid runs that pass become a baseline; leave these out or run them again.",
  });
}

function list(root: string, { json }: BaselineValues, io: Io): ExitStatus {
  const baselines = listBaselineNames(root).map((name) => readBaseline(root, name));
  if (json) {
    const documents = baselines.map((baseline) => withAge(baseline, io.now()));
    io.stdout.write(
      `${toJson({ schemaVersion: 1, kind: "baselines", baselines: documents }, 2)}\n`,
    );
    return exitStatus.pass;
  }
  if (baselines.length === 0) say(io, "No baseline yet: headroom baseline promote NAME RUN …");
  for (const baseline of baselines) io.stdout.write(`${lineOf(baseline, io.now())}\n`);
  return exitStatus.pass;
}

function show(baseline: Baseline, { json }: BaselineValues, io: Io): ExitStatus {
  if (json) {
    io.stdout.write(`${toJson(withAge(baseline, io.now()), 2)}\n`);
    return exitStatus.pass;
  }
  const { current, profile, environment, planHash, scenarioHash, earlier } = baseline;
  io.stdout.write(
    [
      lineOf(baseline, io.now()),
      `  by        ${current.by}${current.commit === undefined ? "" : ` at commit ${current.commit.slice(0, 12)}`}`,
      `  when      ${current.at}`,
      `  expires   ${current.expires}`,
      `  reason    ${current.reason}`,
      `  profile   ${profile} on ${environment}, plan ${planHash.slice(0, 12)}, scenario ${scenarioHash.slice(0, 12)}`,
      ...current.runs.map((run) => `  run       ${run}`),
      ...earlier.map(({ at, by, reason }) => `  earlier   ${at} by ${by}: ${reason}`),
      "",
    ].join("\n"),
  );
  return exitStatus.pass;
}

const ageDays = ({ current }: Baseline, now: number): number =>
  Math.floor((now - Date.parse(current.at)) / dayMs);

const withAge = (baseline: Baseline, now: number) => ({
  ...baseline,
  ageDays: ageDays(baseline, now),
  expired: isExpired(baseline, now),
});

function lineOf(baseline: Baseline, now: number): string {
  const { name, profile, current } = baseline;
  const state = isExpired(baseline, now) ? "EXPIRED" : `until ${current.expires.slice(0, 10)}`;
  return `${name}  ${current.runs.length} runs of ${profile}, ${ageDays(baseline, now)} days old, ${state}`;
}
