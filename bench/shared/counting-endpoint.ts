/** Answers any GET as cheaply as Node can, in a process of its own, and counts: a limit far above k6's on the same machine. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const program = `
const answer = Buffer.from("HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: 11\\r\\n\\r\\n{\\"ok\\":true}");
let count = 0;
const server = require("node:net").createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    for (let at = bytes.indexOf("\\r\\n\\r\\n"); at !== -1; at = bytes.indexOf("\\r\\n\\r\\n", at + 4)) {
      count++;
      socket.write(answer);
    }
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("data", () => console.log(count)).on("end", () => process.exit());
`;

export interface CountingEndpoint {
  readonly url: string;
  /** @returns requests since the start */
  readonly count: () => Promise<number>;
  readonly stop: () => void;
}

export async function startCountingEndpoint(): Promise<CountingEndpoint> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const port = await next();
  return {
    url: `http://127.0.0.1:${port}/`,
    count: async () => {
      child.stdin.write("count\n");
      return Number(await next());
    },
    stop: () => void child.kill(),
  };
}
