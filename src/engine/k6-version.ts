/**
 * The k6 that Headroom is written for, and installs. `@types/k6` in package.json follows it (major and minor; a test
 * says so): metric columns, exit codes and flags are those of this version. A k6 that is there may be another one of the
 * same major version: `k6-probe.ts` finds out what it can do.
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

/** The major version of the pinned one? Another one may have other flags and columns on purpose. */
export const isSupportedMajor = (version: string): boolean =>
  version.split(".")[0] === k6Version.split(".")[0];

/** For messages: `k6 2.x`. */
export const supportedK6 = `k6 ${k6Version.split(".")[0] ?? ""}.x`;
