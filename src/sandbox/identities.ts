/**
 * Who may sign in to a sandbox. It listens on loopback, lives for one run and holds made-up data: the password
 * is no secret.
 */
export const SANDBOX_EMAIL_PATTERN = "load-{n}@sandbox.test";
export const SANDBOX_ADMIN_EMAIL = "admin@sandbox.test";
export const SANDBOX_PASSWORD = "sandbox-only";
/** `{n}` is 1…12. */
export const SANDBOX_IDENTITY_COUNT = 12;
/** What the seeded users answer where a write asks for their pincode. */
export const SANDBOX_PINCODE = "123456";

export const zeroAddress = `0x${"0".repeat(40)}`;
