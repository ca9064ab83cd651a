import { environmentFileSchema } from "../../config/environment-file.ts";
import { suggestion } from "../../config/nearest.ts";
import { isPublished, published, publishedSchema } from "../../domain/documents/schemas.ts";
import { UsageError } from "../../domain/errors.ts";
import { exitStatus } from "../../domain/exit-status.ts";
import type { Command } from "../command.ts";

const names = [...Object.keys(published), "environment"];

export const schemaCommand: Command = {
  name: "schema",
  positionals: ["[document]"],
  options: {},
  examples: [
    "headroom schema report",
    "headroom schema gate",
    "headroom schema environment > environment.schema.json",
  ],
  run: async (args, io) => {
    const [name = "report"] = args.positionals;
    if (!isPublished(name) && name !== "environment")
      throw new UsageError(`no schema of "${name}": ${suggestion(name, names)}`, { code: "usage" });
    const schema = isPublished(name) ? publishedSchema(name) : environmentFileSchema();
    io.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    return exitStatus.pass;
  },
};
