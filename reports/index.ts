import { csv } from "./csv.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { openmetrics } from "./openmetrics.ts";
import type { Reporter } from "./reporter.ts";
import { terminal } from "./terminal.ts";

/** Every way to write a report down, by the name that the command line uses. */
export const reporters = {
  csv,
  html,
  json,
  junit,
  markdown,
  openmetrics,
  terminal,
} as const satisfies Record<string, Reporter>;
export type ReporterName = keyof typeof reporters;
