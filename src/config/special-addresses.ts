/**
 * Addresses that are no ordinary target: this machine, the local link, many receivers at once, or the service of a cloud
 * that hands out credentials. A network of an environment allows them only where it names them.
 * @see IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890)
 */
import { BlockList, isIP } from "node:net";

export interface Network {
  readonly base: string;
  /** Leading bits that all its addresses share. */
  readonly prefix: number;
}

export interface SpecialRange extends Network {
  readonly kind: "metadata" | "unspecified" | "loopback" | "link-local" | "multicast" | "broadcast";
  /** In a sentence, after "is". */
  readonly noun: string;
}

const range = (
  kind: SpecialRange["kind"],
  noun: string,
  networks: readonly string[],
): readonly SpecialRange[] =>
  networks.map((network) => {
    const [base = "", prefix = ""] = network.split("/");
    return { kind, noun, base, prefix: Number(prefix) };
  });

/** The narrowest first: a metadata service often has a link-local address. */
const specialRanges: readonly SpecialRange[] = [
  ...range("metadata", "the address of a cloud's metadata service", [
    "169.254.169.254/32", // AWS, Google Cloud, Azure, OpenStack, DigitalOcean
    "169.254.170.2/32", // AWS ECS, credentials of a task
    "169.254.170.23/32", // AWS EKS, credentials of a pod
    "168.63.129.16/32", // Azure, agent of the host
    "100.100.100.200/32", // Alibaba Cloud
    "192.0.0.192/32", // Oracle Cloud
    "fd00:ec2::254/128", // AWS
    "fd00:ec2::23/128", // AWS EKS
    "fd20:ce::254/128", // Google Cloud
    "fd00:42::42/128", // Scaleway
  ]),
  ...range("broadcast", "the broadcast address", ["255.255.255.255/32"]),
  ...range("unspecified", "an unspecified address", ["0.0.0.0/8", "::/128"]),
  ...range("loopback", "a loopback address", ["127.0.0.0/8", "::1/128"]),
  ...range("link-local", "a link-local address", ["169.254.0.0/16", "fe80::/10"]),
  ...range("multicast", "a multicast address", ["224.0.0.0/4", "ff00::/8"]),
  ...range("broadcast", "a reserved address", ["240.0.0.0/4"]),
];

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** @param address without brackets */
export function isWithin(address: string, { base, prefix }: Network): boolean {
  if (familyOf(address) !== familyOf(base)) return false;
  const list = new BlockList();
  list.addSubnet(base, prefix, familyOf(base));
  return list.check(address, familyOf(address));
}

/** @param address as a resolver gives it: without brackets, perhaps with a zone @returns `undefined` for an ordinary one */
export function specialRangeOf(address: string): SpecialRange | undefined {
  const forms = formsOf(address);
  return specialRanges.find((special) => forms.some((form) => isWithin(form, special)));
}

/** A wider network, such as `0.0.0.0/0`, names none of its special addresses. */
export function isNamedBy(address: string, special: SpecialRange, networks: readonly Network[]) {
  return formsOf(address).some((form) =>
    networks.some(
      (network) =>
        isWithin(network.base, special) &&
        network.prefix >= special.prefix &&
        isWithin(form, network),
    ),
  );
}

/** The address itself, and the IPv4 address that it stands for. */
export function formsOf(address: string): readonly string[] {
  const plain = address.replace(/%.*$/, "");
  const embedded = isIP(plain) === 6 ? embeddedIpv4(plain) : undefined;
  return embedded === undefined ? [plain] : [plain, embedded];
}

/** Prefixes after which 32 bits of IPv4 follow. */
const embeddings: readonly { readonly network: Network; readonly group: number }[] = [
  { network: { base: "::ffff:0:0", prefix: 96 }, group: 6 }, // mapped
  { network: { base: "::ffff:0:0:0", prefix: 96 }, group: 6 }, // translated
  { network: { base: "::", prefix: 96 }, group: 6 }, // compatible, deprecated
  { network: { base: "64:ff9b::", prefix: 96 }, group: 6 }, // NAT64
  { network: { base: "2002::", prefix: 16 }, group: 1 }, // 6to4
];

function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const place = embeddings.find(({ network: { base, prefix } }) => {
    const length = prefix / 16;
    return groupsOf(base)
      .slice(0, length)
      .every((value, index) => value === groups[index]);
  })?.group;
  if (place === undefined || address === "::" || address === "::1") return undefined;
  const [high = 0, low = 0] = groups.slice(place, place + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

const hexGroups = (text: string): number[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));

/** Eight groups of 16 bits; the URL parser writes a dotted end as groups. */
function groupsOf(address: string): readonly number[] {
  const normal = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = "", after] = normal.split("::");
  const [head, tail] = [hexGroups(before), hexGroups(after ?? "")];
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: gap }, () => 0), ...tail];
}
