import { createServer, type Server } from "node:net";

/** Starts a server on a port that was free. @returns the port */
export async function listening(server: Pick<Server, "listen" | "address">): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address !== "object") throw new Error("a TCP server has a port");
  return address.port;
}

/** A port that is free now, for a process that takes no 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
