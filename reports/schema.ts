import { z } from "zod";
import { gate } from "./schema/gate.ts";
import { report } from "./schema/report.ts";

/**
 * JSON Schema (draft 2020-12) of the report document, version 1, for programs that read `--json` and `verdicts.json`.
 * Every object in it is bound to its type in `domain/` and refuses unknown fields, so that neither drifts.
 */
export const reportSchema = z.toJSONSchema(report, { target: "draft-2020-12" });

/** Of `gate.json`, and of what `headroom gate --json` answers. */
export const gateSchema = z.toJSONSchema(gate, { target: "draft-2020-12" });
