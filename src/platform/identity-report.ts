/** Permissions of an environment's load identities, and the problems that would break a run. Pure. */
import { rolesOfProcedure, type RoleRequirement } from "../../profiles/platform/procedure-roles.ts";
import type { IdentityRoles } from "../domain/environment.ts";
import { roles, type Role } from "../domain/role.ts";
import type { Compliance, IdentityFacts, OnchainIdentity } from "./identity-facts.ts";

export interface ProcedureAccess {
  readonly procedure: string;
  /** Absent: not known. */
  readonly isAllowed?: boolean | undefined;
  /** `answer`: it was called; `roles`: from the identity's roles; `open`: it requires none. */
  readonly from: "answer" | "roles" | "open";
  /** Of a call that was refused: `403 USER_NOT_AUTHORIZED`. */
  readonly refusal?: string | undefined;
}

export interface InspectedIdentity {
  readonly number: number;
  readonly email: string;
  readonly signIn: "signed-in" | "second-factor" | "refused";
  readonly facts?: IdentityFacts | undefined;
  readonly systemRoles?: readonly string[] | undefined;
  readonly procedures: readonly ProcedureAccess[];
  /** Ids of the tokens that its wallet may mint. */
  readonly mintableTokens: readonly string[];
  readonly onchain?: OnchainIdentity | undefined;
  /** Mintable tokens (of any identity) that this wallet may receive, by what is known. */
  readonly recipient: Readonly<Record<Compliance, number>>;
}

export interface InspectedTokens {
  readonly total: number;
  readonly paused: number;
  /** Tokens whose roles were read. */
  readonly examined: number;
  /** Not paused, and mintable by one identity or more. */
  readonly mintable: number;
}

export interface PlatformProblem {
  /** Stable, kebab-case. */
  readonly code: string;
  /** `POST token.mint`: the call of a run that would fail. */
  readonly call: string;
  readonly sentence: string;
  readonly action: string;
}

export interface IdentitiesReport {
  readonly schemaVersion: 1;
  readonly kind: "identities";
  readonly environment: string;
  readonly identities: readonly InspectedIdentity[];
  /** Absent: no identity could be signed in, or the list could not be read. */
  readonly tokens?: InspectedTokens | undefined;
  readonly problems: readonly PlatformProblem[];
}

/** May this identity call it, by its roles? */
export function accessByRoles(
  procedure: string,
  requirement: RoleRequirement | undefined,
  held: {
    readonly systemRoles: readonly string[] | undefined;
    readonly mintableTokens: readonly string[] | undefined;
  },
): ProcedureAccess {
  if (requirement === undefined) return { procedure, isAllowed: true, from: "open" };
  if (requirement.on === "token")
    return {
      procedure,
      isAllowed: held.mintableTokens === undefined ? undefined : held.mintableTokens.length > 0,
      from: "roles",
    };
  return {
    procedure,
    isAllowed: held.systemRoles?.some((role) => requirement.anyOf.includes(role)),
    from: "roles",
  };
}

/** Calls of a scenario that no identity may make, and objects that any load requires. */
export function problemsOf(
  identities: readonly InspectedIdentity[],
  tokens: InspectedTokens | undefined,
  {
    requirements,
    declared = {},
  }: {
    readonly requirements: Readonly<Record<string, RoleRequirement>>;
    /** From the environment's file. */
    readonly declared?: IdentityRoles | undefined;
  },
): readonly PlatformProblem[] {
  return [
    ...identities.flatMap(identityProblems),
    ...tokenProblems(tokens),
    ...roles.flatMap((role) =>
      identities
        .filter(({ number }) => declared[role]?.includes(number))
        .flatMap((identity) => declaredProblems(identity, role)),
    ),
    ...uncoveredProblems(identities, tokens, requirements),
  ];
}

function identityProblems(identity: InspectedIdentity): readonly PlatformProblem[] {
  const { email, facts, signIn } = identity;
  if (signIn === "second-factor")
    return [
      {
        code: "two-factor",
        call: "POST auth.sign-in",
        sentence: `${email} has two-factor authentication enabled: sign-in requires a one-time code, which virtual users do not have.`,
        action: "Switch it off for the load identities.",
      },
    ];
  if (signIn === "refused" || facts === undefined) return [];
  const types = facts.verificationTypes ?? ["PINCODE"];
  return [
    ...(facts.unfinishedSteps.length === 0
      ? []
      : [
          {
            code: "onboarding-unfinished",
            call: "POST system.read",
            sentence: `${email} has not finished its onboarding (${facts.unfinishedSteps.join(", ")}): the platform answers 403 NOT_ONBOARDED.`,
            action: `Finish it in the browser as ${email}, or see the calls of headroom seed.`,
          },
        ]),
    ...(types.includes("OTP")
      ? [
          {
            code: "two-factor",
            call: "POST token.mint",
            sentence: `${email} has two-factor authentication enabled: writes may require a one-time code, but scenarios send a pincode.`,
            action: "Switch it off for the load identities.",
          },
        ]
      : []),
    ...(types.includes("PINCODE")
      ? []
      : [
          {
            code: "no-pincode",
            call: "POST token.mint",
            sentence: `${email} has no pincode: writes are confirmed with one and answer 401 CHALLENGE_FAILED.`,
            action: `Set the pincode of HEADROOM_PINCODE for ${email}.`,
          },
        ]),
  ];
}

/** What the declared role may call, and this identity may not. */
function declaredProblems(
  { email, procedures }: InspectedIdentity,
  role: Role,
): readonly PlatformProblem[] {
  const refused = procedures
    .filter(
      ({ procedure, isAllowed }) =>
        isAllowed === false && rolesOfProcedure(procedure).includes(role),
    )
    .map(({ procedure }) => procedure);
  const [first] = refused;
  if (first === undefined) return [];
  return [
    {
      code: "role-mismatch",
      call: `POST ${first}`,
      sentence: `${email} is declared as ${role} (identities.roles) and may not call ${refused.join(", ")}.`,
      action:
        "Grant it the roles (headroom seed --env E shows the calls), or correct identities.roles.",
    },
  ];
}

function tokenProblems(tokens: InspectedTokens | undefined): readonly PlatformProblem[] {
  if (tokens === undefined) return [];
  if (tokens.total === 0)
    return [
      {
        code: "no-tokens",
        call: "POST token.list",
        sentence: "The platform has no tokens: there is nothing to read, mint or transfer.",
        action: "Create tokens: headroom seed --env E lists what a load needs, and the calls.",
      },
    ];
  if (tokens.paused === tokens.total)
    return [
      {
        code: "tokens-paused",
        call: "POST token.mint",
        sentence: `All ${tokens.total} tokens are paused: mint and transfer are refused.`,
        action: "Unpause a token (token.unpause, role emergency on it), or run reads only.",
      },
    ];
  return [];
}

/** Procedures that require a role that no identity has: one problem for each missing set of roles. */
function uncoveredProblems(
  identities: readonly InspectedIdentity[],
  tokens: InspectedTokens | undefined,
  requirements: Readonly<Record<string, RoleRequirement>>,
): readonly PlatformProblem[] {
  const signedIn = identities.filter(({ signIn }) => signIn === "signed-in");
  const names = [
    ...new Set(signedIn.flatMap(({ procedures }) => procedures.map((one) => one.procedure))),
  ];
  const refused = names.filter((name) =>
    signedIn.every(({ procedures }) =>
      procedures.some(({ procedure, isAllowed }) => procedure === name && isAllowed === false),
    ),
  );
  const bySet = new Map<
    string,
    { readonly requirement: RoleRequirement; readonly names: string[] }
  >();
  for (const name of refused) {
    const requirement = requirements[name];
    if (requirement === undefined) continue;
    const key = JSON.stringify(requirement);
    const known = bySet.get(key);
    if (known === undefined) bySet.set(key, { requirement, names: [name] });
    else known.names.push(name);
  }
  return [...bySet.values()].flatMap(({ requirement: { on, anyOf }, names: calls }) => {
    // Already reported by the tokens' problem.
    if (
      on === "token" &&
      (tokens === undefined || tokens.total === 0 || tokens.paused === tokens.total)
    )
      return [];
    const where = on === "system" ? "on the system" : "on a token that is not paused";
    const grant = on === "system" ? "system.accessManager.grantRole" : "token.grantRole";
    return [
      {
        code: on === "system" ? "role-missing" : "nothing-to-mint",
        call: `POST ${calls[0] ?? ""}`,
        sentence: `None of the ${signedIn.length} identities has ${anyOf.join(" or ")} ${where}: ${calls.join(", ")} answer 403.`,
        action: `Grant it to one of them (${grant}): headroom seed --env E shows the call.`,
      },
    ];
  });
}
