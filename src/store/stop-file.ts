/** A file whose appearance stops a load: for whoever cannot reach the terminal. */
import { existsSync } from "node:fs";

/** Name in a run's directory, where the command names no other file. */
export const stopFileName = "stop";
const pollEveryMs = 250;

/** @param onFound called once, when the file is there @returns what ends the watch */
export function watchStopFile(file: string, onFound: (file: string) => void): () => void {
  const timer = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(timer);
    onFound(file);
  }, pollEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
