import type { Report } from "../src/domain/report.ts";
import { toJson } from "../src/domain/json.ts";

/** The report itself, for programs. Its shape is `headroom schema report`; infinities are the strings of `domain/json.ts`. */
export const json = (report: Report): string => `${toJson(report, 2)}\n`;
