import { environments } from "../../../profiles/environments/index.ts";
import { loadProfiles } from "../../../profiles/load/index.ts";
import { scenarios } from "../../../profiles/scenarios.ts";
import { suggestion } from "../../config/nearest.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { defineCommand } from "../command.ts";
import { jsonOption } from "../run-options.ts";

const lists = { profiles: loadProfiles, scenarios, environments } as const;
const names = Object.keys(lists);

export const listCommand = defineCommand({
  name: "list",
  positionals: [`[${names.join("|")}]`],
  options: { json: jsonOption },
  examples: ["headroom list", "headroom list profiles --json"],
  check: ({ positionals: [what] }, problems) => {
    if (what !== undefined && !names.includes(what))
      problems.add(`nothing to list as "${what}": ${suggestion(what, names)}`);
  },
  run: async ({ positionals: [what], options }, io) => {
    const chosen = Object.entries(lists).filter(([name]) => what === undefined || name === what);
    if (options.json) {
      io.stdout.write(`${toJson({ schemaVersion: 1, ...Object.fromEntries(chosen) }, 2)}\n`);
      return exitStatus.pass;
    }
    for (const [name, entries] of chosen) {
      io.stdout.write(`${name}\n`);
      for (const { name: entry, summary } of Object.values(entries))
        io.stdout.write(`  ${entry.padEnd(18)}  ${summary}\n`);
    }
    return exitStatus.pass;
  },
});
