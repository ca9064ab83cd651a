/** How Kubernetes writes instants and amounts. */

/** `2026-11-23T17:46:30Z`: the API keeps whole seconds. @param epochMs milliseconds */
export const timestamp = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

const decimalSuffixes = ["", "k", "M", "G", "T", "P", "E"] as const;

/** The canonical form of thousandths: `200m`, `2`, `1k`. */
export function milliQuantity(milli: number): string {
  if (milli % 1000 !== 0) return `${Math.round(milli)}m`;
  let value = milli / 1000;
  let power = 0;
  while (value !== 0 && value % 1000 === 0 && power < decimalSuffixes.length - 1) {
    value /= 1000;
    power++;
  }
  return `${value}${decimalSuffixes[power] ?? ""}`;
}

const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti"] as const;

/** `256Mi`, `1Gi`; what is no multiple of 1,024 stays in bytes. */
export function byteQuantity(bytes: number): string {
  let value = Math.round(bytes);
  let power = 0;
  while (value !== 0 && value % 1024 === 0 && power < binarySuffixes.length - 1) {
    value /= 1024;
    power++;
  }
  return `${value}${binarySuffixes[power] ?? ""}`;
}

/** As metrics-server answers: nanocores and kibibytes. */
export const nanoCores = (milli: number): string => `${Math.round(milli * 1e6)}n`;
export const kibibytes = (bytes: number): string => `${Math.round(bytes / 1024)}Ki`;
