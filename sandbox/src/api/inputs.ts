/**
 * What the procedures accept: as strict and as lax as the platform's contract (`inputs.test.ts` compares the two).
 * Defaults and lower case are those of the real schemas; so is a body without input where those have a default.
 */
import * as z from "zod";

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected an address: 0x and 40 hexadecimal digits")
  .transform((text) => text.toLowerCase());

const direction = z.enum(["asc", "desc"]);
const preset = z.enum(["trailing24Hours", "trailing7Days"]);

/** Lists are ordered by any text: the index behind the API decides whether there is such a field. */
const sortable = { orderDirection: direction.default("asc"), orderBy: z.string().default("id") };
const paginated = {
  ...sortable,
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(200).optional(),
};
const byField = {
  orderDirection: direction.default("asc"),
  orderBy: z.enum(["id", "name", "typeId"]).default("id"),
};
const found = z.object({
  query: z.string().min(1),
  limit: z.int().min(1).max(50).default(10),
});
const lastDays = (days: number) =>
  z.object({ timeRange: z.int().min(1).max(365).default(days) }).default({ timeRange: days });

/** Without an input of its own: whatever is sent is ignored. */
export const nothing = z.unknown();
/** No field is known, and none is accepted. */
export const noFields = z.strictObject({}).optional();
export const anyFields = z.object({}).optional();
export const tokenAddress = z.object({ tokenAddress: address });
/** Any text here: the token is then not found. */
export const holdersOf = z.object({
  tokenAddress: z.string().transform((text) => text.toLowerCase()),
});
export const tokenDays = z.object({
  tokenAddress: address,
  days: z.number().min(1).max(365).default(30),
});
export const tokenHolder = z.object({ tokenAddress: address, holderAddress: address });
export const settingKey = z.object({
  key: z.enum(["BASE_CURRENCY", "SYSTEM_ADDRESS", "SYSTEM_ADDONS_SKIPPED"]),
});
export const systemList = z
  .object({ orderDirection: direction.default("asc"), orderBy: z.literal("id").default("id") })
  .default({ orderDirection: "asc", orderBy: "id" });
export const systemRead = z.object({ id: z.union([z.literal("default"), address]) });
export const factoryList = z
  .object({ ...byField, hasTokens: z.boolean().optional() })
  .default({ orderDirection: "asc", orderBy: "id" });
export const factoryRead = z.object({ id: address });
export const addonList = z
  .object({
    ...byField,
    typeId: z.enum(["airdrops", "yield", "xvp"]).optional(),
    account: address.optional(),
  })
  .default({ orderDirection: "asc", orderBy: "id" });
export const actionList = z
  .object({
    status: z.enum(["PENDING", "UPCOMING", "EXECUTED", "EXPIRED"]).optional(),
    targets: z.array(address).optional(),
    name: z.string().optional(),
  })
  .default({});
export const userEvents = z
  .object({
    limit: z.number().min(1).max(500).default(50),
    offset: z.number().min(0).default(0),
    orderBy: z.enum(["blockTimestamp", "eventName", "blockNumber"]).default("blockTimestamp"),
    orderDirection: direction.default("desc"),
  })
  .default({ limit: 50, offset: 0, orderBy: "blockTimestamp", orderDirection: "desc" });
export const userAssets = z.object({ wallet: address.optional() }).default({});
export const byPreset = z.object({ preset });
export const transactionHistory = z
  .object({ timeRange: z.number().min(1).max(365).default(7) })
  .default({ timeRange: 7 });
export const recentDays = lastDays(7);
export const growthDays = lastDays(30);
export const tokenList = z
  .object({ ...sortable, tokenFactory: address.optional() })
  .default({ orderDirection: "asc", orderBy: "id" });
export const search = found;
export const userList = z
  .object({ ...paginated, filters: z.object({ search: z.string().optional() }).optional() })
  .default({ offset: 0, orderDirection: "asc", orderBy: "id" });
export const identityList = z
  .object({
    ...paginated,
    filters: z
      .object({ accountId: address.optional(), isContract: z.boolean().optional() })
      .optional(),
  })
  .default({ offset: 0, orderDirection: "asc", orderBy: "id" });
export const entityList = z
  .object({
    ...paginated,
    filters: z
      .object({ entityType: z.enum(["token", "vault", "contract", "wallet"]).optional() })
      .optional(),
  })
  .default({ offset: 0, orderDirection: "asc", orderBy: "id" });

/**
 * A whole number of base units. The contract says nothing about its form (`{}`); the real schema takes numbers and
 * texts, also with decimals, which are cut off, and whatever else JavaScript's BigInt takes.
 */
const amount = z.unknown().transform((value, context): bigint => {
  try {
    if (typeof value === "number") return BigInt(Math.trunc(value));
    const whole =
      typeof value === "string" ? /^([+-]?\d*)\.\d*$/.exec(value.trim())?.[1] : undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- BigInt refuses what it does not take
    return BigInt(whole ?? (value as string));
  } catch {
    context.addIssue({ code: "custom", message: "expected a whole number of base units" });
    return z.NEVER;
  }
});

/** One, or up to 100. */
const addresses = z.union([address.transform((one) => [one]), z.array(address).min(1).max(100)]);
const amounts = z.union([z.array(amount).min(1).max(100), amount.transform((one) => [one])]);

const walletVerification = z.object({
  secretVerificationCode: z.string(),
  verificationType: z.enum(["PINCODE", "OTP", "SECRET_CODES"]).default("PINCODE"),
});
const movement = { contract: address, recipients: addresses, amounts, walletVerification };

export const mint = z
  .object(movement)
  .refine(({ recipients, amounts: given }) => recipients.length === given.length, {
    path: ["amounts"],
    error: "expected as many amounts as recipients",
  });
/** A rule across fields, which the contract cannot express: who pays is named for `transferFrom`, and only there. */
export const transfer = z
  .object({
    ...movement,
    from: addresses.optional(),
    transferType: z.enum(["standard", "transferFrom"]).default("standard"),
  })
  .superRefine(({ recipients, amounts: given, from, transferType }, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if (recipients.length !== given.length) {
      refuse("amounts", "expected as many amounts as recipients");
    }
    if (transferType === "standard" && from !== undefined) {
      refuse("from", "a standard transfer pays from the caller's wallet");
    }
    if (transferType === "transferFrom" && from?.length !== recipients.length) {
      refuse("from", "transferFrom expects as many payers as recipients");
    }
  });

export type Mint = z.output<typeof mint>;
