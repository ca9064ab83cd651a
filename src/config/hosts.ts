/** The allow-list: only hosts that the environment names, at addresses it allows, are ever loaded. */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Environment, Targets } from "../domain/environment.ts";
import { ConfigError, TargetError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";

export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveHost: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Resolves each target's host and checks it, before a packet is sent to any.
 * @returns host → addresses; k6 is pinned to them @throws ConfigError for a host or address that is not allowed
 * @throws TargetError where a host does not resolve
 */
export async function checkHosts(
  environment: Environment,
  targets: Targets,
  resolve: Resolve = resolveHost,
): Promise<Record<string, readonly string[]>> {
  const problems = new Problems();
  const resolved: Record<string, readonly string[]> = {};
  for (const [surface, url] of Object.entries(targets)) {
    const host = new URL(url).hostname;
    if (!environment.allowedHosts.includes(host)) {
      problems.add(
        `${surface} target ${url}: host "${host}" is not in allowedHosts of ${environment.name}`,
      );
    } else if (resolved[host] === undefined) {
      const addresses = await addressesOf(host, url, resolve);
      resolved[host] = addresses;
      for (const address of addresses.filter((candidate) => !isAllowed(candidate, environment))) {
        problems.add(
          `${surface} target ${url}: ${host} resolves to ${address}, outside allowedNetworks of ${environment.name}`,
        );
      }
    }
  }
  problems.raise(
    (message) =>
      new ConfigError(message, {
        code: "host-not-allowed",
        hint: `Name the host in environments/${environment.name}.json (allowedHosts, allowedNetworks) if it really may be loaded.`,
      }),
  );
  return resolved;
}

async function addressesOf(
  host: string,
  url: string,
  resolve: Resolve,
): Promise<readonly string[]> {
  const literal = host.replaceAll(/[[\]]/g, "");
  if (isIP(literal) > 0) return [literal];
  try {
    return await resolve(host);
  } catch (error) {
    throw new TargetError(`GET ${url}: the name ${host} does not resolve (${String(error)})`, {
      code: "dns-failure",
      hint: "Check the host name, the VPN and the resolver of this machine.",
      cause: error,
    });
  }
}

function isAllowed(address: string, environment: Environment): boolean {
  if (environment.allowedNetworks === undefined) return true;
  const networks = new BlockList();
  for (const network of environment.allowedNetworks) {
    const [base = "", prefix = ""] = network.split("/");
    networks.addSubnet(base, Number(prefix), isIP(base) === 6 ? "ipv6" : "ipv4");
  }
  return networks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
