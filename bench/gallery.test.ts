import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { galleryEntries, galleryMarkdown, galleryViews, pictureName } from "./gallery-entries.ts";

const docs = path.resolve(import.meta.dirname, "../docs");
const pictures = galleryEntries.flatMap((entry) =>
  galleryViews.map((view) => pictureName(entry, view)),
);

test("the page is that of its entries", () => {
  expect(readFileSync(path.join(docs, "gallery.md"), "utf8")).toBe(galleryMarkdown(galleryEntries));
});

test("every page has its pictures, no other is there, and all are small", () => {
  expect(pictures.filter((name) => !existsSync(path.join(docs, name)))).toEqual([]);
  const there = readdirSync(path.join(docs, "images/gallery")).map(
    (name) => `images/gallery/${name}`,
  );
  expect(there.toSorted()).toEqual(pictures.toSorted());
  const sizes = pictures.map((name) => statSync(path.join(docs, name)).size);
  expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThan(3_000_000);
  for (const name of pictures)
    expect(readFileSync(path.join(docs, name)).subarray(8, 12).toString()).toBe("WEBP");
});

test.each(galleryEntries.map((entry) => [entry.name, entry] as const))(
  "the page %s is the same twice, whole, and has the part that is shown",
  (_name, entry) => {
    const page = entry.html();
    expect(page).toBe(entry.html());
    expect(page).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
    expect(entry.section === undefined || page.includes(`id="${entry.section}"`)).toBe(true);
  },
);
