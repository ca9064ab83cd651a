import { reportSchema } from "../../../reports/schema.ts";
import { environmentFileSchema } from "../../config/environment-file.ts";
import { suggestion } from "../../config/nearest.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import type { Command } from "../command.ts";

const schemas: Readonly<Record<string, () => unknown>> = {
  report: () => reportSchema,
  environment: environmentFileSchema,
};

export const schemaCommand: Command = {
  name: "schema",
  summary: "print a JSON Schema: of the report (verdicts.json, --json) or of an environment file",
  positionals: ["[document]"],
  options: {},
  examples: ["headroom schema report", "headroom schema environment > environment.schema.json"],
  run: async (args, io) => {
    const [name = "report"] = args.positionals;
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema === undefined) {
      throw new UsageError(`no schema of "${name}": ${suggestion(name, Object.keys(schemas))}`, {
        code: "usage",
      });
    }
    io.stdout.write(`${JSON.stringify(schema(), undefined, 2)}\n`);
    return exitStatus.pass;
  },
};
