/** Roles of the platform, as its access managers name them. */
import { grantsOfRole } from "../../profiles/platform/procedure-roles.ts";
import { roles } from "../../src/domain/role.ts";
import type { Role } from "../../src/domain/role.ts";
import { accessRoles, type AccessRole } from "../../profiles/platform/access-roles.ts";

/** @param wallets of the load identities by their role @returns who holds which role of the system */
export function systemGrants(
  wallets: Readonly<Record<Role, readonly string[]>>,
  admin: string,
): Readonly<Record<string, readonly string[]>> {
  const holdersOf = (name: AccessRole): readonly string[] => {
    const granted = roles.filter((role) => {
      const names: readonly string[] = grantsOfRole[role].system;
      return names.includes(name);
    });
    return granted.flatMap((role) => wallets[role]);
  };
  return Object.fromEntries(
    accessRoles
      .map((name) => [name, holdersOf(name)] as const)
      .filter(([, holders]) => holders.length > 0)
      .map(([name, holders]) => [name, [...holders, admin]]),
  );
}
