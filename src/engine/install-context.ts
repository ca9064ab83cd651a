/** Shared context of the ways to install k6. */
export interface InstallContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly releaseBaseUrl: string;
  /** SHA-256 by the name of the archive. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal | undefined;
  readonly connectTimeoutMs: number;
  readonly progressEveryMs: number;
}
