#!/usr/bin/env node
// Behaves like k6 as far as the engine sees it. FAKE_K6 says how: {rows, logs, exitCode, wait, silent, kill}; `runners` has
// by their number what differs for one of several, which wait for the others as the scenario's setup() does.
const { runner } = JSON.parse(process.env.HEADROOM_PLAN ?? "{}");
const { runners, ...forAll } = JSON.parse(process.env.FAKE_K6 ?? "{}");
const behaviour = { ...forAll, ...runners?.[runner?.number] };
process.on("SIGINT", () => {
  process.stdout.write("stopped\n", () => process.exit(105));
});
for (const line of behaviour.logs ?? []) process.stderr.write(`${line}\n`);
if (runner !== undefined && behaviour.exitCode === undefined) {
  const learned = runner.number === 1 ? "learned" : "";
  const response = await fetch(runner.barrierUrl, { method: "POST", body: learned });
  if ((await response.text()) !== "learned") process.exit(107);
}
const received = { argv: process.argv.slice(2), environment: process.env, cwd: process.cwd() };
if (!behaviour.silent) process.stdout.write(`${JSON.stringify(received)}\n`);
for (const row of behaviour.rows ?? []) process.stdout.write(row);
if (behaviour.kill) setTimeout(() => process.kill(process.pid, "SIGKILL"), behaviour.kill);
else if (behaviour.wait) setTimeout(() => {}, 30_000);
else process.exitCode = behaviour.exitCode ?? 0;
