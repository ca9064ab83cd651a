import type { Report } from "../src/domain/report.ts";

/** Turns the one report document into one text. Pure: the same report gives the same bytes. */
export type Reporter = (report: Report) => string;
