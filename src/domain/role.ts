/**
 * What a load identity may do on the platform. An investor holds tokens, an issuer also creates and mints them, an
 * administrator also looks after users, identities and claims.
 */
export const roles = ["investor", "issuer", "administrator"] as const;
export type Role = (typeof roles)[number];
