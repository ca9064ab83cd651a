import { z } from "zod";
import { ConfigError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";

const price = z.number().nonnegative();

const priceFile = z.strictObject({
  currency: z.string().min(1),
  /** Per node and month, by pool; per hour is multiplied by 730.5. */
  nodes: z.record(
    z.string(),
    z.union([z.strictObject({ perMonth: price }), z.strictObject({ perHour: price })]),
  ),
  storagePerGbMonth: price.optional(),
  databasePerGbMonth: price.optional(),
  networkPerGb: price.optional(),
});

/** A price table as read: money per node and month, per GB-month, per GB. */
export interface Prices {
  readonly currency: string;
  readonly nodePerMonth: Readonly<Record<string, number>>;
  readonly storagePerGbMonth?: number;
  readonly databasePerGbMonth?: number;
  readonly networkPerGb?: number;
}

const hoursPerMonth = (365.25 / 12) * 24;

/** @param pools names that exist @throws ConfigError with every wrong field */
export function readPrices(text: string, name: string, pools: readonly string[]): Prices {
  const problems = new Problems();
  const raise = (): void =>
    problems.raise(
      (message) =>
        new ConfigError(message, {
          code: "price-file",
          hint: 'For example {"currency": "EUR", "nodes": {"application": {"perMonth": 280}}, "storagePerGbMonth": 0.1}.',
        }),
    );
  const json = parseJson(text);
  if (json === undefined) problems.add(`${name} is not JSON`);
  raise();
  const parsed = priceFile.safeParse(json);
  if (!parsed.success)
    for (const { path, message } of parsed.error.issues)
      problems.add(`${name}: ${path.length === 0 ? "" : `${path.join(".")}: `}${message}`);
  const known = parsed.success ? Object.keys(parsed.data.nodes) : [];
  for (const pool of known.filter((one) => !pools.includes(one)))
    problems.add(`${name}: nodes.${pool}: there is no such pool: ${pools.join(", ")}`);
  raise();
  if (!parsed.success) throw new ConfigError(`${name} cannot be read`, { code: "price-file" });
  const { nodes, storagePerGbMonth, databasePerGbMonth, networkPerGb, currency } = parsed.data;
  return {
    currency,
    nodePerMonth: Object.fromEntries(
      Object.entries(nodes).map(([pool, node]) => [
        pool,
        "perMonth" in node ? node.perMonth : node.perHour * hoursPerMonth,
      ]),
    ),
    storagePerGbMonth,
    databasePerGbMonth,
    networkPerGb,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
