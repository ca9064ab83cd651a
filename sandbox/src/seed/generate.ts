/**
 * A believable platform from one seed: five kinds of assets, their holders and their history. Rows carry the
 * column names of the tables they go to. Only timestamps depend on the day.
 */
import { hashPassword } from "better-auth/crypto";
import type { SessionUser } from "../auth/session.ts";
import type { SeededTable } from "../database/schema.sql.ts";
import {
  SANDBOX_ADMIN_EMAIL,
  SANDBOX_EMAIL_PATTERN,
  SANDBOX_PASSWORD,
} from "../../../src/domain/sandbox.ts";
import { SANDBOX_IDENTITY_COUNT, sandboxNumbersOf } from "../identities.ts";
import type { Role } from "../../../src/domain/role.ts";
import { hex, integer, pick } from "../random.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import type { Random } from "../../../src/domain/random.ts";
import { systemGrants } from "../system-roles.ts";
import {
  addonTypes,
  assetTypes,
  complianceModules,
  countries,
  firstNames,
  lastNames,
  nouns,
} from "./words.ts";

type Row = Readonly<Record<string, unknown>>;
export type SeedData = Readonly<Record<SeededTable, readonly Row[]>>;

const tokensPerFactory = 60;
const holderCount = 900;
const balanceCount = 3000;
const eventCount = 8000;
const actionCount = 40;
const historyDays = 60;
const day = 86_400;

/** @param nowSeconds the present, epoch seconds: history ends here */
export async function generateSeed(seed: number, nowSeconds: number): Promise<SeedData> {
  const random = seededRandom(seed);
  const address = (): string => `0x${hex(random, 40)}`;
  const people = makePeople(random, address);
  const wallets = people.map(({ wallet }) => wallet);
  const holders = [...wallets, ...Array.from({ length: holderCount - wallets.length }, address)];
  const factories = assetTypes.map((type) => ({
    id: address(),
    name: type.factory,
    type_id: type.factoryTypeId,
    extensions: type.extensions,
  }));
  const walletsOf = (role: Role): readonly string[] =>
    sandboxNumbersOf(role).flatMap((number) => wallets.slice(number - 1, number));
  const admin = wallets[SANDBOX_IDENTITY_COUNT] ?? "";
  const issuers = walletsOf("issuer");
  const topicIssuer = address();
  const identityOf = (account: string, isContract: boolean): IdentityRow => ({
    id: address(),
    account_id: account,
    country: pick(random, countries),
    is_contract: isContract,
    deployed_at: nowSeconds - integer(random, 1, historyDays) * day,
    claims: makeClaims(random, topicIssuer, isContract),
  });
  const identities = holders.slice(0, 400).map((holder) => identityOf(holder, false));
  const tokens = factories.flatMap((factory, kind) =>
    Array.from({ length: tokensPerFactory }, (_, index) => {
      const identity = identityOf(address(), true);
      identities.push(identity);
      return makeToken(random, { factory, kind, index, identity, issuers, nowSeconds, address });
    }),
  );
  const balances = makeBalances(random, tokens, holders, wallets, nowSeconds);
  settleSupplies(tokens, balances);
  const password = await hashPassword(SANDBOX_PASSWORD);
  return {
    ...makeSystem(
      address,
      systemGrants(
        {
          investor: walletsOf("investor"),
          issuer: issuers,
          administrator: walletsOf("administrator"),
        },
        admin,
      ),
    ),
    factories,
    addons: addonTypes.map(({ id, name }) => ({ id: address(), name, type_id: id })),
    accounts: [
      ...holders.map((id) => makeAccount(random, id, false, nowSeconds)),
      ...tokens.map(({ id }) => makeAccount(random, id, true, nowSeconds)),
      ...identities
        .filter((identity) => identity.is_contract)
        .map((identity) => makeAccount(random, identity.account_id, true, nowSeconds)),
    ],
    identities,
    tokens,
    balances,
    events: makeEvents(random, tokens, holders, wallets, nowSeconds),
    actions: makeActions(random, tokens, wallets, nowSeconds, address),
    user: people.map((person) => ({ ...person, emailVerified: true })),
    account: people
      .filter(({ email }) => email.endsWith("@sandbox.test"))
      .map(({ id }) => ({
        id: `account-${id}`,
        accountId: id,
        providerId: "credential",
        userId: id,
        password,
      })),
  };
}

/** The identities for load, an administrator, and people who never sign in. */
function makePeople(random: Random, address: () => string): readonly SessionUser[] {
  const name = (): string => `${pick(random, firstNames)} ${pick(random, lastNames)}`;
  const person = (id: string, email: string, role: string): SessionUser => ({
    id,
    name: name(),
    email,
    role,
    wallet: address(),
    onboarded: true,
  });
  const load = Array.from({ length: SANDBOX_IDENTITY_COUNT }, (_, index) =>
    person(`load-${index + 1}`, SANDBOX_EMAIL_PATTERN.replace("{n}", String(index + 1)), "user"),
  );
  const others = Array.from({ length: 48 }, (_, index) =>
    person(`user-${index + 1}`, `investor-${index + 1}@example.test`, "user"),
  );
  return [...load, person("admin", SANDBOX_ADMIN_EMAIL, "admin"), ...others];
}

function makeSystem(
  address: () => string,
  grants: Readonly<Record<string, readonly string[]>>,
): Pick<SeedData, "settings" | "systems" | "compliance_modules"> {
  const id = address();
  const roles = { ...grants, systemModule: [address(), address()] };
  return {
    settings: [
      { key: "SYSTEM_ADDRESS", value: id },
      { key: "BASE_CURRENCY", value: "EUR" },
      { key: "SYSTEM_ADDONS_SKIPPED", value: "false" },
    ],
    systems: [
      {
        id,
        identity_factory: address(),
        identity_registry: address(),
        identity_registry_storage: address(),
        compliance: address(),
        token_factory_registry: address(),
        addon_registry: address(),
        access_manager: address(),
        roles,
      },
    ],
    compliance_modules: complianceModules.map(({ id: typeId, name }) => ({
      id: address(),
      name,
      type_id: typeId,
    })),
  };
}

function makeClaims(random: Random, issuer: string, isContract: boolean): readonly Row[] {
  const topics = isContract ? ["assetClassification", "basePrice"] : ["knowYourCustomer", "aml"];
  return topics
    .filter(() => random() < 0.8)
    .map((name) => ({
      id: `0x${hex(random, 64)}`,
      name,
      revoked: random() < 0.05,
      issuer,
      values: [{ key: "value", value: String(integer(random, 1, 1000)) }],
    }));
}

interface IdentityRow extends Row {
  readonly id: string;
  /** Whom it stands for: a person's wallet, or an account made for a token. */
  readonly account_id: string;
  readonly is_contract: boolean;
}

interface TokenContext {
  readonly factory: { readonly id: string };
  readonly kind: number;
  readonly index: number;
  readonly identity: IdentityRow;
  readonly issuers: readonly string[];
  readonly nowSeconds: number;
  readonly address: () => string;
}

interface TokenRow extends Row {
  readonly id: string;
  readonly decimals: number;
  readonly created_at: number;
  total_supply: number;
}

function makeToken(random: Random, context: TokenContext): TokenRow {
  const { factory, kind, index, identity, issuers, nowSeconds, address } = context;
  const type = assetTypes[kind] ?? assetTypes[0];
  const noun = nouns[index % nouns.length] ?? "Asset";
  const series = 1 + Math.floor(index / nouns.length);
  const symbol = `${noun.slice(0, 3).toUpperCase()}${type.symbol}${series}${index}`;
  const createdBy = pick(random, issuers);
  // Who created a token may give out roles on it; the other issuers hold some of them.
  const others = issuers.filter((issuer) => issuer !== createdBy && random() < 0.3);
  const team = [createdBy, ...others];
  const createdAt = nowSeconds - integer(random, historyDays, 400) * day;
  return {
    id: address(),
    factory_id: factory.id,
    identity_id: identity.id,
    type: type.id,
    name: `${noun} ${type.noun} ${series}`,
    symbol,
    decimals: type.decimals,
    total_supply: 0,
    cap: type.extensions.includes("CAPPED") ? 100_000_000 : null,
    price: type.price === undefined ? integer(random, 500, 25_000) / 100 : type.price,
    paused: random() < 0.05,
    collateral: type.extensions.includes("COLLATERAL") ? integer(random, 1, 50) * 1_000_000 : null,
    created_at: createdAt,
    created_by: createdBy,
    details: makeDetails(random, type.id, createdAt),
    roles: {
      admin: [createdBy],
      governance: team,
      supplyManagement: team,
      custodian: team.slice(-1),
      emergency: team.slice(-1),
    },
  };
}

function makeDetails(random: Random, type: string, createdAt: number): Row {
  if (type === "bond") {
    return {
      bond: {
        faceValue: "1000",
        isMatured: false,
        maturityDate: String(createdAt + integer(random, 500, 4000) * day),
      },
    };
  }
  if (type === "fund") return { fund: { managementFeeBps: integer(random, 10, 250) } };
  return {};
}

interface BalanceRow extends Row {
  readonly token_id: string;
  readonly value: number;
}

/** Few tokens have many holders: the share of the k-th token falls with √k. Users with a sign-in hold some of everything. */
function makeBalances(
  random: Random,
  tokens: readonly TokenRow[],
  holders: readonly string[],
  wallets: readonly string[],
  nowSeconds: number,
): readonly BalanceRow[] {
  const taken = new Set<string>();
  const balances: BalanceRow[] = [];
  while (balances.length < balanceCount) {
    const token = skewed(random, tokens);
    const account = pick(random, random() < 0.3 ? wallets : holders);
    const key = `${token.id}${account}`;
    if (taken.has(key)) continue;
    taken.add(key);
    const value = integer(random, 1, 100_000);
    balances.push({
      token_id: token.id,
      account_id: account,
      value,
      frozen: random() < 0.1 ? Math.floor(value / 10) : 0,
      is_frozen: random() < 0.02,
      updated_at: nowSeconds - integer(random, 0, historyDays * day),
    });
  }
  return balances;
}

function settleSupplies(tokens: readonly TokenRow[], balances: readonly BalanceRow[]): void {
  const byId = new Map(tokens.map((token) => [token.id, token]));
  for (const { token_id: id, value } of balances) {
    const token = byId.get(id);
    if (token !== undefined) token.total_supply += value;
  }
}

const eventNames = [
  ["Transfer", 0.5],
  ["MintCompleted", 0.15],
  ["TransferCompleted", 0.2],
  ["BurnCompleted", 0.05],
  ["Approval", 0.07],
  ["RoleGranted", 0.03],
] as const;

function makeEvents(
  random: Random,
  tokens: readonly TokenRow[],
  holders: readonly string[],
  wallets: readonly string[],
  nowSeconds: number,
): readonly Row[] {
  const start = nowSeconds - historyDays * day;
  const step = (historyDays * day) / eventCount;
  return Array.from({ length: eventCount }, (_, index) => {
    const token = skewed(random, tokens);
    const sender = pick(random, random() < 0.4 ? wallets : holders);
    const to = pick(random, random() < 0.2 ? wallets : holders);
    const name = weighted(random);
    const moves = name !== "Approval" && name !== "RoleGranted";
    return {
      id: `0x${hex(random, 64)}${index.toString(16).padStart(8, "0")}`,
      name,
      block_number: index + 1,
      block_timestamp: Math.floor(start + index * step + random() * step),
      transaction_hash: `0x${hex(random, 64)}`,
      tx_index: integer(random, 0, 20),
      emitter: token.id,
      sender,
      involved: [token.id, sender, to],
      from_account: moves && name !== "MintCompleted" ? sender : null,
      to_account: moves && name !== "BurnCompleted" ? to : null,
      amount: moves ? integer(random, 1, 5000) : null,
    };
  });
}

function weighted(random: Random): string {
  let left = random();
  for (const [name, share] of eventNames) {
    left -= share;
    if (left < 0) return name;
  }
  return "Transfer";
}

function makeActions(
  random: Random,
  tokens: readonly TokenRow[],
  wallets: readonly string[],
  nowSeconds: number,
  address: () => string,
): readonly Row[] {
  return Array.from({ length: actionCount }, (_, index) => {
    const done = random() < 0.4;
    const activeAt = nowSeconds - integer(random, 1, 30) * day;
    return {
      id: `${address()}${index}`,
      name: pick(random, ["MatureBond", "ApproveXvPSettlement", "ClaimYield", "RedeemBond"]),
      target: skewed(random, tokens).id,
      active_at: activeAt,
      expires_at: null,
      executed_at: done ? activeAt + day : null,
      executed_by: done ? pick(random, wallets) : null,
      status: done ? "EXECUTED" : "PENDING",
      executors: [pick(random, wallets), pick(random, wallets)],
    };
  });
}

function makeAccount(random: Random, id: string, isContract: boolean, nowSeconds: number): Row {
  return {
    id,
    is_contract: isContract,
    country: isContract ? null : pick(random, countries),
    last_activity: nowSeconds - integer(random, 0, historyDays * day),
  };
}

function skewed<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() ** 2 * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}
