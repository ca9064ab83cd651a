import { afterEach, describe, expect, test } from "vitest";
import { environments } from "../../profiles/environments/index.ts";
import type { IdentityRoles } from "../domain/environment.ts";
import { complianceOf } from "./identity-facts.ts";
import { inspectIdentities } from "./inspect-identities.ts";
import type { IdentitiesReport } from "./identity-report.ts";
import {
  fakeToken,
  onboardedUser,
  startFakePlatform,
  type FakePlatform,
  type FakeToken,
  type FakeUser,
} from "./testdata/fake-platform.ts";

let platform: FakePlatform | undefined;
afterEach(() => platform?.stop());

const email = (number: number): string => `load-${number}@example.test`;
const team = (): FakeUser[] => [
  onboardedUser(email(1)),
  onboardedUser(email(2), ["tokenManager"]),
  onboardedUser(email(3), ["admin", "identityManager", "claimIssuer"]),
];
const mintedBy = (users: readonly FakeUser[], paused = false): FakeToken[] => [
  fakeToken("A", [users[1]?.wallet ?? ""], paused),
  fakeToken("B", [users[1]?.wallet ?? ""], paused),
];

async function inspect(
  users: FakeUser[],
  tokens: FakeToken[],
  override?: (one: FakePlatform) => void,
  roles?: IdentityRoles,
): Promise<IdentitiesReport> {
  platform = await startFakePlatform(users, tokens);
  override?.(platform);
  return inspectIdentities({
    environment: "staging",
    target: platform.url,
    pool: { ...environments.staging.identities, count: users.length, roles },
    password: "right",
    signInsPer10s: 0,
    sleep: () => Promise.resolve(),
    onStage: () => undefined,
    procedures: ["user.me", "user.list", "token.mint", "token.transfer"],
    reads: [{ procedure: "user.list", input: { limit: 1 } }],
  });
}

describe("what each identity may do", () => {
  test("an investor, an issuer, an administrator", async () => {
    const users = team();
    const { identities, tokens, problems } = await inspect(users, mintedBy(users));
    expect(problems).toEqual([]);
    expect(tokens).toEqual({ total: 2, paused: 0, examined: 2, mintable: 2 });
    const allowed = identities.map(({ procedures }) =>
      procedures.filter(({ isAllowed }) => isAllowed).map(({ procedure }) => procedure),
    );
    expect(allowed).toEqual([
      ["user.me", "token.transfer"],
      ["user.me", "token.mint", "token.transfer"],
      ["user.me", "user.list", "token.transfer"],
    ]);
    expect(identities[0]?.procedures[1]).toEqual({
      procedure: "user.list",
      isAllowed: false,
      from: "answer",
      refusal: "403 USER_NOT_AUTHORIZED",
    });
    expect(identities.map(({ systemRoles }) => systemRoles)).toEqual([
      [],
      ["tokenManager"],
      ["admin", "identityManager", "claimIssuer"],
    ]);
    expect(identities.map(({ mintableTokens }) => mintableTokens.length)).toEqual([0, 2, 0]);
    expect(identities.map(({ recipient }) => recipient.allowed)).toEqual([2, 2, 2]);
  });

  test("no cookie and no password is reported", async () => {
    const users = team();
    const text = JSON.stringify(await inspect(users, mintedBy(users)));
    expect(text).not.toMatch(/session_token|right/);
  });
});

/** A team whose issuer was changed. */
const changed = (change: (user: FakeUser) => void): FakeUser[] => {
  const users = team();
  for (const user of users.slice(1, 2)) change(user);
  return users;
};

describe("problems, each in one sentence with its call", () => {
  test.each<[string, () => [FakeUser[], FakeToken[]], readonly (readonly [string, string])[]]>([
    [
      "no identity has a role",
      () => {
        const users = [onboardedUser(email(1)), onboardedUser(email(2))];
        return [users, [fakeToken("A", ["0x1"])]];
      },
      [
        ["role-missing", "POST user.list"],
        ["nothing-to-mint", "POST token.mint"],
      ],
    ],
    ["no tokens", () => [team(), []], [["no-tokens", "POST token.list"]]],
    [
      "all tokens paused",
      () => {
        const users = team();
        return [users, mintedBy(users, true)];
      },
      [["tokens-paused", "POST token.mint"]],
    ],
    [
      "two-factor enabled",
      () => {
        const users = changed((user) => user.verificationTypes.push("OTP"));
        return [users, mintedBy(users)];
      },
      [["two-factor", "POST token.mint"]],
    ],
    [
      "no pincode",
      () => {
        const users = changed((user) => (user.verificationTypes = ["SECRET_CODES"]));
        return [users, mintedBy(users)];
      },
      [["no-pincode", "POST token.mint"]],
    ],
    [
      "onboarding unfinished",
      () => {
        const users = changed((user) => (user.hasRecoveryCodes = false));
        return [users, mintedBy(users)];
      },
      [["onboarding-unfinished", "POST system.read"]],
    ],
  ])("%s", async (_, made, expected) => {
    const { problems } = await inspect(...made());
    expect(problems.map(({ code, call }) => [code, call])).toEqual(expected);
    for (const { sentence, action } of problems) {
      expect(sentence).toMatch(/^[^.]+\.?.*\.$/);
      expect(action).not.toBe("");
    }
  });

  test("an identity without the role that the environment declares", async () => {
    const users = team();
    const declared = { investor: [1], issuer: [1, 2], administrator: [2, 3] };
    const { problems } = await inspect(users, mintedBy(users), undefined, declared);
    expect(problems.map(({ code, sentence }) => [code, sentence])).toEqual([
      [
        "role-mismatch",
        "load-1@example.test is declared as issuer (identities.roles) and may not call token.mint.",
      ],
      [
        "role-mismatch",
        "load-2@example.test is declared as administrator (identities.roles) and may not call user.list.",
      ],
    ]);
  });

  test("sign-in requires a second factor", async () => {
    const { problems, identities } = await inspect(team(), [], (one) =>
      one.overrides.set("auth/sign-in/email", { status: 200, body: { twoFactorRedirect: true } }),
    );
    expect(identities.map(({ signIn }) => signIn)).toEqual(Array(3).fill("second-factor"));
    expect(problems[0]).toMatchObject({ code: "two-factor", call: "POST auth.sign-in" });
  });

  test("an e-mail address that is not verified", async () => {
    const { problems } = await inspect(team(), [], (one) =>
      one.overrides.set("auth/sign-in/email", {
        status: 403,
        body: { code: "EMAIL_NOT_VERIFIED" },
      }),
    );
    expect(problems.map(({ code }) => code)).toEqual(Array(3).fill("email-not-verified"));
  });

  test.each<[string, string, { status: number; body: unknown }, RegExp]>([
    [
      "a wrong password",
      "auth/sign-in/email",
      { status: 401, body: {} },
      /POST auth.sign-in .*load-1@example.test was refused \(401\)/,
    ],
    ["limited sign-ins", "auth/sign-in/email", { status: 429, body: {} }, /refused \(429\)/],
    [
      "a newer contract: a procedure gone",
      "rpc/user/me",
      { status: 404, body: "Not Found" },
      /POST user.me .*contract differs from the one/,
    ],
    [
      "a newer contract: another answer",
      "rpc/user/me",
      { status: 200, body: { json: { id: "1" } } },
      /POST user.me .*has no onboardingState/,
    ],
    [
      "a newer contract: a list of another shape",
      "rpc/token/list",
      { status: 200, body: { json: [] } },
      /POST token.list .*has no tokens/,
    ],
    [
      "a newer contract: an input that is refused",
      "rpc/user/list",
      { status: 400, body: { json: { code: "BAD_REQUEST" } } },
      /POST user.list .*400 BAD_REQUEST/,
    ],
  ])("%s ends it in one sentence", async (_, path, answer, message) => {
    const users = team();
    await expect(
      inspect(users, mintedBy(users), (one) => one.overrides.set(path, answer)),
    ).rejects.toThrow(message);
  });

  test("nothing listens", async () => {
    const stopped = await startFakePlatform([], []);
    await stopped.stop();
    const options = {
      environment: "staging",
      target: stopped.url,
      pool: environments.staging.identities,
      password: "right",
      signInsPer10s: 0,
      sleep: () => Promise.resolve(),
      onStage: () => undefined,
      procedures: [],
      reads: [],
    };
    await expect(inspectIdentities(options)).rejects.toThrow(
      /POST auth.sign-in at 127.0.0.1:\d+: connect ECONNREFUSED/,
    );
  });
});

test.each([
  ["not registered", { isRegistered: false, claims: [] }, { modules: [] }, "refused"],
  ["registered, no modules", { isRegistered: true, claims: [] }, { modules: [] }, "allowed"],
  [
    "registered, a module decides",
    { isRegistered: true, claims: [] },
    { modules: ["CountryAllowListComplianceModule"] },
    "unknown",
  ],
  [
    "verified, the module asks for verification",
    { isRegistered: true, claims: ["antiMoneyLaundering", "knowYourCustomer"] },
    { modules: ["SMARTIdentityVerificationComplianceModule"] },
    "allowed",
  ],
  [
    "one claim is missing",
    { isRegistered: true, claims: ["knowYourCustomer"] },
    { modules: ["SMARTIdentityVerificationComplianceModule"] },
    "unknown",
  ],
  ["registered, modules not known", { isRegistered: true, claims: [] }, {}, "unknown"],
  ["nothing known", { claims: [] }, { modules: [] }, "unknown"],
] as const)("a recipient: %s", (_, identity, token, expected) => {
  expect(complianceOf(identity, token)).toBe(expected);
});
