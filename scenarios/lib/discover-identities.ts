/** Permissions of each load identity, read once before the load, without trial calls. */
import { askTogether } from "./discover.ts";
import { hasPincode, isRegistered, mintability, permissionsOf, walletOf } from "./found-ids.ts";
import { grantedRoles, neededRoles, poolsOf, roleProblem } from "./identity-roles.ts";
import type { IdentityPools } from "./identity-roles.ts";
import type { Minter, PlatformIds, Writable } from "./ids.ts";
import { plan } from "./plan.ts";
import type { SignedIn } from "./session.ts";
import { writeProblem } from "./write-problem.ts";

/** An identity, and what `system.read` says about it. */
export interface KnownIdentity extends SignedIn {
  readonly system: unknown;
}

export function withSystem(signedIn: readonly SignedIn[]): readonly KnownIdentity[] {
  const systems = askTogether(
    "system/read",
    signedIn.map(({ cookie }) => ({ input: { id: "default" }, cookie })),
  );
  return signedIn.map((identity, place) => ({ ...identity, system: systems[place] }));
}

/** @throws Error starting with "headroom:" where a planned flow needs a role that no identity has */
export function discoverPools(identities: readonly KnownIdentity[]): IdentityPools {
  const { roles: declared } = plan.identities;
  const roled = identities.map(({ number, email, system }) => ({
    number,
    email,
    granted: grantedRoles(permissionsOf(system)),
  }));
  const problem = roleProblem(roled, declared, neededRoles(plan.arrivals));
  if (problem !== undefined) throw new Error(`headroom: ${problem}`);
  return poolsOf(roled, declared);
}

/** So many tokens are read for each identity; of the tokens that are known, taken evenly. */
const tokensAsked = 10;

/**
 * Identities that may mint, what, and to whom. Compliance is read from the registration of the recipient's identity;
 * rules of a token beyond it (countries, limits) are not read.
 * @throws Error starting with "headroom:" where no write can be carried out
 */
export function discoverWritable(
  identities: readonly KnownIdentity[],
  pools: IdentityPools,
  { tokens }: PlatformIds,
): Writable {
  const step = Math.max(1, Math.floor(tokens.length / tokensAsked));
  const asked = tokens.filter((_, place) => place % step === 0).map(({ id }) => id);
  const isDeclared = plan.identities.roles !== undefined;
  const users = askTogether(
    "user/me",
    identities.map(({ cookie }) => ({ input: {}, cookie })),
  );
  const issuers = identities.filter((_, place) => !isDeclared || pools.issuer.includes(place));
  const tokensRead = readTokens(issuers, asked);
  const answers = identities.map((identity, place) => {
    const me = users[place];
    const readByIt = tokensRead.filter(({ cookie }) => cookie === identity.cookie);
    const [wallet] = walletOf(me);
    return {
      wallet,
      isRegistered: wallet !== undefined && isRegistered(identity.system),
      hasPincode: hasPincode(me),
      mintable: readByIt.filter(({ state }) => state === "mintable").map(({ id }) => id),
      paused: readByIt.filter(({ state }) => state === "paused").length,
    };
  });
  const minters = answers.flatMap((answer, identity): readonly Minter[] =>
    answer.wallet !== undefined &&
    answer.isRegistered &&
    answer.hasPincode &&
    answer.mintable.length > 0
      ? [{ identity, wallet: answer.wallet, tokens: answer.mintable }]
      : [],
  );
  if (minters.length === 0) throw new Error(`headroom: ${writeProblem(answers, asked.length)}`);
  const recipients = answers.flatMap(({ wallet, isRegistered: may }) =>
    may && wallet !== undefined ? [wallet] : [],
  );
  return { minters, recipients };
}

/** Each token as each identity, and whether it may mint it. */
function readTokens(identities: readonly KnownIdentity[], ids: readonly string[]) {
  const asks = identities.flatMap(({ cookie }) =>
    ids.map((tokenAddress) => ({ input: { tokenAddress }, cookie })),
  );
  return askTogether("token/read", asks, "some").map((token, place) => ({
    cookie: asks[place]?.cookie,
    id: asks[place]?.input.tokenAddress ?? "",
    state: mintability(token),
  }));
}
