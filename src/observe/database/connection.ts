/** A connection that comes back: read-only, with time-outs of its own; after a loss it waits longer each time. */
import { codeOf } from "../../domain/errors.ts";
import { Socket } from "node:net";
import { Client } from "pg";
import { addUrlSecrets } from "../../secrets/url-secrets.ts";
import { explain, type Obstacle } from "./explain.ts";

export interface ConnectionOptions {
  /** Holds the password; never reported. */
  readonly url: string;
  /** As the server's list of sessions shows it. */
  readonly applicationName: string;
  readonly statementTimeoutMs: number;
  /** Each failed attempt to open it, and each loss. */
  readonly onObstacle: (obstacle: Obstacle) => void;
}

/**
 * `sslmode` as psql and cloud consoles mean it: `require` encrypts without checking the certificate unless `sslrootcert`
 * is given. Without this pg checks it, and prints a warning of ten lines.
 */
function asLibpqReads(url: string): string {
  if (!/[?&]sslmode=/i.test(url) || /[?&]sslmode=no-verify/i.test(url)) return url;
  return /[?&]uselibpqcompat=/i.test(url) ? url : `${url}&uselibpqcompat=true`;
}

const connectTimeoutMs = 5000;
const firstPauseMs = 500;
const longestPauseMs = 8000;
const lockTimeoutMs = 1000;

export class Connection {
  readonly #options: ConnectionOptions;
  #client: Client | undefined;
  #sockets = new Set<Socket>();
  #opening: Promise<Client | undefined> | undefined;
  #failures = 0;
  #nextTryAt = 0;
  #isOver = false;
  #wasOpen = false;

  constructor(options: ConnectionOptions) {
    addUrlSecrets("database URL", options.url);
    this.#options = options;
  }

  /** The open connection, at once. */
  get client(): Client | undefined {
    return this.#client;
  }

  /** Whether it was ever open: from then on an unreachable server is the server's failure. */
  get wasOpen(): boolean {
    return this.#wasOpen;
  }

  /** Opens it unless it is open, being opened, or to be left alone for a while. Never throws. */
  async open(): Promise<Client | undefined> {
    if (this.#client !== undefined) return this.#client;
    if (this.#isOver || Date.now() < this.#nextTryAt) return undefined;
    return (this.#opening ??= this.#connect().finally(() => (this.#opening = undefined)));
  }

  /** What a statement got instead of an answer; the server's farewell ends the connection. @returns whether it is still there */
  survives(error: unknown): boolean {
    if (this.#client === undefined) return false;
    const isFarewell = codeOf(error).startsWith("57P");
    if (isFarewell) this.drop(error);
    return !isFarewell;
  }

  /** Gives up on an answer: the next one gets a connection anew. */
  drop(error: unknown): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#lose(client, error);
    void this.#end(client);
  }

  /** Says goodbye, for a second; whatever is open then is cut. Never throws. */
  async close(): Promise<void> {
    this.#isOver = true;
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await this.#end(client);
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(): Promise<Client | undefined> {
    const { url, applicationName, statementTimeoutMs } = this.#options;
    let client: Client | undefined;
    try {
      const made = (client = new Client({
        connectionString: asLibpqReads(url),
        application_name: applicationName,
        connectionTimeoutMillis: connectTimeoutMs,
        stream: () => this.#newSocket(),
      }));
      made.on("error", (error) => this.#lose(made, error));
      made.on("end", () => this.#lose(made, new Error("Connection terminated")));
      await made.connect();
      await refusePooler(made);
      // Set, not asked for at start-up: poolers refuse start-up parameters that they do not know.
      await made.query(
        `set default_transaction_read_only = on; set statement_timeout = ${statementTimeoutMs}; set lock_timeout = ${lockTimeoutMs}; set idle_in_transaction_session_timeout = ${statementTimeoutMs}`,
      );
      if (this.#isOver) {
        void this.#end(made);
        return undefined;
      }
      this.#failures = 0;
      this.#wasOpen = true;
      this.#client = made;
      return made;
    } catch (error) {
      if (client !== undefined) void this.#end(client);
      this.#failed(error);
      return undefined;
    }
  }

  #lose(client: Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#failed(error);
  }

  #failed(error: unknown): void {
    if (this.#isOver) return;
    const obstacle = explain(error, this.#options.url);
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#nextTryAt = obstacle.isLasting ? Infinity : Date.now() + pauseMs;
    this.#options.onObstacle(obstacle);
  }

  #newSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }

  /** A server that does not take part in the goodbye must not keep us. */
  async #end(client: Client): Promise<void> {
    const deadline = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, 1000);
    await client.end().catch(() => undefined);
    clearTimeout(deadline);
  }
}

/**
 * A pooler hands a server's session from client to client: our settings would stay with the platform's, and views of
 * the session would be anybody's. It says a process of its own in the handshake, and not the server's.
 */
async function refusePooler(client: Client): Promise<void> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const processId = "processID" in client ? client.processID : undefined;
  if (typeof processId === "number" && rows[0]?.pid !== processId)
    throw Object.assign(new Error("a pooler answered"), { code: "pooler" });
}
