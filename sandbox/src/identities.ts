import type { Role } from "../../src/domain/role.ts";

/** They sign in as `SANDBOX_EMAIL_PATTERN`; `{n}` is 1…12. */
export const SANDBOX_IDENTITY_COUNT = 12;

export const zeroAddress = `0x${"0".repeat(40)}`;

/**
 * What each load identity may do, by its number: any three in a row hold an investor, an issuer and an administrator.
 * @param number 1…12
 */
const sandboxRoleOf = (number: number): Role =>
  number % 4 === 2 ? "issuer" : number % 4 === 3 ? "administrator" : "investor";

/** @returns numbers of the identities of a role, ascending */
export const sandboxNumbersOf = (role: Role): readonly number[] =>
  Array.from({ length: SANDBOX_IDENTITY_COUNT }, (_, index) => index + 1).filter(
    (number) => sandboxRoleOf(number) === role,
  );
