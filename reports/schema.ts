import { z } from "zod";
import { gate } from "./schema/gate.ts";
import { report } from "./schema/report.ts";

/**
 * JSON Schema (draft 2020-12) of the report document, version 1, for programs that read `--json` and `verdicts.json`.
 * Every object in it is bound to its type in `domain/` and refuses unknown fields, so that neither drifts.
 */
export const reportSchema = z.toJSONSchema(report, { target: "draft-2020-12" });

/** Of what `headroom gate --json` answers, and of `gate.json`, which has the SHA-256 of its other fields besides. */
export const gateSchema = z.toJSONSchema(gate.extend({ sha256: z.string().optional() }), {
  target: "draft-2020-12",
});
