/** Every command, one file each, in the order of the help. */
import type { Command } from "./command.ts";
import { analyseCommand } from "./commands/analyse.ts";
import { baselineCommand } from "./commands/baseline.ts";
import { compareCommand } from "./commands/compare.ts";
import { demoCommand } from "./commands/demo.ts";
import { detectCommand } from "./commands/detect.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { fitCommand } from "./commands/fit.ts";
import { gateCommand } from "./commands/gate.ts";
import { historyCommand } from "./commands/history.ts";
import { importCommand } from "./commands/import.ts";
import { listCommand } from "./commands/list.ts";
import { mixCommand } from "./commands/mix.ts";
import { nightlyCommand } from "./commands/nightly.ts";
import { planCommand } from "./commands/plan.ts";
import { reportCommand } from "./commands/report.ts";
import { runCommand } from "./commands/run.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { seedCommand } from "./commands/seed.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { schemaCommand } from "./commands/schema.ts";

export const commands: readonly Command[] = [
  demoCommand,
  runCommand,
  nightlyCommand,
  historyCommand,
  importCommand,
  mixCommand,
  analyseCommand,
  reportCommand,
  detectCommand,
  compareCommand,
  gateCommand,
  baselineCommand,
  fitCommand,
  planCommand,
  simulateCommand,
  sandboxCommand,
  doctorCommand,
  seedCommand,
  listCommand,
  schemaCommand,
];
