/**
 * What `--baseline` and `--candidate` of `compare` and `gate` may name, runs, a promoted baseline or an earlier gate, and
 * whether two of them can be compared.
 */
import type { InterimAnalysis } from "../domain/comparison.ts";
import path from "node:path";
import {
  differencesOf,
  differenceText,
  isTrait,
  traits,
  type RunDifference,
} from "../../analysis/comparison/comparability.ts";
import { isUsable, memberOf, type GateMember } from "../../analysis/comparison/gate-members.ts";
import type { GateArm, GateDocument, GateQuick } from "../../reports/gate/document.ts";
import { Problems } from "../config/problems.ts";
import { HeadroomError, UsageError } from "../domain/errors.ts";
import { gateFiles, type GateMemory } from "../gate.ts";
import { checkFresh, readBaseline } from "../store/baselines.ts";
import { readJudgeableRun } from "../store/judgeable-run.ts";
import { storedRunDirectory } from "../store/run-directory.ts";
import { readStoredGate } from "../gate/stored-gate.ts";
import { runsRoot } from "./context.ts";
import { say, type Io } from "./io.ts";
import { namedRunDirectory, outcomeLines, refuseRepeated } from "./named-runs.ts";
import { listOf, oneOf, option } from "./options.ts";

export const allowOption = option(
  listOf(oneOf(Object.keys(traits).filter(isTrait), { shown: "DIFFERENCE", noun: "difference" })),
  "compare runs although they differ in these",
);

export interface RunSet {
  readonly label: string;
  readonly members: readonly GateMember[];
  /** Where the set is an arm of a gate: what that gate had planned, and knew besides its pairs. */
  readonly gate?: EarlierGate;
}

interface EarlierGate extends GateMemory {
  readonly id: string;
  readonly analyses: readonly InterimAnalysis[];
  readonly control?: readonly GateMember[];
}

interface SetSource {
  readonly root: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** An older reference may have expired: it is pinned on purpose. */
  readonly mayBeExpired?: boolean;
  /** A name might have been meant as a file of values. */
  readonly mayBeFile?: boolean;
}

export interface TwoSets {
  readonly baseline: RunSet;
  readonly candidate: RunSet;
  readonly differences: readonly RunDifference[];
}

interface NamedSets extends Pick<SetSource, "mayBeFile"> {
  readonly baseline: string;
  readonly candidate: string;
  readonly paired?: boolean;
  /** Traits in which they may differ. */
  readonly allow?: readonly string[] | undefined;
  readonly runs?: string | undefined;
}

/**
 * Both sides of a comparison, which can be compared; what differs is said before any number.
 * @throws as `readBoth`, `checkSets` and `refuseUnlike` do
 */
export function readTwoSets(named: NamedSets, io: Io): TwoSets {
  const allowed = new Set<string>(named.allow);
  const { baseline, candidate } = readBoth(named, io);
  checkSets(baseline, candidate, named.paired);
  const differences = differencesBetween(baseline, candidate);
  for (const difference of differences) say(io, `differs: ${differenceText(difference)}`);
  refuseUnlike(differences, allowed);
  return { baseline, candidate, differences };
}

/** @throws as `readRunSet` does, for both at once */
export function readBoth(
  named: Pick<NamedSets, "baseline" | "candidate" | "mayBeFile" | "runs">,
  io: Io,
): Omit<TwoSets, "differences"> {
  const source = { root: runsRoot(named, io), now: io.now(), mayBeFile: named.mayBeFile };
  const problems = new Problems();
  const baseline = problems.attempt(() => readRunSet(named.baseline, "baseline", source));
  const candidate = problems.attempt(() => readRunSet(named.candidate, "candidate", source));
  problems.raise((message) => new UsageError(message, { code: "bad-runs" }));
  if (baseline === undefined || candidate === undefined)
    throw new Error("a set of runs that was refused must have been reported");
  return { baseline, candidate };
}

/** @throws UsageError for differences that nobody allowed */
function refuseUnlike(differences: readonly RunDifference[], allowed: ReadonlySet<string>): void {
  const refused = differences.map(({ trait }) => trait).filter((trait) => !allowed.has(trait));
  if (refused.length === 0) return;
  throw new UsageError(`the runs are not comparable: they differ in ${refused.join(", ")}`, {
    code: "not-comparable",
    hint: `Compare like with like, or accept the difference by name: --allow ${[...allowed, ...refused].join(",")}`,
  });
}

export const differencesBetween = (
  baseline: Pick<RunSet, "members">,
  candidate: Pick<RunSet, "members">,
): RunDifference[] =>
  differencesOf(
    baseline.members.map(({ run }) => run),
    candidate.members.map(({ run }) => run),
  );

const baselinePrefix = "baseline:";

/**
 * @param arm which side of a gate is meant where a gate is named
 * @throws UsageError where a run is named that does not exist, ConfigError for an unknown or expired baseline,
 * StoreError for a run that cannot be judged any more
 */
function readRunSet(reference: string, arm: "baseline" | "candidate", source: SetSource): RunSet {
  const { root, now } = source;
  if (reference.startsWith(baselinePrefix)) {
    const baseline = readBaseline(root, reference.slice(baselinePrefix.length));
    if (source.mayBeExpired !== true) checkFresh(baseline, now);
    const members = storedMembers(baseline.current.runs, root);
    return { label: `baseline ${baseline.name} (promoted ${baseline.current.at})`, members };
  }
  const names = reference.split(",").filter((name) => name !== "");
  const directories = names.map((name) => directoryOf(name, source));
  const gate = directories.length === 1 ? readGate(directories[0] ?? "") : undefined;
  if (gate !== undefined) {
    const { document, root: gateRoot } = gate;
    const members = armMembers(document[arm], gateRoot);
    return { label: document[arm].label, members, gate: earlierGate(document, gateRoot) };
  }
  const members = directories.map((directory) => memberOf(readJudgeableRun(directory)));
  return { label: `${members.length} stored run${members.length === 1 ? "" : "s"}`, members };
}

/** Runs that are named on purpose, whatever their age: a baseline of theirs may have expired. @throws as `readRunSet` does */
export const readPinned = (
  name: string,
  options: { readonly runs?: string | undefined },
  io: Io,
): RunSet =>
  readRunSet(name, "baseline", {
    root: runsRoot(options, io),
    now: io.now(),
    mayBeExpired: true,
  });

function earlierGate(document: GateDocument, root: string): EarlierGate {
  const { id, analyses, control, quick, ending } = document;
  return {
    id,
    analyses,
    control: control === undefined ? undefined : armMembers(control, root),
    quick: quick === undefined ? undefined : quickMemory(quick, root),
    ending,
  };
}

const quickMemory = (
  { services, objectivesRun }: GateQuick,
  root: string,
): NonNullable<GateMemory["quick"]> => {
  const [member] = objectivesRun === undefined ? [] : storedMembers([objectivesRun.id], root);
  return { services, objectivesRun: member };
};

const armMembers = ({ runs }: GateArm, root: string): GateMember[] =>
  storedMembers(
    runs.map(({ id }) => id),
    root,
  );

/** Ids from a stored file: names of directories below the root, and nothing else. */
const storedMembers = (ids: readonly string[], root: string): GateMember[] =>
  ids.map((id) => memberOf(readJudgeableRun(storedRunDirectory(root, id))));

const directoryOf = (name: string, { root, mayBeFile = false }: SetSource): string =>
  namedRunDirectory(root, name, {
    before: mayBeFile ? "neither a file nor a run: " : "",
    hint: `Name ${mayBeFile ? "a file of values, or " : ""}run ids or directories separated by commas, a gate, or baseline:NAME; --runs names another root.`,
  });

function readGate(directory: string): { document: GateDocument; root: string } | undefined {
  const document = readStoredGate(path.join(directory, gateFiles.document));
  return document === undefined ? undefined : { document, root: path.dirname(directory) };
}

/**
 * @throws UsageError where a side is empty, a run stands twice, or pairs do not come out even
 * @throws HeadroomError (exit status 3) for runs that cannot be judged
 */
function checkSets(baseline: RunSet, candidate: RunSet, paired = false): void {
  const isAgain = baseline.gate !== undefined && candidate.gate?.id === baseline.gate.id;
  // An unhealthy candidate got no pairs; its gate can be judged again all the same.
  const mayBeEmpty = isAgain && baseline.gate.quick !== undefined;
  const problems = new Problems();
  for (const [name, { members }] of Object.entries({ baseline, candidate }))
    if (members.length === 0 && !mayBeEmpty) problems.add(`--${name} names no run`);
  const members = [...baseline.members, ...candidate.members];
  refuseRepeated(
    members.map(({ run }) => run.id),
    problems,
  );
  const [from, to] = [baseline.members.length, candidate.members.length];
  if (paired && from !== to) problems.add(`--paired: ${from} runs against ${to} make no pairs`);
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  // An unusable run of an earlier gate was reported there, and its pair is left out here as it was there.
  if (isAgain) return;
  const unusable = members.filter((member) => !isUsable(member));
  if (unusable.length === 0) return;
  throw new HeadroomError(outcomeLines(unusable), {
    code: "unusable-run",
    hint: "Only valid, complete runs are compared; leave these out or run them again.",
  });
}
