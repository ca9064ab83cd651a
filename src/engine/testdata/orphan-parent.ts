/** A Headroom process to be killed: starts k6 on a scenario, prints its process id, and reads its rows. */
import { startK6 } from "../run-k6.ts";

const [binary = "", bundleFile = "", workingDirectory = "", plan = "{}"] = process.argv.slice(2);
const k6 = await startK6({
  binary: { path: binary },
  bundleFile,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test's own JSON
  plan: JSON.parse(plan) as object,
  variables: {},
  workingDirectory,
  onRows: () => undefined,
  onLog: () => undefined,
});
process.stdout.write(`${k6.pid}\n`);
