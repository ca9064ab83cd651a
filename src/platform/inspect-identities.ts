/** Signs in each identity of an environment and reads what it may do: a few cheap calls each, nothing is changed. */
import { procedureRequirements } from "../../profiles/platform/procedure-roles.ts";
import { TargetError } from "../domain/errors.ts";
import { fieldOf, refusalText, type CallResult, type PlatformSession } from "./client.ts";
import {
  complianceOf,
  identityFacts,
  onchainIdentity,
  systemRoles,
  tokenFacts,
  type Compliance,
  type IdentityFacts,
  type OnchainIdentity,
  type TokenFacts,
} from "./identity-facts.ts";
import {
  accessByRoles,
  problemsOf,
  type IdentitiesReport,
  type InspectedIdentity,
  type InspectedTokens,
  type PlatformProblem,
  type ProcedureAccess,
} from "./identity-report.ts";
import { signInPool, type PooledIdentity, type SignInOptions } from "./sign-in-pool.ts";

/** A read of the scenarios, with an input that fits the platform. */
export interface CheapRead {
  /** With dots. */
  readonly procedure: string;
  readonly input: unknown;
}

export interface InspectOptions extends SignInOptions {
  readonly environment: string;
  /** Every procedure that the scenarios call. */
  readonly procedures: readonly string[];
  /** Those that require a role but no ids: they are called, to see whether they return 403. */
  readonly reads: readonly CheapRead[];
}

/** Tokens whose roles are read: one call each. */
const mostTokens = 40;

/** @throws TargetError where nothing answers, no identity is signed in, or the answers are of another contract */
export async function inspectIdentities(options: InspectOptions): Promise<IdentitiesReport> {
  const pool = await signInPool(options);
  const first = pool.find(({ session }) => session !== undefined)?.session;
  const found = first === undefined ? undefined : await readTokens(first, options);
  const identities: InspectedIdentity[] = [];
  for (const one of pool) identities.push(await inspect(one, found?.tokens ?? [], options));
  const tokens = found && tokensOf(found, identities);
  return {
    schemaVersion: 1,
    kind: "identities",
    environment: options.environment,
    identities,
    tokens,
    problems: [
      ...pool.flatMap(unverified),
      ...problemsOf(identities, tokens, {
        requirements: procedureRequirements,
        declared: options.pool.roles,
      }),
    ],
  };
}

function unverified({ email, result }: PooledIdentity): readonly PlatformProblem[] {
  if (result.outcome !== "refused") return [];
  return [
    {
      code: "email-not-verified",
      call: "POST auth.sign-in",
      sentence: `${email} has not verified its e-mail address: sign-in is refused (${refusalText(result)}).`,
      action: "Verify it (link in the e-mail), or disable the verification in that environment.",
    },
  ];
}

interface FoundTokens {
  readonly total: number;
  readonly paused: number;
  /** With roles and modules. */
  readonly tokens: readonly TokenFacts[];
}

async function readTokens(
  session: PlatformSession,
  { target, onStage }: InspectOptions,
): Promise<FoundTokens | undefined> {
  onStage("reading tokens");
  const answer = await session.call("token.list", {});
  if (!answer.ok) {
    refuseNewContract("token.list", answer, target);
    return undefined;
  }
  const list = fieldOf(answer.output, "tokens");
  if (!Array.isArray(list)) throw otherContract("token.list", "tokens", target);
  const summaries = list.flatMap((token: unknown) => tokenFacts(token) ?? []);
  const moving = summaries.filter(({ isPaused }) => isPaused !== true);
  const tokens: TokenFacts[] = [];
  for (const { id } of spread(moving.length > 0 ? moving : summaries, mostTokens)) {
    const read = await session.call("token.read", { tokenAddress: id });
    const facts = read.ok ? tokenFacts(read.output) : undefined;
    if (facts !== undefined) tokens.push(facts);
  }
  return {
    total: summaries.length,
    paused: summaries.filter(({ isPaused }) => isPaused === true).length,
    tokens,
  };
}

/** At most `count`, taken evenly. */
const spread = <Item>(items: readonly Item[], count: number): readonly Item[] =>
  items.filter(
    (_, index) =>
      items.length <= count ||
      Math.floor((index * count) / items.length) !==
        Math.floor(((index - 1) * count) / items.length),
  );

function tokensOf(
  { total, paused, tokens }: FoundTokens,
  identities: readonly InspectedIdentity[],
): InspectedTokens {
  const mintable = new Set(identities.flatMap(({ mintableTokens }) => mintableTokens));
  return { total, paused, examined: tokens.length, mintable: mintable.size };
}

async function inspect(
  { number, email, result, session }: PooledIdentity,
  tokens: readonly TokenFacts[],
  options: InspectOptions,
): Promise<InspectedIdentity> {
  if (session === undefined)
    return {
      number,
      email,
      signIn: result.outcome,
      procedures: [],
      mintableTokens: [],
      recipient: { allowed: 0, refused: 0, unknown: 0 },
    };
  options.onStage(`reading what ${email} may do`);
  const facts = await readFacts(session, options.target);
  const system = await session.call("system.read", { id: "default" });
  if (!system.ok && system.status !== 403) refuseNewContract("system.read", system, options.target);
  const roles = system.ok ? systemRoles(system.output) : undefined;
  const me = await session.call("system.identity.me", {});
  const onchain = me.ok ? onchainIdentity(me.output) : undefined;
  const mintable = mintableBy(facts.wallet, tokens);
  const answers = await answersOf(session, options);
  return {
    number,
    email,
    signIn: result.outcome,
    facts,
    systemRoles: roles,
    procedures: options.procedures.map(
      (procedure) =>
        answers.get(procedure) ??
        accessByRoles(procedure, procedureRequirements[procedure], {
          systemRoles: roles,
          mintableTokens: mintable,
        }),
    ),
    mintableTokens: mintable ?? [],
    onchain,
    recipient: recipientCounts(onchain, tokens),
  };
}

async function readFacts(session: PlatformSession, target: string): Promise<IdentityFacts> {
  const answer = await session.call("user.me", {});
  if (!answer.ok) {
    refuseNewContract("user.me", answer, target);
    throw new TargetError(
      `POST user.me at ${new URL(target).host}: refused (${refusalText(answer)}) right after sign-in`,
      {
        code: "session-refused",
        hint: "Check that the API target and the sign-in belong to the same platform.",
      },
    );
  }
  if (typeof fieldOf(answer.output, "onboardingState") !== "object")
    throw otherContract("user.me", "onboardingState", target);
  return identityFacts(answer.output);
}

/** Calls the reads that require a role: a response is more reliable than a list of roles. */
async function answersOf(
  session: PlatformSession,
  { reads, target }: InspectOptions,
): Promise<ReadonlyMap<string, ProcedureAccess>> {
  const answers = new Map<string, ProcedureAccess>();
  for (const { procedure, input } of reads) {
    const answer = await session.call(procedure, input);
    if (answer.ok) answers.set(procedure, { procedure, isAllowed: true, from: "answer" });
    else if (answer.status === 403 || answer.status === 401)
      answers.set(procedure, {
        procedure,
        isAllowed: false,
        from: "answer",
        refusal: refusalText(answer),
      });
    else refuseNewContract(procedure, answer, target);
  }
  return answers;
}

function mintableBy(
  wallet: string | undefined,
  tokens: readonly TokenFacts[],
): readonly string[] | undefined {
  if (wallet === undefined) return [];
  const known = tokens.filter(({ holders }) => holders["supplyManagement"] !== undefined);
  if (known.length === 0 && tokens.length > 0) return undefined;
  return known
    .filter(
      ({ isPaused, holders }) =>
        isPaused !== true && holders["supplyManagement"]?.includes(wallet) === true,
    )
    .map(({ id }) => id);
}

function recipientCounts(
  onchain: OnchainIdentity | undefined,
  tokens: readonly TokenFacts[],
): Readonly<Record<Compliance, number>> {
  const counts = { allowed: 0, refused: 0, unknown: 0 };
  for (const token of tokens)
    counts[onchain === undefined ? "unknown" : complianceOf(onchain, token)]++;
  return counts;
}

/** A missing procedure or a rejected input means another contract. */
function refuseNewContract(
  procedure: string,
  answer: Extract<CallResult, { readonly ok: false }>,
  target: string,
): void {
  // A 404 with a code concerns the requested object, not the procedure.
  const isUnknown = (answer.status === 404 && answer.code === undefined) || answer.status === 405;
  if (!isUnknown && answer.status !== 400) return;
  throw new TargetError(
    `POST ${procedure} at ${new URL(target).host}: status ${refusalText(answer)}: the platform's contract differs from the one that the scenarios were written for`,
    { code: "other-contract", hint: `headroom doctor --contract ${target} lists the differences.` },
  );
}

const otherContract = (procedure: string, field: string, target: string): TargetError =>
  new TargetError(
    `POST ${procedure} at ${new URL(target).host}: the answer has no ${field}: the platform's contract differs from the one that the scenarios were written for`,
    { code: "other-contract", hint: `headroom doctor --contract ${target} lists the differences.` },
  );
