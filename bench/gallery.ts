/** Pictures of every kind of page for docs/gallery.md, by the Chromium of this machine, as WebP. `gallery NAME …`: only those. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { locateChromium } from "../src/observe/browser/locate-chromium.ts";
import {
  galleryEntries,
  galleryMarkdown,
  galleryViews,
  pictureName,
  type GalleryEntry,
} from "./gallery-entries.ts";

const quality = 0.72;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => galleryEntries.every((entry) => entry.name !== name));
if (unknown.length > 0)
  throw new RangeError(
    `no page is called ${unknown.join(", ")}: ${galleryEntries.map(({ name }) => name).join(", ")}`,
  );

const folder = mkdtempSync(path.join(tmpdir(), "headroom-gallery-"));
const browser = await chromium.launch({
  executablePath: locateChromium(process.env),
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"],
});
let total = 0;
try {
  mkdirSync("docs/images/gallery", { recursive: true });
  for (const entry of galleryEntries)
    if (wanted.length === 0 || wanted.includes(entry.name)) total += await draw(entry, browser);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync("docs/gallery.md", galleryMarkdown(galleryEntries));
process.stdout.write(`${Math.round(total / 1000)} kB of pictures\n`);

/** @returns bytes of its pictures */
async function draw(entry: GalleryEntry, chrome: Browser): Promise<number> {
  const file = path.join(folder, `${entry.name}.html`);
  writeFileSync(file, entry.html());
  let bytes = 0;
  for (const view of galleryViews) {
    const { width, height, scale, colorScheme } = view;
    const context = await chrome.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme,
      reducedMotion: "reduce",
      timezoneId: "UTC",
    });
    const page = await context.newPage();
    await page.goto(
      `${pathToFileURL(file).href}${entry.section === undefined ? "" : `#${entry.section}`}`,
    );
    const png = (await page.screenshot()).toString("base64");
    // The page's policy allows no canvas trick of ours: an empty page encodes.
    const encoder = await context.newPage();
    const webp = await encoder.evaluate<string>(
      `(async () => {
        const image = new Image();
        image.src = "data:image/png;base64,${png}";
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        canvas.getContext("2d").drawImage(image, 0, 0);
        const blob = await canvas.convertToBlob({ type: "image/webp", quality: ${quality} });
        const bytes = new Uint8Array(await blob.arrayBuffer());
        return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      })()`,
    );
    const picture = Buffer.from(webp, "base64");
    writeFileSync(path.join("docs", pictureName(entry, view)), picture);
    bytes += picture.length;
    await context.close();
  }
  process.stdout.write(`${entry.name}: ${Math.round(bytes / 1000)} kB\n`);
  return bytes;
}
