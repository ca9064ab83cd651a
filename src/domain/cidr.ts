/** The network that holds one address only. @param address IPv4, or IPv6 with or without brackets */
export const cidrOf = (address: string): string =>
  address.includes(":") ? `${address.replaceAll(/[[\]]/g, "")}/128` : `${address}/32`;
