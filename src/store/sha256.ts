import { createHash } from "node:crypto";

/** Hexadecimal. */
export const sha256 = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("hex");

/** 16 hexadecimal digits: enough to tell documents apart, and short enough to be read. */
export const shortHash = (text: string): string => sha256(text).slice(0, 16);
