import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Names that Chromium and Chrome are installed under. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The browser that pages are loaded in: `K6_BROWSER_EXECUTABLE_PATH`, or the first on PATH.
 * @throws Error with what to do where there is none
 */
export function locateChromium(env: Readonly<Record<string, string | undefined>>): string {
  const named = env["K6_BROWSER_EXECUTABLE_PATH"];
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return named;
    throw new Error(
      `K6_BROWSER_EXECUTABLE_PATH names ${named}, which cannot be executed; pages were not loaded in a browser`,
    );
  }
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = folders
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => isExecutable(file));
  if (found !== undefined) return found;
  throw new Error(
    "no Chromium on PATH; pages were not loaded in a browser (apt-get install chromium, or name one with K6_BROWSER_EXECUTABLE_PATH)",
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
