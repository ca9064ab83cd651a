/** Why no write can be carried out: one sentence, which call says so and what to do. */

/** What is known of an identity that might write. */
export interface WriterState {
  readonly wallet: string | undefined;
  readonly isRegistered: boolean;
  readonly hasPincode: boolean;
  /** Tokens that it may mint, not paused. */
  readonly mintable: readonly string[];
  /** How many it may mint that are paused. */
  readonly paused: number;
}

/** @param asked number of tokens that were read    @returns of several reasons the first in the order of remedies */
export function writeProblem(identities: readonly WriterState[], asked: number): string {
  const minters = identities.filter(({ mintable }) => mintable.length > 0);
  if (minters.length === 0) {
    return identities.some(({ paused }) => paused > 0)
      ? `every token that a load identity may mint is paused (token.read, pausable.paused): unpause one, or exclude the writes`
      : `no load identity has supplyManagement on any of the ${asked} tokens that were read (token.read, userPermissions.actions.mint): grant it to an issuer, or exclude the writes`;
  }
  if (!minters.some(({ wallet, isRegistered }) => wallet !== undefined && isRegistered)) {
    return `no identity that may mint is registered, so that it cannot receive tokens (system.read, userIdentity.registered): register its identity, or exclude the writes`;
  }
  return `no identity that may mint confirms writes with a pincode (user.me, verificationTypes): set a pincode for it, or exclude the writes`;
}
