/** CPU time of a command with everything that it starts and waits for, and what it wrote. */
import { spawn } from "node:child_process";

export interface ProcessCost {
  /** User and system time of the whole tree. */
  readonly cpuSeconds: number;
  readonly status: number | null;
}

/** @param command for bash; its output must go elsewhere: the shell's `times` are read from it */
export async function processCost(
  command: string,
  env: NodeJS.ProcessEnv,
  onStart?: (shell: number) => void,
): Promise<ProcessCost> {
  const shell = spawn("bash", ["-c", `${command}\nstatus=$?\ntimes\nexit $status`], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (shell.pid !== undefined) onStart?.(shell.pid);
  let text = "";
  shell.stdout.on("data", (some: Buffer) => (text += some.toString()));
  const status = await new Promise<number | null>((resolve) => shell.once("close", resolve));
  const [, children = ""] = text.trim().split("\n");
  const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest),
    0,
  );
  return { cpuSeconds, status };
}
