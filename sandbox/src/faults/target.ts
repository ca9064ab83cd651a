/** Where a fault acts: a surface, or one endpoint of it. */
import { UsageError } from "../../../src/domain/errors.ts";
import { mapParsed, refused, type Parsed } from "../../../src/domain/parsed.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { serviceTimes } from "../latency.ts";
import type { Meeting } from "./fault-kind.ts";

export interface Targeted<Target extends string = Surface> {
  readonly target: Target;
  /** Absent: all of the target. */
  readonly endpoint?: string;
}

const writes = ["token.mint", "token.transfer"];

/** Names that are known beforehand; the subgraph's operations are named by whoever asks. */
const endpoints: Readonly<Record<string, readonly string[]>> = {
  api: [...Object.keys(serviceTimes.api.endpoints), ...writes, "auth.sign-in"],
  web: [...Object.keys(serviceTimes.document.endpoints), "asset"],
};

/** `<target>[/endpoint]:<amount>`. @throws UsageError for an endpoint that is not there */
export function readTargeted<Target extends string, Amount>(
  text: string,
  targets: readonly Target[],
  readAmount: (text: string) => Parsed<Amount>,
): Parsed<{ readonly where: Targeted<Target>; readonly amount: Amount }> {
  const [, name, endpoint, amount] = /^([a-z]+)(?:\/([A-Za-z0-9._-]+))?:(.+)$/.exec(text) ?? [];
  const target = targets.find((each) => each === name);
  if (target === undefined || amount === undefined)
    return refused(`"${text}" does not begin with ${targets.join(": or ")}:`);
  const aimedAt = (where: Targeted<Target>) =>
    mapParsed(readAmount(amount), (read) => ({ where, amount: read }));
  if (endpoint === undefined) return aimedAt({ target });
  const known = endpoints[target];
  const plain = plainName(endpoint);
  if (target === "database" || (known !== undefined && !known.includes(plain))) {
    throw new UsageError(`fault "${text}": ${target} has no endpoint "${endpoint}"`, {
      code: "unknown-endpoint",
      hint: known === undefined ? "Leave the endpoint out." : `Known: ${known.join(" ")}.`,
    });
  }
  return aimedAt({ target, endpoint: plain });
}

export const writeTarget = ({ target, endpoint }: Targeted<string>): string =>
  endpoint === undefined ? target : `${target}/${endpoint}`;

/** A surface is its calls and pages: assets and sign-ins are meant only where they are named. */
export function isAimedAt(
  { target, endpoint }: Targeted<string>,
  { surface, endpoint: name, kind }: Meeting,
): boolean {
  if (target !== surface) return false;
  if (endpoint === undefined) return kind === "call" || kind === "document";
  return endpoint === plainName(name);
}

/** Pages are called `page.dashboard` in reports and `dashboard` here; both will do. */
const plainName = (endpoint: string): string => endpoint.replace(/^page\./, "");

/** The share of a surface's requests that go to an endpoint, as far as the table of latencies knows. */
export function weightOf({ target, endpoint }: Targeted): number {
  if (endpoint === undefined) return 1;
  const table = serviceTimes[target === "web" ? "document" : target].endpoints;
  const shares = Object.values(table).reduce((sum, [, share]) => sum + share, 0);
  return (table[endpoint]?.[1] ?? 0) / shares;
}
