/** The allow-list: only hosts that the environment names, at addresses it allows, are ever loaded. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Environment, Targets } from "../domain/environment.ts";
import { codeOf, ConfigError, TargetError } from "../domain/errors.ts";
import { Problems } from "./problems.ts";
import { read, refused, type Parsed } from "../domain/parsed.ts";
import { formsOf, isNamedBy, isWithin, specialRangeOf, type Network } from "./special-addresses.ts";

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
  const forbidden = new Problems();
  const unresolved = new Problems();
  const networks = networksOf(environment);
  const resolved: Record<string, readonly string[]> = {};
  const allowed = new Set(environment.allowedHosts.map(hostForm));
  const owned = hostsOfOthers(environment, targets);
  for (const { problem } of owned) forbidden.add(problem);
  const isOwned = (host: string): boolean => owned.some((one) => one.host === host);
  for (const [surface, url] of Object.entries(targets)) {
    const host = hostOfTarget(url);
    if (isOwned(host)) continue;
    if (!allowed.has(host)) {
      forbidden.add(
        `${surface} target ${url}: host "${host}" is not in allowedHosts of ${environment.name}`,
      );
    } else if (resolved[host] === undefined) {
      const addresses = await addressesOf(host, resolve);
      resolved[host] = Array.isArray(addresses) ? addresses : [];
      if (typeof addresses === "string") unresolved.add(`${surface} target ${url}: ${addresses}`);
      for (const address of resolved[host]) {
        const problem = addressProblem(address, environment, networks);
        if (problem !== undefined)
          forbidden.add(
            `${surface} target ${url}: ${isIP(bare(host)) > 0 ? `${address} is` : `${host} resolves to ${address},`} ${problem}`,
          );
      }
    }
  }
  if (!forbidden.isEmpty) forbidden.addAll(unresolved);
  forbidden.raise(
    (message) =>
      new ConfigError(message, {
        code: "host-not-allowed",
        hint: `Correct the target; a host that ${environment.name} may really load is named in environments/${environment.name}.json (allowedHosts, allowedNetworks).`,
      }),
  );
  unresolved.raise(
    (message) =>
      new TargetError(message, {
        code: "dns-failure",
        hint: "Check the host name, the VPN and the resolver of this machine.",
      }),
  );
  return resolved;
}

/** Hosts that another environment names and that it loads only with an approval. A sandbox is no other environment's. */
function hostsOfOthers(
  { name, sandbox, allowedHosts, approvedElsewhere = {} }: Environment,
  targets: Targets,
): readonly { readonly host: string; readonly problem: string }[] {
  if (sandbox) return [];
  const named: readonly (readonly [where: string, host: string])[] = [
    ...Object.entries(targets).map(
      ([surface, url]) => [`${surface} target`, hostOfTarget(url)] as const,
    ),
    ...allowedHosts.map((host) => ["allowedHosts", hostForm(host)] as const),
  ];
  const seen = new Set<string>();
  return named.flatMap(([where, host]) => {
    const owner = approvedElsewhere[host];
    if (owner === undefined || seen.has(host)) return [];
    seen.add(host);
    const problem = `${where} of ${name}: host "${host}" belongs to ${owner.environment} (${owner.file}) and is loaded only under that name, with a recorded approval: remove it from ${name}, or run with --env ${owner.environment} --approval FILE`;
    return [{ host, problem }];
  });
}

/** @returns its addresses, or why there are none */
export async function addressesOf(
  host: string,
  resolve: Resolve = resolveHost,
): Promise<readonly string[] | string> {
  if (isIP(bare(host)) > 0) return [bare(host)];
  try {
    const addresses = await resolve(host);
    return addresses.length > 0 ? addresses : notFound(host);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOTFOUND" || code === "ENODATA") return notFound(host);
    return `the name ${host} does not resolve (${code || String(error)})`;
  }
}

const notFound = (host: string): string =>
  `host not found: the name ${host} does not resolve (ENOTFOUND)`;

const bare = (host: string): string => host.replaceAll(/[[\]]/g, "");

/** @returns what it is, after "ADDRESS is …"; `undefined` where it may be loaded */
function addressProblem(
  address: string,
  { name, allowedNetworks }: Environment,
  networks: readonly Network[],
): string | undefined {
  const special = specialRangeOf(address);
  const isOwnLoopback = special?.kind === "loopback" && name === "local";
  if (special !== undefined && !isOwnLoopback && !isNamedBy(address, special, networks))
    return `${special.noun}: it is loaded only where allowedNetworks of ${name} names it ("${formsOf(address).at(-1)}"${special.prefix < 32 ? ` or a network within ${special.base}/${special.prefix}` : ""})`;
  const isInside = formsOf(address).some((form) =>
    networks.some((network) => isWithin(form, network)),
  );
  return allowedNetworks === undefined || isInside
    ? undefined
    : `outside allowedNetworks of ${name}`;
}

/** @throws ConfigError naming every range that is none */
function networksOf({ allowedNetworks = [], name }: Environment): readonly Network[] {
  const problems = new Problems();
  const networks = allowedNetworks.map((text) =>
    problems.take(`allowedNetworks of ${name}`, parseNetwork(text)),
  );
  problems.raise((message) => new ConfigError(message, { code: "bad-network" }));
  return networks.filter((network) => network !== undefined);
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

/**
 * A host in its one form, which Headroom and k6 read alike: lower case, punycode, IPv4 in dotted decimals, IPv6 in
 * brackets, no dot at the end.
 */
export function parseHost(text: string): Parsed<string> {
  const literal = isIP(text) === 6 ? `[${text}]` : text;
  if (/:\d*$/.test(literal.replace(/^\[.*\]/, "")))
    return { ok: false, problem: `"${text}" has a port: write the host alone` };
  if (literal.includes("*"))
    return { ok: false, problem: `"${text}" is a pattern: name each host by itself` };
  const url = `http://${literal}`;
  const host = URL.canParse(url) && !/[/?#@\\\s]/.test(literal) ? hostOfTarget(url) : "";
  return host === "" || /^\.|\.\.|\.$/.test(host)
    ? {
        ok: false,
        problem: `"${text}" is not a host: write a name or an address, such as api.example.com`,
      }
    : { ok: true, value: host };
}

function hostForm(text: string): string {
  const parsed = parseHost(text);
  return parsed.ok ? parsed.value : text;
}

/** @param url that can be parsed @returns its host without port, in the form of `parseHost` */
export const hostOfTarget = (url: string): string => new URL(url).hostname.replace(/\.$/, "");

/**
 * An http(s) URL that may be written down: run.json and the reports hold it. No problem repeats a password.
 * @param instead what to do with a user or password: `leave them out`
 */
export function parseHttpUrl(text: string, instead: string): Parsed<string> {
  const shown = withoutUser(text);
  if (!URL.canParse(text) || !/^\s*https?:\/\//i.test(text))
    return refused(`"${shown}" is not an http(s) URL: write https://host.example`);
  const { username, password } = new URL(text);
  return username === "" && password === ""
    ? read(text)
    : refused(`"${shown}" holds a user or a password, which every report would show: ${instead}`);
}

/**
 * A base URL of a target.
 * @returns the URL as the parser of WHATWG reads it, without a slash or fragment at its end: `HTTP://0x7f.1:80/` is
 * `http://127.0.0.1`
 */
export function parseTarget(text: string): Parsed<string> {
  const parsed = parseHttpUrl(text, "leave them out");
  if (!parsed.ok) return parsed;
  const url = new URL(text);
  url.hostname = hostOfTarget(text);
  return /^\.|\.\.|\.$/.test(url.hostname)
    ? refused(`"${text}": "${url.hostname}" is not a host`)
    : read(`${url.origin}${url.pathname.replace(/\/+$/, "")}${url.search}`);
}

/** What may be shown of a text that somebody meant as a URL. */
export const withoutUser = (text: string): string => text.replace(/^(\w+:\/\/)?.*@/s, "$1…@");
