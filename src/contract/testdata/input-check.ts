/** Whether an input is one that a procedure takes, by its JSON Schema. */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { InputSchema } from "../../../profiles/platform/contract/index.ts";

/** @returns what is wrong with the input, by field; nothing where the procedure takes it */
export type InputCheck = (input: unknown) => readonly string[];

/** Documents of live targets may use keywords and formats that are not JSON Schema's own: those are passed over. */
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

/** @param schema `null`: the procedure takes nothing, and ignores what it is sent */
export function inputCheck(schema: InputSchema | null): InputCheck {
  if (schema === null) return () => [];
  const validate = ajv.compile(schema);
  return (input) => {
    validate(input);
    return (validate.errors ?? []).map(
      ({ instancePath, message = "refused", params }) =>
        `${instancePath.slice(1).replaceAll("/", ".") || "(input)"}: ${message}` +
        // The message leaves out which.
        ("additionalProperty" in params ? ` (${params["additionalProperty"]})` : ""),
    );
  };
}
