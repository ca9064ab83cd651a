/**
 * The one k6 that Headroom is written for. `@types/k6` in package.json follows it (major and minor; a test
 * says so): metric columns, exit codes and flags are those of this version.
 */
export const k6Version = "2.2.0";

/** Module path of k6's major version 2, for the build with Go. */
export const k6Module = "go.k6.io/k6/v2";

/** The `go` line of k6's own go.mod: an older Go ≥ 1.21 fetches this toolchain when it is allowed to. */
export const k6GoVersion = "1.25.0";

/**
 * The version in the output of `k6 version`: `k6 v2.2.0 (go1.26.8, linux/amd64)`.
 * @returns `2.2.0`, or `undefined` where the output is not k6's
 */
export function parseK6Version(output: string): string | undefined {
  return /^k6(?:\.exe)? v(\d+\.\d+\.\d+)/m.exec(output)?.[1];
}

/** Same major and minor version as the pinned one? Patches only mend, so they may differ. */
export function satisfiesPinned(version: string): boolean {
  return majorMinor(version) === majorMinor(k6Version);
}

const majorMinor = (version: string): string => version.split(".").slice(0, 2).join(".");
