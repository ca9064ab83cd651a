/** Calls to the API before the load: what the platform holds, and what each identity may do. */
import type { PlatformIds } from "./ids.ts";
import type { Expected, Input } from "./json-outcome.ts";

interface SetupCall extends Expected {
  /** Path below `/api/rpc/`. */
  readonly path: string;
  /** Of the ids that are known by then. */
  readonly input: (ids: PlatformIds) => Input;
}

const firstToken = ({ tokens }: PlatformIds): Input => ({ tokenAddress: tokens[0]?.id ?? "" });

/** By the name that messages show; shapes name what is read of the answer, which may be absent. */
export const setupCalls = {
  "setup.system.read": {
    path: "system/read",
    input: () => ({ id: "default" }),
    shape: [
      "id",
      "identityFactory.id",
      "identityRegistryStorage.id",
      "userPermissions.actions.tokenCreate",
      "userPermissions.actions.userList",
      "userPermissions.actions.userSearch",
      "userPermissions.actions.entityList",
      "userIdentity.registered.isRegistered",
    ],
  },
  "setup.system.factory.list": {
    path: "system/factory/list",
    input: () => ({ hasTokens: true }),
    shape: ["#"],
  },
  "setup.token.list": {
    path: "token/list",
    input: ({ factories }) => ({ tokenFactory: factories[0] ?? "" }),
    shape: ["tokens.#"],
  },
  "setup.token.holders": {
    path: "token/holders",
    input: firstToken,
    shape: ["token.balances.#"],
  },
  "setup.token.read": {
    path: "token/read",
    input: firstToken,
    shape: ["userPermissions.actions.mint", "pausable.paused"],
  },
  "setup.user.me": { path: "user/me", input: () => ({}), shape: ["wallet", "verificationTypes.#"] },
} as const satisfies Readonly<Record<string, SetupCall>>;
