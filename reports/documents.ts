/** The documents that Headroom writes: their JSON Schemas are made from these types (`npm run schemas`). */
export type { PlanDocument } from "../src/domain/capacity-plan.ts";
export type { MeasuredMix } from "../src/domain/mix.ts";
export type { Report } from "../src/domain/report.ts";
export type { Calibration, GateRecord, NightlyRecord, PlanRecord } from "../src/domain/run.ts";
export type { GateDocument } from "./gate/document.ts";
