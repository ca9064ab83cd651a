import { createHash } from "node:crypto";

/** SHA-256, hexadecimal. */
export const sha256 = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

/** Its first 16 digits: enough to tell documents and messages apart, short enough to be read out. */
export const shortHash = (content: string): string => sha256(content).slice(0, 16);
