/**
 * The last check before the first packet: Headroom refuses foreign hosts before it starts k6, and the bundle does
 * so again, because it also runs without Headroom.
 */
import type { PlannedArrivals } from "../../src/domain/plan.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { surfaces } from "../../src/domain/surface.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

/** k6 has no `URL`. Host in lower case, without port; IPv6 keeps its brackets. @returns `undefined` for what is no http(s) URL */
export function hostOf(url: string): string | undefined {
  const match =
    /^https?:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:@[\]]+)(?::\d+)?(?:[/?#]|$)/i.exec(url);
  return match?.[1]?.toLowerCase();
}

/**
 * `hostOf` for a URL that it does not refuse, in virtual users: the first regular expression of one takes 16 KB of memory,
 * and there may be thousands.
 */
export function checkedHost(url: string): string {
  const start = url.indexOf("//") + 2;
  let end = start;
  while (end < url.length && !"/?#".includes(url.charAt(end))) end += 1;
  const authority = url.slice(start, end).toLowerCase();
  const host = authority.slice(authority.indexOf("@") + 1);
  const port = host.lastIndexOf(":");
  return port > host.lastIndexOf("]") ? host.slice(0, port) : host;
}

/** Scheme, host and port: `http://127.0.0.1:4010`. */
export const originOf = (url: string): string =>
  /^https?:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase() ?? "";

/** @throws Error naming every target whose host is not on the plan's list */
export function refuseForeignHosts(plan: ScenarioPlan): void {
  const refused = surfaces.flatMap((surface) => {
    const target = plan.targets[surface];
    if (target === undefined) return [];
    const host = hostOf(target);
    if (host !== undefined && plan.allowedHosts.includes(host)) return [];
    return [`${surface} (${host ?? "not an http URL"})`];
  });
  if (refused.length === 0) return;
  throw new Error(
    `headroom: refused before a packet was sent: ${refused.join(", ")} not among the allowed hosts ` +
      `(${plan.allowedHosts.join(", ") || "none"})`,
  );
}

/** Where packets for a surface may go; `undefined`: the plan does not say. */
export function addressesOf(plan: ScenarioPlan, surface: Surface): readonly string[] | undefined {
  const target = plan.targets[surface];
  const addresses = target === undefined ? undefined : plan.resolvedAddresses[checkedHost(target)];
  return addresses === undefined || addresses.length === 0 ? undefined : addresses;
}

/** The targets that each scenario needs. */
const surfacesOf: Readonly<Record<PlannedArrivals["scenario"], readonly Surface[]>> = {
  web: ["web"],
  api: ["api"],
  subgraph: ["subgraph"],
  mixed: ["web", "api", "subgraph"],
  noop: ["api"],
};

/** @throws Error naming the flows whose surface has no target */
export function refuseMissingTargets(plan: ScenarioPlan): void {
  const missing = new Set(
    plan.arrivals.flatMap(({ scenario, flow }) =>
      surfacesOf[scenario]
        .filter((surface) => plan.targets[surface] === undefined)
        .map((surface) => `${flow} needs a target for ${surface}`),
    ),
  );
  if (missing.size > 0) throw new Error(`headroom: ${[...missing].join("; ")}`);
}
