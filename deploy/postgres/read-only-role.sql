-- Headroom's role for observing PostgreSQL (12 or later): it reads statistics, but none of your tables.
--
--   export HEADROOM_DATABASE_PASSWORD=…
--   psql --host=db.example --username=postgres --dbname=kit --file=deploy/postgres/read-only-role.sql
--
-- Run it in the platform's database, as a superuser (managed services: as their administrator). It can be run repeatedly.
-- psql (14 or later) reads the password from the environment, so that no file or command line contains it.

\set ON_ERROR_STOP on

select not exists (select from pg_roles where rolname = 'headroom_observer') as is_new \gset
\if :is_new
  -- Two connections are used; the limit contains mistakes.
  create role headroom_observer login connection limit 5;
\endif

\getenv password HEADROOM_DATABASE_PASSWORD
\if :{?password}
  alter role headroom_observer password :'password';
\endif

-- Sessions, locks and statements of all roles. `pg_read_all_stats` alone suffices for all queries of Headroom.
grant pg_read_all_stats to headroom_observer;

select current_database() as database \gset
grant connect on database :"database" to headroom_observer;

-- Nothing is changed, and statements time out.
alter role headroom_observer set default_transaction_read_only = on;
alter role headroom_observer set statement_timeout = '5s';
alter role headroom_observer set lock_timeout = '1s';
alter role headroom_observer set idle_in_transaction_session_timeout = '5s';

-- Statements by their time. Requires `shared_preload_libraries = 'pg_stat_statements'` and a restart of the server;
-- without them Headroom observes everything else, and reports what is missing.
create extension if not exists pg_stat_statements;
