/** A page as a PNG, drawn by the Chromium of this machine: Slack shows no SVG. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeoutMs = 30_000;

export interface PictureRequest {
  readonly chromium: string;
  readonly html: string;
  readonly size: { readonly width: number; readonly height: number };
  /** The PNG. */
  readonly file: string;
}

/** @throws what the browser or the disk says */
export async function drawPicture({ chromium, html, size, file }: PictureRequest): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-picture-"));
  try {
    const page = path.join(folder, "page.html");
    writeFileSync(page, html, { mode: 0o600 });
    await run(
      chromium,
      [
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-first-run",
        // Root, as in a container, has no sandbox to give; the page is ours and has no script.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        `--user-data-dir=${path.join(folder, "profile")}`,
        `--window-size=${size.width},${size.height}`,
        `--screenshot=${file}`,
        pathToFileURL(page).href,
      ],
      { timeout: timeoutMs, killSignal: "SIGKILL" },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
