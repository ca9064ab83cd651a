import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command to its end, without a shell.
 * @returns its standard output
 * @throws Error with the last lines of the command's output, at most three; the abort reason when aborted
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { environment, cwd, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      {
        env: { ...environment },
        maxBuffer: 16 * 1024 * 1024,
        cwd,
        timeout: timeoutMs,
        signal,
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const said = stderr.trim().split("\n").slice(-3).join("; ");
        const late = error.killed === true && timeoutMs !== undefined;
        const reason = late ? `no answer within ${timeoutMs / 1000} s` : said || error.message;
        reject(signal?.aborted === true ? error : new Error(reason, { cause: error }));
      },
    );
  });
}

/** All executable files of a name on a PATH, in its order; relative entries are skipped. */
export async function findOnPath(name: string, path: string): Promise<string[]> {
  const candidates = path
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .map((directory) => join(directory, name));
  const runnable = await Promise.all(candidates.map(isExecutable));
  return candidates.filter((_, index) => runnable[index] === true);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
