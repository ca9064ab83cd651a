/** Procedures of the API by their oRPC path or their REST route. */
import { apiContract } from "../../profiles/platform/contract/index.ts";

const { procedures } = apiContract;

/** `token/read` → `token.read`. */
const nameOf = (path: string): string => path.replaceAll("/", ".");

const restRoutes = Object.entries(procedures)
  .map(([path, { method, route }]) => ({
    name: nameOf(path),
    method,
    varying: route.split(/[{:]/).length,
    pattern: new RegExp(`^${route.replaceAll(/\{\w+\}|:\w+/g, "[^/]+")}$`),
  }))
  .toSorted((a, b) => a.varying - b.varying);

/** Addresses of better-auth that are known; a path elsewhere may hold a token. */
const authActions: ReadonlySet<string> = new Set(
  (
    "get-session sign-in sign-out sign-up ok error token list-sessions revoke-session update-user change-password " +
    "forget-password reset-password verify-email two-factor pincode secret-codes passkey api-key admin callback"
  ).split(" "),
);

/**
 * @param path below `/api/`, without query and trailing slash
 * @returns the procedure; `undefined` for what the contract does not have
 */
export function procedureAt(method: string, path: string): string | undefined {
  const [first = "", ...rest] = path.split("/");
  if (first === "rpc") {
    const procedure = rest.join("/");
    return Object.hasOwn(procedures, procedure) ? nameOf(procedure) : undefined;
  }
  if (first === "auth") {
    const [action = ""] = rest;
    return authActions.has(action) ? `auth.${action}` : undefined;
  }
  return restRoutes.find(
    (route) => (route.method === method || method === "HEAD") && route.pattern.test(`/${path}`),
  )?.name;
}
