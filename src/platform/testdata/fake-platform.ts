/** A platform in memory with the procedures that a seed and a check of identities call; over HTTP, on loopback. */
import type { ServerResponse } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { listOf, recordOf } from "../../contract/plain-schema.ts";
import { listen, respondJson, type RequestHandler } from "../../../sandbox/src/http.ts";

type Json = Readonly<Record<string, unknown>>;

export interface FakeUser {
  readonly email: string;
  readonly password: string;
  wallet: string;
  verificationTypes: string[];
  hasRecoveryCodes: boolean;
  hasIdentity: boolean;
  isRegistered: boolean;
  hasProfile: boolean;
  claims: string[];
  roles: string[];
}

export interface FakeToken {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  paused: boolean;
  readonly roles: Record<string, string[]>;
  readonly balances: Record<string, number>;
}

const zero = `0x${"0".repeat(40)}`;
let addresses = 0;
const address = (): string => `0x${(++addresses).toString(16).padStart(40, "0")}`;

export const onboardedUser = (email: string, roles: string[] = []): FakeUser => ({
  email,
  password: "right",
  wallet: address(),
  verificationTypes: ["PINCODE", "SECRET_CODES"],
  hasRecoveryCodes: true,
  hasIdentity: true,
  isRegistered: true,
  hasProfile: true,
  claims: ["knowYourCustomer", "antiMoneyLaundering"],
  roles,
});

export const fakeToken = (symbol: string, minters: readonly string[], paused = false): FakeToken => ({
  id: address(),
  symbol,
  name: symbol,
  paused,
  roles: { admin: [...minters], supplyManagement: [...minters], emergency: [...minters] },
  balances: {},
});

export interface FakePlatform {
  readonly url: string;
  readonly users: FakeUser[];
  readonly tokens: FakeToken[];
  /** Procedures in the order they were called, sign-ins apart. */
  readonly calls: string[];
  /** Answers in place of the platform's own. */
  readonly overrides: Map<string, { readonly status: number; readonly body: unknown }>;
  readonly stop: () => Promise<void>;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export async function startFakePlatform(
  users: FakeUser[],
  tokens: FakeToken[],
): Promise<FakePlatform> {
  const calls: string[] = [];
  const overrides: FakePlatform["overrides"] = new Map();
  const handle: RequestHandler = async (request, response) => {
    const body = bodyOf(await textOf(request));
    const path = (request.url ?? "").replace(/^\/api\//, "");
    const override = overrides.get(path);
    if (override !== undefined) return respondJson(response, override.status, override.body);
    if (path === "auth/sign-in/email") return signIn(body, response);
    calls.push(path);
    const user = users.find(({ email }) => request.headers.cookie === `p.session_token=${email}`);
    try {
      const output = path.startsWith("auth/")
        ? authCall(path, body, user)
        : { json: procedure(path, recordOf(body["json"]) ?? {}, user) };
      respondJson(response, 200, output);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code } = error;
      respondJson(response, status, { json: { defined: true, status, code, message: code } });
    }
  };
  const signIn = (body: Json, response: ServerResponse): void => {
    const user = users.find(
      ({ email, password }) => email === body["email"] && password === body["password"],
    );
    if (user === undefined)
      return respondJson(response, 401, { code: "INVALID_EMAIL_OR_PASSWORD" });
    response.setHeader("set-cookie", [
      `p.session_token=${user.email}; HttpOnly`,
      "p.session_data=old; HttpOnly",
    ]);
    respondJson(response, 200, { user: { id: user.email, emailVerified: true } });
  };
  const authCall = (path: string, body: Json, user: FakeUser | undefined): unknown => {
    if (path === "auth/sign-up/email") {
      users.push({
        ...onboardedUser(String(body["email"])),
        password: String(body["password"]),
        wallet: zero,
        verificationTypes: [],
        hasRecoveryCodes: false,
        hasIdentity: false,
        isRegistered: false,
        hasProfile: false,
        claims: [],
      });
      return {};
    }
    if (user === undefined) throw new Refusal(401, "UNAUTHORIZED");
    if (path === "auth/pincode/enable") user.verificationTypes.push("PINCODE");
    if (path === "auth/secret-codes/confirm") user.hasRecoveryCodes = true;
    return {};
  };
  const byWallet = (wallet: unknown): FakeUser => {
    const found = users.find((one) => one.wallet === wallet);
    if (found === undefined) throw new Refusal(404, "NOT_FOUND");
    return found;
  };
  const tokenAt = (id: unknown): FakeToken => {
    const found = tokens.find((one) => one.id === id);
    if (found === undefined) throw new Refusal(404, "NOT_FOUND");
    return found;
  };
  const needs = (user: FakeUser, ...roles: readonly string[]): void => {
    if (!roles.some((role) => user.roles.includes(role))) throw new Refusal(403, "USER_NOT_AUTHORIZED");
  };
  const needsOn = (token: FakeToken, role: string, user: FakeUser): void => {
    if (token.roles[role]?.includes(user.wallet) !== true) throw new Refusal(403, "USER_NOT_AUTHORIZED");
  };
  const procedure = (path: string, input: Json, user: FakeUser | undefined): unknown => {
    if (user === undefined) throw new Refusal(401, "UNAUTHORIZED");
    const name = path.replace(/^rpc\//, "").replaceAll("/", ".");
    switch (name) {
      case "user.me":
        return {
          id: `id-${user.email}`,
          role: "user",
          wallet: user.wallet,
          verificationTypes: user.verificationTypes,
          onboardingState: {
            wallet: user.wallet !== zero,
            walletSecurity: user.verificationTypes.length > 0,
            walletRecoveryCodes: user.hasRecoveryCodes,
            identitySetup: user.hasIdentity,
            identity: user.hasProfile,
          },
        };
      case "user.createWallet":
        user.wallet = address();
        return { wallet: user.wallet };
      case "user.list":
      case "user.search":
      case "system.entity.list":
        needs(user, "identityManager", "claimIssuer");
        return { items: [], total: 0 };
      case "user.kyc.upsert": {
        needs(user, "identityManager");
        const found = users.find(({ email }) => `id-${email}` === input["userId"]);
        if (found !== undefined) found.hasProfile = true;
        return {};
      }
      case "system.read":
        return {
          id: "0x5",
          userPermissions: { roles: Object.fromEntries(user.roles.map((role) => [role, true])) },
        };
      case "system.identity.create":
        needs(user, "identityManager");
        byWallet(input["wallet"]).hasIdentity = true;
        return {};
      case "system.identity.register":
        needs(user, "identityManager");
        byWallet(input["wallet"]).isRegistered = true;
        return {};
      case "system.identity.me":
        return {
          id: `identity-${user.email}`,
          registered: user.isRegistered ? { isRegistered: true, country: "BE" } : false,
          claims: user.claims.map((claim) => ({ name: claim, revoked: false })),
        };
      case "system.identity.claims.issue": {
        needs(user, "claimIssuer");
        const claim = recordOf(input["claim"])?.["topic"];
        const found = users.find(({ email }) => `identity-${email}` === input["targetIdentityAddress"]);
        found?.claims.push(String(claim));
        return {};
      }
      case "system.accessManager.grantRole":
        needs(user, "admin");
        byWallet(input["address"]).roles.push(...texts(input["role"]));
        return {};
      case "token.create": {
        needs(user, "tokenManager");
        const made = { ...fakeToken(String(input["symbol"]), [], true), name: String(input["name"]) };
        made.roles["admin"] = [user.wallet];
        tokens.push(made);
        return tokenOutput(made);
      }
      case "token.list":
        return { tokens: tokens.map(tokenOutput), totalCount: tokens.length };
      case "token.search":
        return tokens.filter(({ symbol }) => symbol === input["query"]).map(tokenOutput);
      case "token.read":
        return tokenOutput(tokenAt(input["tokenAddress"]));
      case "token.holder": {
        const value = tokenAt(input["tokenAddress"]).balances[String(input["holderAddress"])];
        return { holder: value === undefined ? null : { value: String(value) } };
      }
      case "token.grantRole": {
        const token = tokenAt(input["contract"]);
        needsOn(token, "admin", user);
        for (const role of texts(input["roles"]))
          (token.roles[role] ??= []).push(String(input["address"]));
        return {};
      }
      case "token.unpause": {
        const token = tokenAt(input["contract"]);
        needsOn(token, "emergency", user);
        token.paused = false;
        return {};
      }
      case "token.mint": {
        const token = tokenAt(input["contract"]);
        needsOn(token, "supplyManagement", user);
        if (token.paused) throw new Refusal(422, "INPUT_VALIDATION_FAILED");
        const [recipient = ""] = texts(input["recipients"]);
        token.balances[recipient] = (token.balances[recipient] ?? 0) + 1;
        return {};
      }
      default:
        throw new Refusal(404, "NOT_FOUND");
    }
  };
  const listener = await listen(undefined, handle, () => undefined);
  const url = `http://127.0.0.1:${listener.port}`;
  return { url, users, tokens, calls, overrides, stop: () => listener.close() };
}

const tokenOutput = ({ id, symbol, name, paused, roles }: FakeToken): Json => ({
  id,
  symbol,
  name,
  pausable: { paused },
  accessControl: Object.fromEntries(
    Object.entries(roles).map(([role, wallets]) => [role, wallets.map((wallet) => ({ id: wallet }))]),
  ),
  complianceModuleConfigs: [],
});

const texts = (value: unknown): readonly string[] => (listOf(value) ?? []).map(String);

const bodyOf = (body: string): Json =>
  (body === "" ? undefined : recordOf(JSON.parse(body))) ?? {};
