#!/usr/bin/env node
// Behaves like k6 as far as the engine sees it. FAKE_K6 says how: {rows, logs, exitCode, wait, silent, kill, ticks, countFile};
// `runners` has by their number what differs for one of several, which wait for the others as the scenario's setup() does.
import { writeFileSync } from "node:fs";
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
// So many requests, one every 50 ms; how many is in `countFile`.
if (behaviour.ticks !== undefined) {
  process.stdout.write("metric_name,timestamp,metric_value,group,scenario,extra_tags,metadata\n");
  process.stdout.write(`load_start,${Date.now()},${Date.now()},,,,\n`);
  for (let sent = 0; sent < behaviour.ticks; sent++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const tags = "surface=api&endpoint=e&kind=read&outcome=ok";
    process.stdout.write(`response,${Date.now()},12,,hold_api-read,${tags},\n`);
    process.stdout.write(`http_req_duration,${Date.now()},12,,hold_api-read,,\n`);
    writeFileSync(behaviour.countFile, String(sent + 1));
  }
}
if (behaviour.kill) setTimeout(() => process.kill(process.pid, "SIGKILL"), behaviour.kill);
else if (behaviour.wait) setTimeout(() => {}, 30_000);
else process.exitCode = behaviour.exitCode ?? 0;
