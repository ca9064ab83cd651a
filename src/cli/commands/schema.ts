import { environmentFileSchema } from "../../config/environment-file.ts";
import { suggestion } from "../../config/nearest.ts";
import { publishedSchema } from "../../domain/documents/schemas.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { defineCommand } from "../command.ts";

const schemas: Readonly<Record<string, () => unknown>> = {
  report: () => publishedSchema("report"),
  plan: () => publishedSchema("plan"),
  gate: () => publishedSchema("gate"),
  environment: environmentFileSchema,
  mix: () => publishedSchema("mix"),
};

export const schemaCommand = defineCommand({
  name: "schema",
  positionals: ["[document]"],
  options: {},
  examples: [
    "headroom schema report",
    "headroom schema gate",
    "headroom schema environment > environment.schema.json",
  ],
  run: async ({ positionals: [name = "report"] }, io) => {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema === undefined) {
      throw new UsageError(`no schema of "${name}": ${suggestion(name, Object.keys(schemas))}`, {
        code: "usage",
      });
    }
    io.stdout.write(`${JSON.stringify(schema(), undefined, 2)}\n`);
    return exitStatus.pass;
  },
});
