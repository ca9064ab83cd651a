/** Links and paths in the documentation exist. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && file !== "CHANGELOG.md");

const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Anchors of a page, as GitHub derives them from its headings. */
const anchorsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

function isBroken(page: string, link: string): boolean {
  const [target = "", anchor] = link.split("#");
  const file = target === "" ? page : path.join(path.dirname(page), target);
  if (!existsSync(path.join(root, file))) return true;
  return anchor !== undefined && !anchorsOf(file).includes(anchor);
}

test.each(pages)("links of %s lead to a file and a heading", (page) => {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const own = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(own.filter((link) => isBroken(page, link))).toEqual([]);
});

test.each(pages)("paths in %s exist", (page) => {
  const folder = "src|analysis|reports|profiles|scenarios|sandbox|bench|tests|deploy|docs|findings";
  const paths = [...textOf(page).matchAll(new RegExp(`\`((?:${folder})/[\\w./-]+)\``, "g"))];
  const missing = paths.map(([, file = ""]) => file).filter((f) => !existsSync(path.join(root, f)));
  expect(missing).toEqual([]);
});
