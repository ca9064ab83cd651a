/** One wrong flag beside one wrong file, run or word: both are named in one error of every command. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { commands } from "./commands.ts";
import { answerOf } from "./testdata/answer.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "headroom-at-once-"));
const runs = path.join(cwd, "runs");
const bad = "bad.csv";
writeFileSync(path.join(cwd, bad), "a,b\nx,y\nx,z\n");
writeFileSync(path.join(cwd, "bad.json"), '{"ceilings": {"rate": "much"}, "observer": {}}');

const noRun = 'no run "nowhere"';

const cases: readonly (readonly [name: string, argv: string, ...words: readonly string[]])[] = [
  ["demo", "--rate 5 --fault latncy=api:x2", "--rate", 'no fault is called "latncy"'],
  ["run", "smoke --rate 5 --env-file bad.json", "--rate", "ceilings.rate", "observer"],
  ["run", "smoke --live=99999 --env-file bad.json", "--live", "ceilings.rate"],
  ["gate", "--sandbox --live=no --env-file bad.json", "--live", "ceilings.rate"],
  ["run", "smoke --rate 5 --mix bad.json --env-file none.json", "--rate", "bad.json", "none.json"],
  ["run", "smoke --rate 5 --approval none.json", "--rate", "none.json"],
  [
    "run",
    "smoke --event roling-update@1m --event cache-flush@soon --rate 5 --env-file bad.json",
    'unknown event "roling-update"',
    '"soon" is not a duration',
    "--rate",
    "ceilings.rate",
  ],
  ["nightly", "--rate 5 --env-file bad.json", "--rate", "ceilings.rate"],
  [
    "nightly",
    "--annotate grafana --reports-url reports --env-file bad.json",
    "--annotate",
    "--reports-url",
    "ceilings.rate",
  ],
  ["history", "--nightly-runs x --profile never", "--nightly-runs", "there is no run yet"],
  ["import", "bad.csv --at noon", "--at", bad],
  ["import", "none.csv --at noon", "--at", "none.csv: there is no such file"],
  ["mix", "--from-log none.log --from-log bad.csv --jsn", "--jsn", "none.log"],
  ["mix", "--from-log bad.csv --jsn", "--jsn", bad],
  ["attach", "nowhere --jsn", "--jsn", noRun],
  ["analyse", "nowhere --jsn", "--jsn", noRun],
  [
    "explain",
    "slow-endpont --jsn",
    "--jsn",
    'no finding, check or reason has the id "slow-endpont"',
  ],
  ["report", "nowhere --format pdf", "--format", noRun],
  ["detect", "bad.csv --min-change much", "--min-change", "has no column of numbers"],
  ["detect", "none.csv --min-change much", "--min-change", "none.csv cannot be read"],
  ["compare", "--baseline bad.csv --candidate none.csv --margin 2", "--margin", bad, "none.csv"],
  ["compare", "nowhere elsewhere --margn 2", "--margn", noRun],
  ["compare", "--baseline nowhere --candidate nowhere --margin 2", "--margin", noRun],
  ["gate", "--baseline nowhere --candidate nowhere --margin 2", "--margin", noRun],
  ["gate", "--plan --history nowhere --margin 2", "--margin", noRun],
  [
    "gate",
    "--sandbox --env-file bad.json --margin 2 --bypass none.json",
    "--margin",
    "ceilings.rate",
    "none.json",
  ],
  ["baseline", "promote release nowhere --expires never", "--expires", "--reason", noRun],
  ["baseline", "show release --jsn", "--jsn", '"release"'],
  ["fit", "bad.csv --method cubic", "--method", "bad.csv"],
  [
    "plan",
    "--months x --prices bad.json --run nowhere --previous none",
    "--months",
    "bad.json: nodes",
    noRun,
    '"none"',
  ],
  ["simulate", "--hours z --hpa bad.json --load none.csv", "--hours", "bad.json", "none.csv"],
  ["simulate", "--sweep min=x --load bad.csv", "--sweep", bad],
  ["simulate", "--hours z --load run:nowhere", "--hours", noRun],
  ["simulate", "lint --hpa none.json --jsn", "--jsn", "none.json"],
  ["simulate", "hpa --replay bad.csv --jsn", "--jsn", "bad.csv: line 1", "bad.csv: line 3"],
  ["simulate", "hpa --from-run nowhere --jsn", "--jsn", noRun],
  [
    "sandbox",
    "--port x --fault latncy=api:x2 --fault slow",
    "--port",
    'no fault is called "latncy"',
    '"slow"',
  ],
  [
    "doctor",
    "--jsn --env-file bad.json --contract none.graphql",
    "--jsn",
    "ceilings.rate",
    "none.graphql",
  ],
  ["seed", "--users x --env-file bad.json", "--users", "ceilings.rate"],
  [
    "manifests",
    "netwrk-policy --allow 10.0.0.1 --env-file bad.json",
    'no manifest "netwrk-policy"',
    "--allow",
    "ceilings.rate",
  ],
  ["list", "profles --jsn", "--jsn", '"profles"'],
  ["schema", "reprot --jsn", "--jsn", '"reprot"'],
];

test.each(cases)("headroom %s %s", async (name, argv, ...words) => {
  const command = await commands.find((each) => each.name === name)?.load();
  if (command === undefined) throw new Error(`no command ${name}`);
  const { status, out, err } = await answerOf(command, argv.split(" "), {
    cwd,
    env: { HEADROOM_RUNS: runs },
  });
  expect(out).toBe("");
  expect(status).toBe(2);
  for (const each of words) expect(err).toContain(each);
});

test("every command is in the table", () => {
  const tested = new Set(cases.map(([name]) => name));
  expect(commands.filter(({ name }) => !tested.has(name))).toEqual([]);
});
