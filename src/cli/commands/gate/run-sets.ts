/** What `--baseline` and `--candidate` may name: runs, a promoted baseline, an earlier gate. */
import path from "node:path";
import {
  isUsable,
  memberOf,
  type GateMember,
} from "../../../../analysis/comparison/gate-members.ts";
import type { Look } from "../../../../analysis/comparison/judge-gate.ts";
import type { GateArm, GateDocument, GateQuick } from "../../../../reports/gate/document.ts";
import { Problems } from "../../../config/problems.ts";
import { HeadroomError, UsageError } from "../../../domain/errors.ts";
import { gateFiles, type GateMemory } from "../../../gate.ts";
import { checkFresh, readBaseline } from "../../../store/baselines.ts";
import { readJudgeableRun } from "../../../store/judgeable-run.ts";
import { storedRunDirectory } from "../../../store/run-directory.ts";
import { readStoredGate } from "../../../stored-gate.ts";
import { namedRunDirectory, outcomeLines, refuseRepeated } from "../../named-runs.ts";

export interface RunSet {
  readonly label: string;
  readonly members: readonly GateMember[];
  /** Where the set is an arm of a gate: what that gate had planned, and knew besides its pairs. */
  readonly gate?: EarlierGate;
}

interface EarlierGate extends GateMemory {
  readonly id: string;
  readonly looks: readonly Look[];
  readonly nullArm?: readonly GateMember[];
}

export interface SetSource {
  readonly root: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** An older reference may have expired: it is pinned on purpose. */
  readonly mayBeExpired?: boolean;
}

const baselinePrefix = "baseline:";

/**
 * @param arm which side of a gate is meant where a gate is named
 * @throws UsageError where a run is named that does not exist, ConfigError for an unknown or expired baseline,
 * StoreError for a run that cannot be judged any more
 */
export function readRunSet(
  reference: string,
  arm: "baseline" | "candidate",
  source: SetSource,
): RunSet {
  const { root, now } = source;
  if (reference.startsWith(baselinePrefix)) {
    const baseline = readBaseline(root, reference.slice(baselinePrefix.length));
    if (source.mayBeExpired !== true) checkFresh(baseline, now);
    const members = storedMembers(baseline.current.runs, root);
    return { label: `baseline ${baseline.name} (promoted ${baseline.current.at})`, members };
  }
  const names = reference.split(",").filter((name) => name !== "");
  const gate = names.length === 1 ? readGate(names[0] ?? "", root) : undefined;
  if (gate !== undefined) {
    const { document, runsRoot } = gate;
    const members = armMembers(document[arm], runsRoot);
    return { label: document[arm].label, members, gate: earlierGate(document, runsRoot) };
  }
  const members = membersOf(names, root);
  return { label: `${members.length} stored run${members.length === 1 ? "" : "s"}`, members };
}

function earlierGate(document: GateDocument, root: string): EarlierGate {
  const { id, looks, nullArm, quick, ending } = document;
  return {
    id,
    looks,
    nullArm: nullArm === undefined ? undefined : armMembers(nullArm, root),
    quick: quick === undefined ? undefined : quickMemory(quick, root),
    ending,
  };
}

const quickMemory = (
  { services, budgetRun }: GateQuick,
  root: string,
): NonNullable<GateMemory["quick"]> => {
  const [member] = budgetRun === undefined ? [] : storedMembers([budgetRun.id], root);
  return { services, budgetRun: member };
};

const armMembers = ({ runs }: GateArm, root: string): GateMember[] =>
  storedMembers(
    runs.map(({ id }) => id),
    root,
  );

/** Ids from a stored file: names of directories below the root, and nothing else. */
const storedMembers = (ids: readonly string[], root: string): GateMember[] =>
  ids.map((id) => memberOf(readJudgeableRun(storedRunDirectory(root, id))));

function membersOf(names: readonly string[], root: string): GateMember[] {
  return names.map((name) => memberOf(readJudgeableRun(directoryOf(name, root))));
}

function directoryOf(name: string, root: string): string {
  return namedRunDirectory(root, name, {
    hint: "Name run ids or directories separated by commas, a gate, or baseline:NAME; --runs names another root.",
  });
}

function readGate(
  name: string,
  root: string,
): { document: GateDocument; runsRoot: string } | undefined {
  const directory = directoryOf(name, root);
  const document = readStoredGate(path.join(directory, gateFiles.document));
  return document === undefined ? undefined : { document, runsRoot: path.dirname(directory) };
}

/**
 * @throws UsageError where a side is empty or a run stands twice
 * @throws HeadroomError (exit status 3) for runs that cannot be judged
 */
export function checkSets(baseline: RunSet, candidate: RunSet): void {
  const isAgain = baseline.gate !== undefined && candidate.gate?.id === baseline.gate.id;
  // An ill candidate got no pairs; its gate can be judged again all the same.
  if (isAgain && baseline.gate.quick !== undefined) return;
  const problems = new Problems();
  if (baseline.members.length === 0) problems.add("--baseline names no run");
  if (candidate.members.length === 0) problems.add("--candidate names no run");
  const members = [...baseline.members, ...candidate.members];
  refuseRepeated(
    members.map(({ run }) => run.id),
    problems,
  );
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  // An unusable run of an earlier gate was told there, and its pair is left out here as it was there.
  if (isAgain) return;
  const unusable = members.filter((member) => !isUsable(member));
  if (unusable.length === 0) return;
  throw new HeadroomError(outcomeLines(unusable), {
    code: "unusable-run",
    hint: "Only valid, complete runs are compared; leave these out or run them again.",
  });
}
