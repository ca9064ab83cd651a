import { z } from "zod";
import type { Prices } from "../domain/capacity-plan.ts";
import type { Problems } from "./problems.ts";
import { parseTable } from "./table.ts";
import { knownColumn, placeIn, readColumn, readOrRefuse, type CellRule } from "./table-columns.ts";
import { plainName } from "./table-units.ts";

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

const hoursPerMonth = (365.25 / 12) * 24;

/**
 * @param text a JSON document, or a table: `item,price,per` and below it `application,280 EUR,month`
 * @param pools names that exist
 * @throws ConfigError with every wrong field
 */
export const readPrices = (text: string, name: string, pools: readonly string[]): Prices =>
  readOrRefuse(
    {
      code: "price-file",
      hint: 'For example {"currency": "EUR", "nodes": {"application": {"perMonth": 280}}, "storagePerGbMonth": 0.1}, or a table item,price,per with lines such as application,280 EUR,month and storage,0.1 EUR,GB-month.',
    },
    (problems) => {
      const isDocument = text.trimStart().startsWith("{");
      const json = isDocument ? parseJson(text) : tableDocument(text, name, problems);
      if (isDocument && json === undefined) problems.add(`${name} is not JSON`);
      const parsed = priceFile.safeParse(json);
      if (!problems.isEmpty) return undefined;
      for (const { path, message } of parsed.error?.issues ?? [])
        problems.add(`${name}: ${path.length === 0 ? "" : `${path.join(".")}: `}${message}`);
      for (const pool of Object.keys(parsed.data?.nodes ?? {}))
        if (!pools.includes(pool))
          problems.add(`${name}: nodes.${pool}: there is no such pool: ${pools.join(", ")}`);
      return parsed.data === undefined ? undefined : pricesOf(parsed.data);
    },
  );

const pricesOf = ({ nodes, ...others }: z.infer<typeof priceFile>): Prices => ({
  ...others,
  nodePerMonth: Object.fromEntries(
    Object.entries(nodes).map(([pool, node]) => [
      pool,
      "perMonth" in node ? node.perMonth : node.perHour * hoursPerMonth,
    ]),
  ),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What is priced; anything else is a pool of nodes. */
const fieldOf: Readonly<Record<string, string>> = {
  "storage gbmonth": "storagePerGbMonth",
  "database gbmonth": "databasePerGbMonth",
  "network gb": "networkPerGb",
};
const nodeFields: Readonly<Record<string, string>> = { month: "perMonth", hour: "perHour" };

const cellRule: CellRule = {
  expected: "a price ≥ 0 with its currency, such as 280 EUR",
  least: "zero",
};

/** The currency is the unit of the prices, so that two of them are refused as mixed units. */
function tableDocument(text: string, name: string, problems: Problems): unknown {
  const table = parseTable(text, { shown: name, needsNames: true }, problems);
  if (table === undefined) return undefined;
  const [item, amount, per] = ["item", "price", "per"].map((column) =>
    knownColumn(table, [column], problems, column),
  );
  if (item === undefined || amount === undefined || per === undefined) return undefined;
  const prices = readColumn(table, amount, cellRule, problems);
  if (prices?.unit === "") problems.add(`${name}: prices have no currency: write 280 EUR`);
  const nodes: Record<string, unknown> = {};
  const document: Record<string, unknown> = { currency: prices?.unit, nodes };
  for (const [index, { where, cells }] of table.rows.entries()) {
    const [what, unit] = [String(cells[item] ?? ""), plainName(String(cells[per] ?? ""))];
    const [field, nodeField] = [fieldOf[`${what} ${unit}`], nodeFields[unit]];
    const place = placeIn(name, where);
    if (document[field ?? ""] !== undefined || Object.hasOwn(nodes, what))
      problems.add(`${place}: ${what} has a price already`);
    else if (field !== undefined) document[field] = prices?.values[index];
    else if (nodeField !== undefined) nodes[what] = { [nodeField]: prices?.values[index] };
    else
      problems.add(
        `${place}: ${what} per "${String(cells[per] ?? "")}", expected nodes per month or hour, storage or database per GB-month, network per GB`,
      );
  }
  return document;
}
