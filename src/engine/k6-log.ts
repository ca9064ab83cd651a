import { knownSecrets } from "../secrets/known-secrets.ts";

/** A line that k6, or the scenario's console, wrote to standard error. */
export interface K6LogEntry {
  /** `info`, `warning`, `error`; `output` for a line that is not a log entry: a panic, a runtime's message. */
  readonly level: string;
  readonly message: string;
  /** Epoch milliseconds, when it was read. */
  readonly at: number;
}

const longestLine = 64 * 1024;

/** Splits k6's standard error into entries, and removes secrets from them. */
export class K6LogReader {
  readonly #onLog: (entry: K6LogEntry) => void;
  #rest = "";

  constructor(onLog: (entry: K6LogEntry) => void) {
    this.#onLog = onLog;
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
    this.#onLog({ level, message: knownSecrets.clean(message), at: Date.now() });
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
    // Not JSON: passed on verbatim.
  }
  return { level: "output", message: line };
}
