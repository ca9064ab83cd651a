import { Ajv2020 } from "ajv/dist/2020.js";
import { published, publishedSchema } from "../../domain/documents/schemas.ts";

/** @returns what a validator of programs finds wrong with a document that `--json` printed */
export function schemaProblems(document: keyof typeof published, json: unknown): object[] {
  const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(
    publishedSchema(document),
  );
  validate(json);
  return validate.errors ?? [];
}
