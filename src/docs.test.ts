/** Links and paths in the documentation exist; its command lines are ones that Headroom takes. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseArguments } from "./cli/command.ts";
import { commands } from "./cli/commands.ts";
import { HeadroomError } from "./domain/errors.ts";

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

/** Each line that a shell would be given, and each command in backticks. */
function commandLinesOf(page: string): string[] {
  const text = textOf(page).replaceAll(/\\\n\s*/g, " ");
  const typed = text.matchAll(/^\s*(?:\$ )?(?:\w.*\| )?(?:[A-Z_]+=\S+ )*headroom (.+)/gm);
  const inText = text.matchAll(/(?<!`)`(?:[A-Z_]+=\S+ )*headroom\s([^`]+)`/g);
  return [...typed, ...inText].map(([, words = ""]) => words.replaceAll(/\s+/g, " "));
}

/** Without the comment, and what the shell does with the output. */
const wordsOf = (line: string): string[] =>
  (line.split(/ (?:#|&&|\|\|?|>) ?/)[0] ?? "")
    .match(/(?:"[^"]*"|\S)+/g)
    ?.map((word) => word.replaceAll('"', "")) ?? [];

/** A line that is not written out (…), or only names a command, may lack what the command needs; its flags exist. */
const mayLack = (line: string): boolean => line.includes("…") || !line.includes(" ");

async function problemsOf(line: string): Promise<string[]> {
  const [name, ...words] = wordsOf(line);
  if (name?.startsWith("-") === true) return [];
  const command = await commands.find((each) => each.name === name)?.load();
  if (command === undefined) return [`headroom ${line}: there is no command ${name}`];
  try {
    parseArguments(
      command,
      words.filter((word) => word !== "…"),
      // What stands before the command on its line.
      { HEADROOM_GRAFANA_TOKEN: "a token" },
    );
    return [];
  } catch (error) {
    if (!(error instanceof HeadroomError)) throw error;
    return mayLack(line) && !error.message.includes("unknown flag")
      ? []
      : [`headroom ${line}: ${error.message}`];
  }
}

describe("command lines", () => {
  const lines = [...new Set(pages.flatMap(commandLinesOf))];

  test("are found", () => {
    expect(lines.length).toBeGreaterThan(100);
  });

  test.each(lines)("headroom %s", async (line) => {
    expect(await problemsOf(line)).toEqual([]);
  });

  test("of every command's help", async () => {
    const helps = await Promise.all(commands.map(({ load }) => load()));
    const examples = helps.flatMap((command) => command.examples);
    const called = examples.map((example) => /(?:^| )headroom (.+)/.exec(example)?.[1] ?? example);
    expect((await Promise.all(called.map(problemsOf))).flat()).toEqual([]);
  });
});
