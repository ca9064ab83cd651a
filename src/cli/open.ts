import { spawn } from "node:child_process";
import { say, type Io } from "./io.ts";

/** Opens a file with what the desktop has for it; says where it is when nothing can. */
export function openInBrowser(file: string, io: Io): void {
  const [program, ...rest] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[
    process.platform as string
  ] ?? ["xdg-open"];
  if (program === undefined) return;
  const child = spawn(program, [...rest, file], { stdio: "ignore", detached: true });
  child.on("error", () => say(io, `No browser could be started; open ${file} by hand.`));
  child.unref();
}
