/** The command line as a process of its own: `PACKAGE_ROOT COMMAND …`. */
import { main } from "../main.ts";

const [packageRoot = "", ...argv] = process.argv.slice(2);
process.exitCode = await main(argv, packageRoot);
