/** `headroom doctor --contract URL|FILE`: what the scenarios use against what a target serves now, before any load. */
import { checkHosts, parseTarget } from "../../../config/hosts.ts";
import { Problems } from "../../../config/problems.ts";
import { apiUses } from "../../../contract/api-check.ts";
import { checkAnswers } from "../../../contract/check-answers.ts";
import { checkContracts, type ReadTarget } from "../../../contract/check-contract.ts";
import type {
  CheckedOperation,
  CheckedTarget,
  ContractDifference,
  ContractReport,
} from "../../../contract/contract-report.ts";
import { isUrl, readContractFile, readContractUrl } from "../../../contract/read-target.ts";
import type { Environment } from "../../../domain/environment.ts";
import { TargetError, UsageError } from "../../../domain/errors.ts";
import { exitStatus, type ExitStatus } from "../../../domain/exit-status.ts";
import { toJson } from "../../../domain/json.ts";
import { discoverIds, isLoadable } from "../../../platform/discover-ids.ts";
import { signInPool } from "../../../platform/sign-in-pool.ts";
import type { DoctorValues } from "./options.ts";
import type { Io } from "../../io.ts";
import { textTable } from "../../../../reports/kit/text-table.ts";
import { checkedEnvironment, signInOptions } from "./environment.ts";

export async function compareContracts(values: DoctorValues, io: Io): Promise<ExitStatus> {
  const environment = checkedEnvironment(values, io);
  const targets = await readTargets(values.contract, environment, io);
  const report = await checkContracts(targets, apiUses(), (target) =>
    answersOf(target, environment, io),
  );
  io.stdout.write(values.json ? `${toJson(report, 2)}\n` : contractText(report));
  return statuses[report.outcome];
}

/** Any three identities in a row hold one of each role. */
const fewIdentities = 3;

/** The platform's answers, read as a few of the environment's identities. */
async function answersOf(target: string, environment: Environment, io: Io): Promise<CheckedTarget> {
  const options = await signInOptions({ ...environment, targets: { api: target } }, io);
  const count = Math.min(fewIdentities, options.pool.count);
  const pool = await signInPool({ ...options, pool: { ...options.pool, count } });
  const sessions = pool.flatMap(({ session }) => session ?? []);
  const [first] = sessions;
  if (first === undefined)
    throw new TargetError(
      `POST auth.sign-in at ${new URL(target).host}: no identity was signed in`,
      {
        code: "no-session",
        hint: "headroom doctor --env E names what is wrong with each identity.",
      },
    );
  io.stderr.write("comparing the answers to each read\n");
  const ids = await discoverIds(first);
  const operations = isLoadable(ids)
    ? await checkAnswers(sessions, apiUses(ids))
    : apiUses().map(({ name }): CheckedOperation => ({
        surface: "api",
        operation: name,
        outcome: "not-checked",
        reason: "the platform holds no tokens or no accounts to ask for",
        differences: [],
      }));
  return { target, surface: "api", how: "answers", operations };
}

const statuses = {
  same: exitStatus.pass,
  differs: exitStatus.fail,
  incomplete: exitStatus.invalid,
} as const satisfies Record<ContractReport["outcome"], ExitStatus>;

/** Hosts of all URLs are checked before the first of them is asked. */
async function readTargets(
  given: readonly string[],
  environment: Environment,
  io: Io,
): Promise<readonly ReadTarget[]> {
  const problems = new Problems();
  const urls = given.filter(isUrl);
  for (const url of urls) problems.take("--contract", parseTarget(url));
  problems.raise((message) => new UsageError(message, { code: "usage" }));
  for (const url of urls) await checkHosts(environment, { api: url });
  const targets: ReadTarget[] = [];
  for (const target of given) {
    const live = isUrl(target) ? await readContractUrl(target) : readContractFile(target, io.cwd);
    targets.push({ target, live });
  }
  return targets;
}

function contractText({ contracts, targets }: ContractReport): string {
  return [
    `scenarios are written for: API ${contracts.api}; subgraph ${contracts.subgraph}\n`,
    ...targets.map(targetText),
  ].join("\n");
}

const outcomeWords = {
  same: "same",
  differs: "differs",
  "not-checked": "not checked",
  unread: "not checked",
} as const satisfies Record<CheckedOperation["outcome"], string>;

function targetText({ target, surface, how, source, operations }: CheckedTarget): string {
  const count = (outcome: CheckedOperation["outcome"]): number =>
    operations.filter((one) => one.outcome === outcome).length;
  const rows = operations.map(({ operation, outcome, reason, differences }) => [
    operation,
    outcomeWords[outcome],
    reason ??
      differences
        .filter(({ isUsed }) => isUsed)
        .map(({ place, kind }) => `${kind} ${place}`.trim())
        .join(", "),
  ]);
  return [
    `${surface} ${target} (${how}${source === undefined ? "" : `: ${source}`})\n`,
    textTable([["operation", "outcome", "differences"], ...rows], [0, 1, 2]),
    `${count("same")} the same, ${count("differs")} differ, ${count("not-checked") + count("unread")} not checked\n`,
    ...usedDifferences(operations),
    unreadNote(operations),
  ].join("");
}

/** The same difference of several operations is named once. */
function usedDifferences(operations: readonly CheckedOperation[]): readonly string[] {
  const groups = new Map<
    string,
    { readonly first: ContractDifference; readonly names: string[] }
  >();
  for (const one of operations.flatMap(({ differences }) => differences)) {
    if (!one.isUsed) continue;
    const isShared = one.was !== undefined || one.is !== undefined;
    const key = JSON.stringify(isShared ? [one.kind, one.place, one.was, one.is] : one.sentence);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, names: [one.operation] });
    else group.names.push(one.operation);
  }
  return [...groups.values()].map(({ first: { sentence, action }, names }) => {
    const others = names.length === 1 ? "" : ` (also ${names.slice(1).join(", ")})`;
    return `✗ ${sentence}${others}\n    → ${action}\n`;
  });
}

function unreadNote(operations: readonly CheckedOperation[]): string {
  const counts = operations.flatMap(({ operation, differences }) => {
    const count = differences.filter(({ isUsed }) => !isUsed).length;
    return count === 0 ? [] : [`${operation} ${count}`];
  });
  return counts.length === 0
    ? ""
    : `– differences that no scenario reads (listed with --json; no run fails on them): ${counts.join(", ")}\n`;
}
