#!/usr/bin/env node
// `k6 run` in a pod of k6-operator: deploy/container/k6 calls it.
import path from "node:path";

const packageRoot = path.resolve(import.meta.dirname, "..");
const { main } = await import("../dist/runner.js");
process.exitCode = await main(process.argv.slice(2), packageRoot);
