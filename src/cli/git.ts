/** Who and which commit, where git knows; nothing depends on it. */
import { execFileSync } from "node:child_process";
import type { Io } from "./io.ts";

/** @returns "Name <address>", or what of it is known */
export function gitUser(io: Io): string | undefined {
  const name = gitAnswer(io, "config", "user.name");
  const email = gitAnswer(io, "config", "user.email");
  if (name === undefined) return email;
  return email === undefined ? name : `${name} <${email}>`;
}

/** @returns what git says, or nothing where there is no git or it says nothing */
export function gitAnswer(io: Io, ...words: readonly string[]): string | undefined {
  try {
    const out = execFileSync("git", [...words], {
      cwd: io.cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return out.trim() === "" ? undefined : out.trim();
  } catch {
    return undefined;
  }
}
