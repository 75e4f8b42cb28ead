-- Remembers the answer to a creating call for 24 hours. Retention: purged by schedule.
create table kernel.idempotency_key (
  tenant_id uuid not null,
  scope text not null,
  key text not null,
  request_hash bytea not null,
  response jsonb not null,
  created_at timestamptz not null,
  primary key (tenant_id, scope, key)
);
create index idempotency_key_created on kernel.idempotency_key (created_at);

-- Over all tenants, by time only: nothing is read and nothing is returned but the count.
create function kernel.purge_idempotency_keys(before timestamptz) returns bigint
language sql security definer set search_path = pg_catalog as $$
  with gone as (delete from kernel.idempotency_key where created_at < before returning 1) select count(*) from gone
$$;
