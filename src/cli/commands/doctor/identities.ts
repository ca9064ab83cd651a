/** `headroom doctor --env E`: what each load identity may do, before a run finds out. */
import { apiReads, apiWrites } from "../../../../scenarios/lib/api-calls.ts";
import { exitStatus, type ExitStatus } from "../../../domain/exit-status.ts";
import { toJson } from "../../../domain/json.ts";
import { inspectIdentities, type CheapRead } from "../../../platform/inspect-identities.ts";
import type { IdentitiesReport, InspectedIdentity } from "../../../platform/identity-report.ts";
import type { DoctorValues } from "./options.ts";
import type { Io } from "../../io.ts";
import { textTable } from "../../../../reports/kit/text-table.ts";
import { checkedEnvironment, signInOptions } from "./environment.ts";

/** Reads of the scenarios that demand a role, with the smallest input that they take. */
const cheapReads: readonly CheapRead[] = [
  { procedure: "user.list", input: { limit: 1, offset: 0 } },
  { procedure: "user.search", input: { query: "a", limit: 1 } },
  { procedure: "system.entity.list", input: { limit: 1, offset: 0 } },
  { procedure: "system.identity.list", input: { limit: 1, offset: 0 } },
];

const procedures: readonly string[] = [...Object.keys(apiReads), ...Object.keys(apiWrites)];

export async function inspectEnvironment(values: DoctorValues, io: Io): Promise<ExitStatus> {
  const environment = checkedEnvironment(values, io);
  const report = await inspectIdentities({
    ...(await signInOptions(environment, io)),
    environment: environment.name,
    procedures,
    reads: cheapReads.filter(({ procedure }) => procedures.includes(procedure)),
  });
  io.stdout.write(values.json ? `${toJson(report, 2)}\n` : identitiesText(report));
  return report.problems.length > 0 ? exitStatus.invalid : exitStatus.pass;
}

function identitiesText({ identities, tokens, problems }: IdentitiesReport): string {
  const rows = identities.map(rowOf);
  const table = textTable(
    [["identity", "role", "wallet", "system roles", "may call", "mints", "receives"], ...rows],
    [0, 1, 2, 3],
  );
  const counted =
    tokens === undefined
      ? "tokens: not known\n"
      : `tokens: ${tokens.total}, ${tokens.paused} paused; ${tokens.mintable} of ${tokens.examined} examined can be minted by an identity\n`;
  const refused = identities.flatMap(({ email, procedures: calls }) => {
    const names = calls.filter(({ isAllowed }) => isAllowed === false).map((one) => one.procedure);
    return names.length === 0 ? [] : [`${email} may not call ${names.join(", ")}\n`];
  });
  const said = problems.map(
    ({ code, call, sentence, action }) =>
      `✗ ${sentence}\n    call: ${call}\n    → ${action}  [${code}]\n`,
  );
  return [
    table,
    "mints: tokens that the identity may mint; receives: examined tokens that its wallet may receive (allowed/refused/unknown)\n\n",
    counted,
    ...refused,
    problems.length === 0
      ? "no problems\n"
      : `\n${problems.length === 1 ? "1 problem" : `${problems.length} problems`}\n`,
    ...said,
  ].join("");
}

function rowOf(identity: InspectedIdentity): readonly string[] {
  const {
    email,
    facts,
    signIn,
    systemRoles,
    procedures: calls,
    mintableTokens,
    recipient,
  } = identity;
  if (signIn !== "signed-in") return [email, signIn, "", "", "", "", ""];
  const allowed = calls.filter(({ isAllowed }) => isAllowed === true).length;
  return [
    email,
    facts?.role ?? "unknown",
    facts?.wallet ?? "none",
    systemRoles === undefined ? "unknown" : systemRoles.join(", ") || "none",
    `${allowed} of ${calls.length}`,
    String(mintableTokens.length),
    `${recipient.allowed}/${recipient.refused}/${recipient.unknown}`,
  ];
}
