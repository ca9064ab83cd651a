import { z } from "zod";

/**
 * Variables that decide what is loaded or how k6 runs: a secret under such a name would replace the checked plan or
 * reach another program.
 */
const reserved: ReadonlySet<string> = new Set([
  "HEADROOM_PLAN",
  "HEADROOM_PINCODE",
  "PATH",
  "HOME",
  "TMPDIR",
  "SHELL",
  "USER",
  "SYSTEMROOT",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "KUBECONFIG",
]);
const reservedPrefixes = ["K6_", "XDG_", "LD_", "DYLD_", "NODE_", "NPM_", "GO", "SSLKEYLOG"];

const isReservedVariable = (name: string): boolean =>
  reserved.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix));

/** Name of an environment variable that holds a secret; the file itself holds none. */
export const variableName = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]*$/)
  .refine((name) => !isReservedVariable(name), {
    error: ({ input }) =>
      `${String(input)} is reserved: Headroom, k6 or the operating system reads it; use a name of your own, such as STAGING_PASSWORD`,
  });
