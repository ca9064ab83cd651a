/** A line that k6, or the scenario's console, wrote to standard error. */
export interface K6LogEntry {
  /** `info`, `warning`, `error`; `output` for a line that is no log entry: a panic, a runtime's message. */
  readonly level: string;
  readonly message: string;
  /** Epoch milliseconds, when it was read. */
  readonly at: number;
}

const longestLine = 64 * 1024;

/** Cuts k6's standard error into entries, and takes secrets out of them. */
export class K6LogReader {
  readonly #onLog: (entry: K6LogEntry) => void;
  readonly #secrets: readonly string[];
  #rest = "";

  /** @param secrets values that must not be passed on; short ones (below 4 characters) hide nothing */
  constructor(onLog: (entry: K6LogEntry) => void, secrets: readonly string[]) {
    this.#onLog = onLog;
    this.#secrets = secrets.flatMap((secret) =>
      secret.length < 4
        ? []
        : [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)],
    );
  }

  push(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-longestLine);
    for (const line of lines) this.#entry(line);
  }

  end(): void {
    this.#entry(this.#rest);
    this.#rest = "";
  }

  #entry(line: string): void {
    if (line.trim() === "") return;
    const { level, message } = parseEntry(line);
    let safe = message;
    for (const secret of this.#secrets) safe = safe.replaceAll(secret, "***");
    this.#onLog({ level, message: safe, at: Date.now() });
  }
}

/** `{"level":"info","msg":"…","error":"…","source":"console","time":"…"}` */
function parseEntry(line: string): { level: string; message: string } {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === "object" && entry !== null && "msg" in entry && "level" in entry) {
      const error = "error" in entry ? `: ${String(entry.error)}` : "";
      return { level: String(entry.level), message: `${String(entry.msg)}${error}` };
    }
  } catch {
    // Not JSON: told as it stands.
  }
  return { level: "output", message: line };
}
