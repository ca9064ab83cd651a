import { expect, test } from "vitest";
import { commandHelp, defineCommand, parseArguments } from "./command.ts";
import {
  duration,
  flag,
  httpUrl,
  innerShare,
  listOf,
  oneOf,
  option,
  pair,
  repeatable,
  share,
  string,
  wholeNumber,
} from "./options.ts";

const command = defineCommand({
  name: "example",
  positionals: ["[word]"],
  options: {
    pairs: option(wholeNumber({ min: 1, max: 1000 }), "how many", { aliases: ["--couples"] }),
    "max-duration": option(duration, "the longest", { default: "1h 30m" }),
    margin: option(innerShare, "the change that matters", { default: "5%" }),
    better: option(oneOf(["lower", "higher"], { noun: "direction" }), "which way is good"),
    share: repeatable(pair(string("NAME"), share), "of a scenario"),
    allow: option(listOf(oneOf(["cpu", "k6"], { shown: "TRAIT", noun: "trait" })), "accepted"),
    push: option(httpUrl("set PASSWORD instead"), "a receiver"),
    json: flag("one document", { short: "j", aliases: ["--as-json"] }),
  },
  examples: ["headroom example"],
  check: ({ options: { pairs }, isGiven }, problems) => {
    if (isGiven("json") && pairs === undefined) problems.add("--json needs --pairs");
  },
  run: async () => 0,
});

test("values arrive by their declared kind, defaults too", () => {
  const { options, positionals } = parseArguments(command, ["--pairs", "12", "word"]);
  expect(positionals).toEqual(["word"]);
  expect(options).toEqual({
    pairs: 12,
    maxDuration: 5_400_000,
    margin: 0.05,
    better: undefined,
    share: [],
    allow: undefined,
    push: undefined,
    json: false,
  });
  const given = parseArguments(command, [
    "-j",
    "--pairs=1,000",
    "--share=api=20%",
    "--share=web=0.8",
    "--allow=cpu,k6",
    "--better=higher",
  ]);
  expect(given.options).toMatchObject({
    pairs: 1000,
    share: [
      ["api", 0.2],
      ["web", 0.8],
    ],
    allow: ["cpu", "k6"],
    better: "higher",
    json: true,
  });
  expect([given.isGiven("pairs"), given.isGiven("margin")]).toEqual([true, false]);
});

test("all mistakes are reported at once, each with flag, value and what to write", () => {
  const words = [
    "--pairs=0",
    "--max-duration=90",
    "--margin=1",
    "--better=faster",
    "--share=api=120%",
    "--allow=cpu,disk,net",
    "--push=http://ada:hunter2@host",
    "--jsn",
    "-j",
    "one",
    "two",
  ];
  let message = "";
  try {
    parseArguments(command, words);
  } catch (error) {
    message = String(error);
  }
  expect(message.split("\n").slice(1)).toEqual([
    '  - unknown flag --jsn: did you mean "--json"?',
    '  - --pairs: "0" is not a whole number from 1 to 1000',
    '  - --max-duration: "90" is not a duration: write a number with a unit, such as 90s, 5m, 1h30m or 2 weeks',
    '  - --margin: "1" is not between 0 and 1: write 0.05 or 5%',
    '  - --better: unknown direction "faster": known: lower, higher',
    '  - --share: "120%" is not a share: write 0.55 or 55%, at most 100%',
    '  - --allow: unknown trait "disk": known: cpu, k6; unknown trait "net": known: cpu, k6',
    '  - --push: "http://…@host" holds a user or a password, which every report would show: set PASSWORD instead',
    '  - unexpected "two"',
    "  - --json needs --pairs",
  ]);
});

test("an earlier name works, is noted, and is not in the help", () => {
  const { options, notices } = parseArguments(command, ["--couples", "3", "--as-json"]);
  expect(options).toMatchObject({ pairs: 3, json: true });
  expect(notices).toEqual(["--couples is called --pairs now", "--as-json is called --json now"]);
  expect(() => parseArguments(command, ["--couples", "3", "--pairs", "4"])).toThrow(
    "--pairs is given twice",
  );
  expect(commandHelp(command, "shows what options may be")).not.toContain("couples");
});

test("the help is made from the declarations", () => {
  const lines = commandHelp(command, "shows what options may be").split("\n");
  expect(lines.slice(lines.indexOf("Options:") + 1, lines.indexOf("Examples:") - 1)).toEqual([
    "      --pairs 1..1000        how many",
    "      --max-duration TIME    the longest (default 1h 30m)",
    "      --margin SHARE         the change that matters (default 5%)",
    "      --better lower|higher  which way is good",
    "      --share NAME=SHARE     of a scenario (repeatable)",
    "      --allow TRAIT,…        accepted: cpu, k6",
    "      --push URL             a receiver",
    "  -j, --json                 one document",
    "  -h, --help                 show this help",
  ]);
});

test("help needs no correct values", () => {
  expect(parseArguments(command, ["--help", "--pairs", "0"]).isHelp).toBe(true);
});
