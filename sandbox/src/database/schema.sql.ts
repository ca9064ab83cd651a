/** The sandbox's tables. Users and sessions have the shape that better-auth expects of them. */
export const schemaName = "headroom_sandbox";

export const schemaSql = /* sql */ `
create table "user" (
  "id" text primary key,
  "name" text not null,
  "email" text not null unique,
  "emailVerified" boolean not null,
  "image" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "role" text not null default 'user',
  "wallet" text not null default '0x0000000000000000000000000000000000000000',
  "onboarded" boolean not null default false
);
create table "session" (
  "id" text primary key,
  "expiresAt" timestamptz not null,
  "token" text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references "user" ("id") on delete cascade
);
create table "account" (
  "id" text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references "user" ("id") on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  "scope" text,
  "password" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create table "verification" (
  "id" text primary key,
  "identifier" text not null,
  "value" text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create table settings (key text primary key, value text);
create table systems (
  id text primary key,
  identity_factory text not null,
  identity_registry text not null,
  identity_registry_storage text not null,
  compliance text not null,
  token_factory_registry text not null,
  addon_registry text not null,
  access_manager text not null,
  roles jsonb not null
);
create table factories (
  id text primary key,
  name text not null,
  type_id text not null,
  extensions text[] not null
);
create table addons (id text primary key, name text not null, type_id text not null);
create table compliance_modules (id text primary key, name text not null, type_id text not null);
create table accounts (
  id text primary key,
  is_contract boolean not null,
  country integer,
  last_activity bigint not null
);
create table identities (
  id text primary key,
  account_id text not null references accounts,
  country integer not null,
  is_contract boolean not null,
  deployed_at bigint not null,
  claims jsonb not null
);
create index on identities (account_id);
create table tokens (
  id text primary key,
  factory_id text not null references factories,
  identity_id text not null references identities,
  type text not null,
  name text not null,
  symbol text not null,
  decimals integer not null,
  total_supply numeric not null,
  cap numeric,
  price numeric not null,
  paused boolean not null,
  collateral numeric,
  created_at bigint not null,
  created_by text not null references accounts,
  details jsonb not null,
  roles jsonb not null
);
create index on tokens (factory_id);
create table balances (
  token_id text not null references tokens,
  account_id text not null references accounts,
  value numeric not null,
  frozen numeric not null,
  is_frozen boolean not null,
  updated_at bigint not null,
  primary key (token_id, account_id)
);
create index on balances (account_id);
create table events (
  id text primary key,
  name text not null,
  block_number bigint not null,
  block_timestamp bigint not null,
  transaction_hash text not null,
  tx_index integer not null,
  emitter text not null,
  sender text not null,
  involved text[] not null,
  from_account text,
  to_account text,
  amount numeric
);
create index on events (emitter, block_timestamp);
create index on events (block_timestamp);
create index on events using gin (involved);
create table actions (
  id text primary key,
  name text not null,
  target text not null,
  active_at bigint not null,
  expires_at bigint,
  executed_at bigint,
  executed_by text,
  status text not null,
  executors text[] not null
);
create sequence block_number;
create table service_times (name text primary key, median_ms float8 not null, spread float8 not null);

-- The chain, in short. Amounts are whole base units. Returns the block; null where \`payer\` (null: newly made) holds too little.
create function move_tokens(
  token text, recipients text[], base_amounts numeric[], sender text, payer text
) returns bigint language plpgsql as $$
declare
  total numeric;
  unit numeric;
  present bigint := extract(epoch from now());
  block bigint := nextval('block_number');
begin
  select 10::numeric ^ decimals into unit from tokens where id = token;
  select trim_scale(sum(amount) / unit) into total from unnest(base_amounts) as amount;
  if payer is null then
    update tokens set total_supply = total_supply + total where id = token;
  else
    update balances set value = value - total, updated_at = present
      where token_id = token and account_id = payer and value - frozen >= total;
    if not found then return null; end if;
  end if;
  insert into accounts select distinct account, false, null::int, present
    from unnest(recipients) as account on conflict do nothing;
  insert into balances
    select token, account, trim_scale(sum(amount) / unit), 0, false, present
    from unnest(recipients, base_amounts) as moves (account, amount) group by account
    order by account
    on conflict (token_id, account_id)
    do update set value = balances.value + excluded.value, updated_at = present;
  insert into events
    select '0x' || md5(block::text || place) || md5(token || block || place),
      case when payer is null then 'MintCompleted' else 'TransferCompleted' end,
      block, present, '0x' || md5(block::text) || md5(token || block), place, token, sender,
      array[token, sender, account], payer, account, trim_scale(amount / unit)
    from unnest(recipients, base_amounts) with ordinality as moves (account, amount, place);
  return block;
end $$;

-- A query for observers that takes as long as any query of the sandbox (lognormal, as set in service_times).
-- Whoever may call it needs no right to the table it reads.
create function probe() returns float8 language plpgsql volatile security definer
set search_path = ${schemaName}, pg_temp as $$
declare wait float8;
begin
  select median_ms * exp(spread * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))
    into wait from service_times where name = 'database';
  perform pg_sleep(wait / 1000);
  return wait;
end $$;
`;

/** Tables that the seed fills. */
export const seededTables = [
  "settings",
  "systems",
  "factories",
  "addons",
  "compliance_modules",
  "accounts",
  "identities",
  "tokens",
  "balances",
  "events",
  "actions",
  "user",
  "account",
] as const;
export type SeededTable = (typeof seededTables)[number];
