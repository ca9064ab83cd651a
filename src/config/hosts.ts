/** The allow-list: only hosts that the environment names, at addresses it allows, are ever loaded. */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Environment, Targets } from "../domain/environment.ts";
import { ConfigError, TargetError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";
import type { Parsed } from "./quantity.ts";

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

function isAllowed(address: string, { allowedNetworks, name }: Environment): boolean {
  if (allowedNetworks === undefined) return true;
  return networksOf(allowedNetworks, name).check(address, familyOf(address));
}

/** @throws ConfigError naming every range that is none */
function networksOf(ranges: readonly string[], name: string): BlockList {
  const problems = new Problems();
  const networks = new BlockList();
  for (const range of ranges) {
    const network = problems.take(`allowedNetworks of ${name}`, parseNetwork(range));
    if (network !== undefined)
      networks.addSubnet(network.base, network.prefix, familyOf(network.base));
  }
  problems.raise((message) => new ConfigError(message, { code: "bad-network" }));
  return networks;
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

interface Network {
  readonly base: string;
  /** Leading bits that all its addresses share. */
  readonly prefix: number;
}

/** By the version of the address. */
const longestPrefix: ReadonlyMap<number, number> = new Map([
  [4, 32],
  [6, 128],
]);

/** `10.20.0.0/16`, `fd00::/8`; an address without a prefix is a network of its own. */
export function parseNetwork(text: string): Parsed<Network> {
  const [, base = "", digits] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const longest = longestPrefix.get(isIP(base));
  if (longest === undefined)
    return {
      ok: false,
      problem: `"${text}" is not a network: write an address with its prefix, such as 10.20.0.0/16 or fd00::/8`,
    };
  const prefix = digits === undefined ? longest : Number(digits);
  return prefix <= longest
    ? { ok: true, value: { base, prefix } }
    : { ok: false, problem: `"${text}": the prefix goes from 0 to ${longest}` };
}

/** A base URL that may be written down: run.json and the reports hold it. No problem repeats a password. */
export function parseTarget(text: string): Parsed<string> {
  const shown = withoutUser(text);
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text))
    return { ok: false, problem: `"${shown}" is not an http(s) URL` };
  if (!holdsUser(text)) return { ok: true, value: text };
  return {
    ok: false,
    problem: `"${shown}" holds a user or a password, which every report would show: leave them out`,
  };
}

/** @param url that can be parsed */
export function holdsUser(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

/** What may be shown of a text that somebody meant as a URL. */
export const withoutUser = (text: string): string => text.replace(/^(\w+:\/\/)?.*@/s, "$1…@");
