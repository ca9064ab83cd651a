/** A no-op endpoint in its own process: a load on it measures the generator. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { EngineError } from "../domain/errors.ts";

/** Exits when its standard input closes, so that it never outlives Headroom. */
const program = `
const server = require("node:http").createServer((request, response) => response.end('{"ok":true}'));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
`;

export interface NoopEndpoint {
  readonly url: string;
  readonly stop: () => void;
}

/** @throws EngineError where it did not start */
export async function startNoopEndpoint(): Promise<NoopEndpoint> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("close", () =>
      reject(new EngineError("the no-op endpoint did not start", { code: "noop-endpoint" })),
    );
  });
  return { url: `http://127.0.0.1:${port}/`, stop: () => void child.kill() };
}
