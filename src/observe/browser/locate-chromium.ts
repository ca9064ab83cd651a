import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Names that Chromium and Chrome are installed under. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

type Environment = Readonly<Record<string, string | undefined>>;

type Found =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly problem: string; readonly hint: string };

/** The browser that pages are loaded in: `K6_BROWSER_EXECUTABLE_PATH`, or the first on PATH. */
export function findChromium(env: Environment): Found {
  const named = env["K6_BROWSER_EXECUTABLE_PATH"];
  if (named !== undefined && named !== "")
    return isExecutable(named)
      ? { ok: true, file: named }
      : {
          ok: false,
          problem: `K6_BROWSER_EXECUTABLE_PATH names ${named}, which cannot be executed`,
          hint: "name a Chromium, or unset it and apt-get install chromium",
        };
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const file = folders
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((each) => isExecutable(each));
  return file === undefined
    ? {
        ok: false,
        problem: "no Chromium on PATH",
        hint: "apt-get install chromium, or name one with K6_BROWSER_EXECUTABLE_PATH",
      }
    : { ok: true, file };
}

/** @throws Error with what to do where there is none */
export function locateChromium(env: Environment): string {
  const found = findChromium(env);
  if (found.ok) return found.file;
  throw new Error(`${found.problem}; pages were not loaded in a browser (${found.hint})`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
