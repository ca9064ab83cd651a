import { environmentFileSchema } from "../../config/environment-file.ts";
import { suggestion } from "../../config/nearest.ts";
import { isPublished, published, publishedSchema } from "../../domain/documents/schemas.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import { defineCommand } from "../command.ts";

const names = [...Object.keys(published), "environment"];

export const schemaCommand = defineCommand({
  name: "schema",
  positionals: ["[document]"],
  options: {},
  examples: [
    "headroom schema report",
    "headroom schema gate",
    "headroom schema environment > environment.schema.json",
  ],
  check: ({ positionals: [name = "report"] }, problems) => {
    if (!names.includes(name)) problems.add(`no schema of "${name}": ${suggestion(name, names)}`);
  },
  run: async ({ positionals: [name = "report"] }, io) => {
    const schema = isPublished(name) ? publishedSchema(name) : environmentFileSchema();
    io.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    return exitStatus.pass;
  },
});
