/** What the procedures accept, in the shape of the real platform's contract. */
import * as z from "zod";

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected an address: 0x and 40 hexadecimal digits")
  .transform((text) => text.toLowerCase());

const direction = z.enum(["asc", "desc"]);
const preset = z.enum(["trailing24Hours", "trailing7Days"]);

/** Pages of a list: at most 200 rows at a time. */
const page = {
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(50),
  orderDirection: direction.default("asc"),
};

/** A whole number of base units; numbers of more than 53 bits come as text. */
const amount = z
  .union([z.string().regex(/^\d+$/), z.number().int().min(0), z.bigint().min(0n)])
  .transform(BigInt);

export const nothing = z.object({}).optional();
export const tokenAddress = z.object({ tokenAddress: address });
export const tokenDays = z.object({
  tokenAddress: address,
  days: z.number().int().min(1).max(365).default(30),
});
export const settingKey = z.object({
  key: z.enum(["BASE_CURRENCY", "SYSTEM_ADDRESS", "SYSTEM_ADDONS_SKIPPED"]),
});
export const systemList = z
  .object({ orderDirection: direction.default("asc"), orderBy: z.literal("id").default("id") })
  .default({ orderDirection: "asc", orderBy: "id" });
export const systemRead = z.object({ id: z.union([z.literal("default"), address]) });
export const factoryList = z
  .object({
    orderDirection: direction.default("asc"),
    orderBy: z.enum(["id", "name", "typeId"]).default("id"),
    hasTokens: z.boolean().optional(),
  })
  .default({ orderDirection: "asc", orderBy: "id" });
export const addonList = z
  .object({
    orderDirection: direction.default("asc"),
    orderBy: z.enum(["id", "name", "typeId"]).default("id"),
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
    limit: z.number().int().min(1).max(500).default(50),
    offset: z.number().int().min(0).default(0),
    orderBy: z.enum(["blockTimestamp", "eventName", "blockNumber"]).default("blockTimestamp"),
    orderDirection: direction.default("desc"),
  })
  .default({ limit: 50, offset: 0, orderBy: "blockTimestamp", orderDirection: "desc" });
export const userAssets = z.object({ wallet: address.optional() }).default({});
export const byPreset = z.object({ preset });
export const timeRange = z
  .object({ timeRange: z.number().int().min(1).max(365).default(7) })
  .default({ timeRange: 7 });
export const tokenList = z
  .object({
    orderDirection: direction.default("asc"),
    orderBy: z.enum(["id", "name", "symbol", "createdAt", "totalSupply"]).default("id"),
    tokenFactory: address.optional(),
  })
  .default({ orderDirection: "asc", orderBy: "id" });
export const tokenSearch = z.object({
  query: z.string().min(1).max(200),
  limit: z.number().int().min(1).max(50).default(10),
});
export const userList = z
  .object({
    ...page,
    orderBy: z.enum(["createdAt", "name", "email"]).default("createdAt"),
    filters: z.object({ search: z.string().optional() }).optional(),
  })
  .default({ offset: 0, limit: 50, orderDirection: "asc", orderBy: "createdAt" });
export const identityList = z
  .object({
    ...page,
    orderBy: z.enum(["id", "deployedAt", "lastActivity"]).default("id"),
    filters: z.object({ isContract: z.boolean().optional() }).optional(),
  })
  .default({ offset: 0, limit: 50, orderDirection: "asc", orderBy: "id" });

const walletVerification = z.object({
  secretVerificationCode: z.string(),
  verificationType: z.enum(["PINCODE", "OTP", "SECRET_CODES"]),
});
const movement = {
  contract: address,
  recipients: z.array(address).min(1).max(100),
  amounts: z.array(amount).min(1).max(100),
  walletVerification,
};
const sameLength = {
  check: ({ recipients, amounts }: { recipients: readonly string[]; amounts: readonly bigint[] }) =>
    recipients.length === amounts.length,
  message: "expected as many amounts as recipients",
};
export const mint = z.object(movement).refine(sameLength.check, sameLength.message);
export const transfer = z
  .object({
    ...movement,
    from: address.optional(),
    transferType: z.enum(["standard", "transferFrom"]).default("standard"),
  })
  .refine(sameLength.check, sameLength.message);

export type Mint = z.output<typeof mint>;
