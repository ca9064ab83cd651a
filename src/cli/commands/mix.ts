import { planMix } from "../../config/plan-mix.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { toJson } from "../../domain/json.ts";
import { hostOnly } from "../../mix/logged-request.ts";
import { measureMix } from "../../mix/read-log.ts";
import type { Command } from "../command.ts";
import { writeOutput } from "../write-output.ts";
import { say } from "../io.ts";
import { mixTable } from "../mix-table.ts";

export const mixCommand: Command = {
  name: "mix",
  positionals: [],
  options: {
    "from-log": {
      value: "FILE",
      repeatable: true,
      help: "access log (NCSA, ingress-nginx, Envoy, Traefik, JSON lines; plain or gzip) or HAR file",
    },
    host: {
      value: "NAME",
      repeatable: true,
      help: "count requests to this host only, where the log names hosts",
    },
    output: { short: "o", value: "FILE", help: "write the mix document; - is stdout" },
    json: { help: "the mix document on stdout" },
  },
  examples: [
    "headroom mix --from-log access.log.gz --host app.example.com -o mix.json",
    "headroom mix --from-log dapp.log --from-log subgraph.log --json",
    "headroom run nightly --mix mix.json",
  ],
  run: async (args, io) => {
    const files = args.values("from-log");
    if (files.length === 0)
      throw new UsageError("--from-log is missing: name an access log or a HAR file", {
        code: "usage",
        hint: "headroom mix --help",
      });
    const hosts = args.values("host").map((host) => hostOnly(host));
    const { mix, warnings } = await measureMix({ files, cwd: io.cwd, hosts });
    const output = args.value("output");
    const document = `${toJson(mix, 2)}\n`;
    if (args.flag("json") || output === "-") io.stdout.write(document);
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
};
