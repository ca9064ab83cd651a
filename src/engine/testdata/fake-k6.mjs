#!/usr/bin/env node
// Behaves like k6 as far as the engine sees it. FAKE_K6 says how: {rows, logs, exitCode, wait, silent}.
const behaviour = JSON.parse(process.env.FAKE_K6 ?? "{}");
process.on("SIGINT", () => {
  process.stdout.write("stopped\n", () => process.exit(105));
});
const received = { argv: process.argv.slice(2), environment: process.env, cwd: process.cwd() };
if (!behaviour.silent) process.stdout.write(`${JSON.stringify(received)}\n`);
for (const row of behaviour.rows ?? []) process.stdout.write(row);
for (const line of behaviour.logs ?? []) process.stderr.write(`${line}\n`);
if (behaviour.wait) setTimeout(() => {}, 30_000);
else process.exitCode = behaviour.exitCode ?? 0;
