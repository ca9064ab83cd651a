import path from "node:path";
import { isSmall } from "../../config/input-encoding.ts";
import { planMix } from "../../config/plan-mix.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { hostOnly } from "../../mix/logged-request.ts";
import { measureMix } from "../../mix/read-log.ts";
import { defineCommand } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { say, type Io } from "../io.ts";
import { mixTable } from "../mix-table.ts";
import { file, flag, option, repeatable, string } from "../options.ts";

export const mixCommand = defineCommand({
  name: "mix",
  positionals: [],
  options: {
    "from-log": repeatable(
      file,
      "access log (NCSA, ingress-nginx, Envoy, Traefik, JSON lines; plain or gzip) or HAR file",
    ),
    host: repeatable(string("NAME"), "count requests to this host only, where the log names hosts"),
    output: option(file, "write the mix document; - is stdout", { short: "o" }),
    json: flag("the mix document on stdout"),
  },
  examples: [
    "headroom mix --from-log access.log.gz --host app.example.com -o mix.json",
    "headroom mix --from-log dapp.log --from-log subgraph.log --json",
    "headroom run nightly --mix mix.json",
  ],
  check: ({ isGiven }, problems) => {
    if (!isGiven("from-log"))
      problems.add("--from-log is missing: name an access log or a HAR file");
  },
  checkFiles: async ({ options: { fromLog: files = [], host } }, io, problems) => {
    if (files.length > 0 && files.every((name) => isSmall(path.resolve(io.cwd, name))))
      await problems.settled(measured(files, host, io));
  },
  run: async ({ options: { fromLog: files, host, output, json } }, io) => {
    const { mix, warnings } = await measured(files, host, io);
    const document = `${toJson(mix, 2)}\n`;
    if (json || output === "-") io.stdout.write(document);
    const { mix: planned } = planMix(mix, output ?? files.join(", "));
    io.stderr.write(mixTable(mix, planned));
    for (const warning of warnings) say(io, `warning: ${warning}`);
    if (output !== undefined && output !== "-") {
      writeOutput(document, { option: "--output", named: output, cwd: io.cwd });
      say(
        io,
        `Wrote ${output}: headroom run PROFILE --mix ${output} (${planned.requests} requests)`,
      );
    }
    return exitStatus.pass;
  },
});

const measured = (files: readonly string[], hosts: readonly string[] = [], { cwd }: Io) =>
  measureMix({ files, cwd, hosts: hosts.map((name) => hostOnly(name)) });
