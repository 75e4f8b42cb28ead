-- The access log: append-only, hash-chained per tenant. The application role can only read; rows come from
-- kernel.audit_append, which takes tenant and actor from the settings of the transaction.
--
-- A tenant has one chain as long as one transaction at a time writes. A chain stays taken until its transaction has
-- been written to disk, so a transaction that finds every chain taken opens one more (at most 16); each is verified
-- for itself.
--
-- Retention: kept. Removing personal detail after its time needs a decision of its own, since it breaks the chain.

-- grant: select on audit_head
create table kernel.audit_head (
  tenant_id uuid not null, -- the nil UUID holds what was done for no tenant
  chain     smallint not null,
  seq       bigint not null,
  hash      bytea not null,
  primary key (tenant_id, chain)
) with (fillfactor = 50);

-- grant: select on audit
create table kernel.audit (
  tenant_id        uuid not null,
  chain            smallint not null,
  seq              bigint not null,
  at               timestamptz(3) not null, -- ms, as in the hash: a smaller change must not be possible
  actor_kind       text not null,
  actor_id         text not null,
  actor_name       text,
  request_id       text not null,
  operation        text not null,
  subject          text,
  object           uuid,
  purpose          text,
  legal_basis      text,
  outcome          text not null check (outcome in ('ok', 'refused', 'failed')),
  information_kind text,
  detail           jsonb,
  hash             bytea not null,
  primary key (tenant_id, chain, seq)
);
create index audit_subject on kernel.audit (subject, at, tenant_id, chain, seq) where subject is not null;

-- "Who has used my information": a person reads what concerns the person, whichever organisation did it.
create policy subject_reads on kernel.audit for select using (subject = (select kernel.current_person()));

-- One field of the hashed text: its length in bytes, a colon, the value; `-` for null; then a comma.
create function kernel.audit_field(value text) returns text language sql immutable parallel safe
  return coalesce(octet_length(value)::text || ':' || value, '-') || ',';

-- Takes a free chain of the tenant until the end of the transaction, or waits when all are taken. A transaction stays
-- with the chain it has, so that it never waits for one chain while it holds another. Advisory locks rather than row
-- locks: nobody has to wait for a new chain's first row to be committed.
create function kernel.audit_lock(p_tenant uuid) returns smallint language plpgsql as $$
declare
  v_own text := current_setting('grunnmur.audit_chain', true);
  v_chain smallint := 0;
begin
  if v_own like p_tenant::text || '/%' then
    return split_part(v_own, '/', 2)::smallint;
  end if;
  while not pg_try_advisory_xact_lock(7242014, hashtext(p_tenant::text || '/' || v_chain)) loop
    v_chain := v_chain + 1;
    if v_chain = 16 then
      v_chain := pg_backend_pid() % 16;
      perform pg_advisory_xact_lock(7242014, hashtext(p_tenant::text || '/' || v_chain));
      exit;
    end if;
  end loop;
  perform set_config('grunnmur.audit_chain', p_tenant || '/' || v_chain, true);
  return v_chain;
end $$;

-- Appends p_entries (a JSON array; the field names of kernel.audit) to a chain of the current tenant. Each hash is
-- SHA-256(previous hash || fields); kernel/audit/verify-audit.ts computes the same from what it reads.
create function kernel.audit_append(p_at timestamptz, p_actor_name text, p_request_id text, p_entries jsonb)
returns void language plpgsql security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan -- planning would cost more than running
as $$
declare
  v_tenant uuid := coalesce(kernel.current_tenant(), '00000000-0000-0000-0000-000000000000');
  v_actor text := kernel.current_actor();
  v_kind text := split_part(v_actor, ':', 1);
  v_id text := substr(v_actor, length(split_part(v_actor, ':', 1)) + 2);
  v_at timestamptz(3) := p_at;
  v_chain smallint;
  v_seq bigint := 0;
  v_common text;
  v_texts text[];
  v_text text;
  v_hash bytea;
  v_hashes bytea[] := '{}';
begin
  if v_actor is null then
    raise exception 'audit needs a transaction with an actor';
  end if;
  v_common := kernel.audit_field((extract(epoch from v_at) * 1000)::bigint::text)
    || kernel.audit_field(v_kind) || kernel.audit_field(v_id)
    || kernel.audit_field(p_actor_name) || kernel.audit_field(p_request_id);
  select array_agg(v_common || kernel.audit_field(e.operation)
    || kernel.audit_field(e.subject) || kernel.audit_field(e.object::text) || kernel.audit_field(e.purpose)
    || kernel.audit_field(e.legal_basis) || kernel.audit_field(e.outcome)
    || kernel.audit_field(e.information_kind) || kernel.audit_field(e.detail::text) order by e.n)
  into v_texts
  from rows from (jsonb_to_recordset(p_entries) as (operation text, subject text, object uuid, purpose text,
    legal_basis text, outcome text, information_kind text, detail jsonb)) with ordinality
    as e (operation, subject, object, purpose, legal_basis, outcome, information_kind, detail, n);

  v_chain := kernel.audit_lock(v_tenant); -- last: from here to the commit the chain is taken
  select seq, hash into v_seq, v_hash from kernel.audit_head where tenant_id = v_tenant and chain = v_chain;
  if not found then
    v_seq := 0;
    v_hash := sha256(convert_to('grunnmur audit/' || v_tenant || '/' || v_chain, 'UTF8'));
  end if;
  foreach v_text in array v_texts loop
    v_hash := sha256(v_hash || convert_to(v_text, 'UTF8'));
    v_hashes := v_hashes || v_hash;
  end loop;
  insert into kernel.audit (tenant_id, chain, seq, at, actor_kind, actor_id, actor_name, request_id, operation,
      subject, object, purpose, legal_basis, outcome, information_kind, detail, hash)
    select v_tenant, v_chain, v_seq + e.n, v_at, v_kind, v_id, p_actor_name, p_request_id, e.operation,
      e.subject, e.object, e.purpose, e.legal_basis, e.outcome, e.information_kind, e.detail, v_hashes[e.n]
    from rows from (jsonb_to_recordset(p_entries) as (operation text, subject text, object uuid, purpose text,
      legal_basis text, outcome text, information_kind text, detail jsonb)) with ordinality
      as e (operation, subject, object, purpose, legal_basis, outcome, information_kind, detail, n);
  insert into kernel.audit_head as h (tenant_id, chain, seq, hash)
    values (v_tenant, v_chain, v_seq + cardinality(v_hashes), v_hash)
    on conflict (tenant_id, chain) do update set seq = excluded.seq, hash = excluded.hash;
end $$;

revoke all on function kernel.audit_append from public;
