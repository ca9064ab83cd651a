/**
 * Errors that a person can act on. The subclass names who can act: the one at the command line, the
 * keeper of a file, of the system under test, of the machine with k6, of the metrics.
 */
export interface ErrorDetails {
  /** Stable, kebab-case: tests and scripts may rely on it. */
  readonly code: string;
  /** What to do next. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class HeadroomError extends Error {
  readonly code: string;
  hint: string | undefined;
  /** Each alone; absent: the lines of the message. */
  problems?: readonly string[];

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
  }
}

/** The command line is wrong. */
export class UsageError extends HeadroomError {}
/** A file (profile, environment, record) is wrong: the message names file, field and value. */
export class ConfigError extends HeadroomError {}
/** The system under test cannot be reached, refuses, or answers in another shape. */
export class TargetError extends HeadroomError {}
/** k6 is missing, of the wrong version, or failed. */
export class EngineError extends HeadroomError {}
/** A run directory cannot be read or written. */
export class StoreError extends HeadroomError {}

/** The words of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** "ENOENT": the code of an error of the system, or of ours; empty where it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
