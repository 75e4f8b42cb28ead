-- RabbitMQ as the broker (fiks-io §3.7, docs/rabbitmq.md). `ko` is then the outbox: what stands there has not been handed over.
-- What RabbitMQ has confirmed stands in `hos_rabbitmq` until its dead letter, or the length of its queue, tells how it ended.

-- grant: select on hos_rabbitmq
create table exchange.hos_rabbitmq (
  konto_id uuid not null,
  seq bigint not null,
  tenant_id uuid not null,
  melding_id uuid not null,
  utlop timestamptz not null,
  sendt timestamptz not null,
  -- RabbitMQ knows no deadline as far away as this one's: we watch it.
  uten_frist boolean not null,
  primary key (konto_id, seq)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create unique index hos_rabbitmq_melding on exchange.hos_rabbitmq (melding_id);
create index hos_rabbitmq_frist on exchange.hos_rabbitmq (utlop) where uten_frist;
create policy avsender on exchange.hos_rabbitmq for select using (exists (
  select from exchange.melding m where m.id = melding_id and m.avsender_tenant_id = (select kernel.current_tenant())));

-- One publisher of a konto at a time, in all processes, or the order of its queue would be lost. Held until the end of the
-- transaction, so it goes with a process or connection that dies.
create function exchange.rabbitmq_las(p_konto uuid) returns bigint language sql immutable
  return hashtextextended('grunnmur-rabbitmq ' || p_konto::text, 0);

-- Those of p_kontoer that nobody else has now; until the end of the transaction they are the caller's.
create function exchange.rabbitmq_ta(p_kontoer uuid[]) returns setof uuid
language sql security definer set search_path = pg_catalog
as $$
  select o.konto from unnest(p_kontoer) as o (konto) where pg_try_advisory_xact_lock(exchange.rabbitmq_las(o.konto))
$$;

-- The first p_antall messages of kontoer that the caller has taken, in the order of each queue. Call rabbitmq_sendt when
-- RabbitMQ has confirmed them, in the same transaction.
create function exchange.rabbitmq_hent(p_kontoer uuid[], p_antall int, p_naa timestamptz) returns table (
  konto_id uuid, seq bigint, plass int, redelivered boolean, id uuid, tenant_id uuid, avsender_konto_id uuid,
  avsender_navn text, type text, svar_til uuid, svar_til_type text, headere jsonb, storrelse bigint, objekt uuid,
  dokument_id uuid, mottatt timestamptz, rest_ms float8, innhold bytea
) language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
  set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
begin
  return query
  with valgt as materialized (
    select v.* from unnest(p_kontoer) as o (konto) cross join lateral (
      select k.konto_id, k.seq, k.melding_id, k.utlop from exchange.ko k
      where k.konto_id = o.konto and k.utlop > v_naa
      order by k.konto_id, k.seq limit p_antall for update skip locked
    ) v limit p_antall
  )
  select g.konto_id, g.seq, 0, false, m.id, m.tenant_id, m.avsender_konto_id, m.avsender_navn, m.type,
    m.svar_til, m.svar_til_type, m.headere, m.storrelse, m.objekt, m.dokument_id, m.mottatt,
    extract(epoch from g.utlop - v_naa)::float8 * 1000, i.innhold
  from valgt g join exchange.melding m on m.id = g.melding_id
  left join exchange.melding_innhold i on i.melding_id = g.melding_id;
end $$;

-- RabbitMQ has them on disk.
create function exchange.rabbitmq_sendt(p_konto uuid[], p_seq bigint[], p_frist_ms float8, p_naa timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
begin
  with ute as (
    delete from exchange.ko k using unnest(p_konto, p_seq) as r (konto, seq)
    where k.konto_id = r.konto and k.seq = r.seq
    returning k.konto_id, k.seq, k.tenant_id, k.melding_id, k.utlop
  ), hos as (
    insert into exchange.hos_rabbitmq (konto_id, seq, tenant_id, melding_id, utlop, sendt, uten_frist)
      select u.konto_id, u.seq, u.tenant_id, u.melding_id, u.utlop, v_naa, u.utlop > v_naa + p_frist_ms * interval '1 ms'
      from ute u order by u.konto_id, u.seq
  )
  insert into exchange.hendelse (melding_id, tenant_id, tidspunkt, kode)
    select u.melding_id, u.tenant_id, v_naa, 'OVERFORT' from ute u;
end $$;

-- Puts entries back where ko_gjor_opp finds them, and ends them there. Its caller holds the locks of the kontoer.
create function exchange.rabbitmq_gjor_opp(p_meldinger uuid[], p_utfall text[], p_kode text, p_naa timestamptz) returns jsonb
language plpgsql set search_path = pg_catalog
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_konto uuid[];
  v_seq bigint[];
  v_utfall text[];
begin
  with ut as (
    select distinct on (r.melding) r.melding, r.utfall from unnest(p_meldinger, p_utfall) as r (melding, utfall)
  ), hos as (
    delete from exchange.hos_rabbitmq h using ut where h.melding_id = ut.melding
    returning h.konto_id, h.seq, h.tenant_id, h.melding_id, h.utlop, ut.utfall
  ), tilbake as (
    insert into exchange.ko (konto_id, seq, tenant_id, melding_id, utlop) overriding system value
      select h.konto_id, h.seq, h.tenant_id, h.melding_id, h.utlop from hos h
  ), logg as (
    -- An entry with no delivery of ours is ended without a word in the timeline.
    insert into exchange.hendelse (melding_id, tenant_id, tidspunkt, kode)
      select h.melding_id, h.tenant_id, p_naa, coalesce(p_kode, 'AVVIST') from hos h where h.utfall in ('ack', 'reject')
  )
  select array_agg(h.konto_id), array_agg(h.seq), array_agg(h.utfall) into v_konto, v_seq, v_utfall from hos h;
  if v_konto is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  return exchange.ko_gjor_opp(v_konto, v_seq, null, v_utfall, p_naa);
end $$;

-- Dead letters: expired → UTLOPT, closed (the delivery limit) → FEILET, reject → AVVIST. Known ones are ignored: a letter may
-- come twice. A message that was taken for acknowledged after the length of its queue was another one: now it is known.
create function exchange.rabbitmq_dod(p_meldinger uuid[], p_utfall text[], p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
  v_konto uuid;
begin
  for v_konto in
    select distinct m.konto_id from exchange.melding m where m.id = any (p_meldinger) order by m.konto_id
  loop
    perform pg_advisory_xact_lock(exchange.rabbitmq_las(v_konto));
  end loop;
  -- Not yet marked as handed over: its publisher died before it could.
  with ute as (
    delete from exchange.ko k using exchange.melding m
    where m.id = any (p_meldinger) and m.status = 'PAA_KO' and k.konto_id = m.konto_id and k.melding_id = m.id
      and not exists (select from exchange.hos_rabbitmq h where h.melding_id = m.id)
    returning k.konto_id, k.seq, k.tenant_id, k.melding_id, k.utlop
  )
  insert into exchange.hos_rabbitmq (konto_id, seq, tenant_id, melding_id, utlop, sendt, uten_frist)
    select u.konto_id, u.seq, u.tenant_id, u.melding_id, u.utlop, v_naa, false from ute u;
  with feil as (
    update exchange.melding m set status = 'PAA_KO', avsluttet = null
    where m.id = any (p_meldinger) and m.status = 'KVITTERT'
    returning m.id, m.konto_id, m.tenant_id, m.utlop
  )
  insert into exchange.hos_rabbitmq (konto_id, seq, tenant_id, melding_id, utlop, sendt, uten_frist)
    select f.konto_id, nextval('exchange.ko_seq_seq'), f.tenant_id, f.id, f.utlop, v_naa, false from feil f;
  return exchange.rabbitmq_gjor_opp(p_meldinger, p_utfall, null, v_naa);
end $$;

-- RabbitMQ has p_igjen[i] messages of p_kontoer[i], waiting or unacknowledged. So of those handed over p_eldre_ms
-- ago at most that many are left, the newest: the others have been acknowledged. Which ones is certain when none are left; otherwise a
-- consumer may have acknowledged in another order, and the timeline says KVITTERT_ANTATT.
create function exchange.rabbitmq_kvittert(
  p_kontoer uuid[], p_igjen bigint[], p_eldre_ms float8, p_antall int, p_naa timestamptz
) returns jsonb language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = on
as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
  v_sikre uuid[];
  v_antatte uuid[];
  v_konto uuid;
  v_svar jsonb;
  v_mer jsonb;
begin
  for v_konto in select distinct o.konto from unnest(p_kontoer) as o (konto) order by o.konto loop
    perform pg_advisory_xact_lock(exchange.rabbitmq_las(v_konto));
  end loop;
  select array_agg(v.melding_id) filter (where o.igjen = 0), array_agg(v.melding_id) filter (where o.igjen > 0)
    into v_sikre, v_antatte
  from unnest(p_kontoer, p_igjen) as o (konto, igjen) cross join lateral (
    select h.melding_id from (
      select h.konto_id, h.seq, h.melding_id from exchange.hos_rabbitmq h
      where h.konto_id = o.konto and h.sendt < v_naa - p_eldre_ms * interval '1 ms'
      order by h.konto_id desc, h.seq desc offset o.igjen
    ) h order by h.seq limit p_antall
  ) v;
  v_svar := exchange.rabbitmq_gjor_opp(coalesce(v_sikre, '{}'), array_fill('ack'::text, array[coalesce(cardinality(v_sikre), 0)]),
    'KVITTERT', v_naa);
  v_mer := exchange.rabbitmq_gjor_opp(coalesce(v_antatte, '{}'),
    array_fill('ack'::text, array[coalesce(cardinality(v_antatte), 0)]), 'KVITTERT_ANTATT', v_naa);
  return jsonb_build_object('objekter', (v_svar -> 'objekter') || (v_mer -> 'objekter'), 'ko', '[]'::jsonb,
    'antall', (v_svar ->> 'antall')::int + (v_mer ->> 'antall')::int);
end $$;

-- Ends those whose deadline RabbitMQ does not know.
create function exchange.rabbitmq_utlop(p_antall int, p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
  v_ider uuid[];
begin
  select array_agg(h.melding_id) into v_ider from (
    select h.melding_id from exchange.hos_rabbitmq h where h.uten_frist and h.utlop <= v_naa
    order by h.utlop limit p_antall for update skip locked
  ) h;
  return exchange.rabbitmq_gjor_opp(coalesce(v_ider, '{}'), array_fill('expired'::text, array[coalesce(cardinality(v_ider), 0)]),
    null, v_naa);
end $$;

-- Gives up all that waits for a konto that is deleted or deactivated, in the outbox and with RabbitMQ.
create function exchange.rabbitmq_steng(p_konto uuid, p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform pg_advisory_xact_lock(exchange.rabbitmq_las(p_konto));
  with hos as (
    delete from exchange.hos_rabbitmq h where h.konto_id = p_konto
    returning h.konto_id, h.seq, h.tenant_id, h.melding_id, h.utlop
  )
  insert into exchange.ko (konto_id, seq, tenant_id, melding_id, utlop) overriding system value
    select h.konto_id, h.seq, h.tenant_id, h.melding_id, h.utlop from hos h;
  return exchange.ko_steng(p_konto, p_naa);
end $$;

-- Without RabbitMQ again: what lay there waits on our own queues, and is delivered by us too.
create function exchange.rabbitmq_tilbake() returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_antall bigint;
begin
  with hos as (
    delete from exchange.hos_rabbitmq h returning h.konto_id, h.seq, h.tenant_id, h.melding_id, h.utlop
  )
  insert into exchange.ko (konto_id, seq, tenant_id, melding_id, utlop, redelivered) overriding system value
    select h.konto_id, h.seq, h.tenant_id, h.melding_id, h.utlop, true from hos h;
  get diagnostics v_antall = row_count;
  return v_antall;
end $$;

-- Kontoer after p_etter that have something in the outbox or, with p_hos, with RabbitMQ: one index entry read for each.
create function exchange.rabbitmq_kontoer(p_hos boolean, p_etter uuid, p_antall int) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_konto uuid := p_etter;
begin
  for i in 1 .. p_antall loop
    if p_hos then
      select h.konto_id into v_konto from exchange.hos_rabbitmq h where h.konto_id > v_konto order by h.konto_id, h.seq limit 1;
    else
      select k.konto_id into v_konto from exchange.ko k where k.konto_id > v_konto order by k.konto_id, k.seq limit 1;
    end if;
    exit when v_konto is null;
    return next v_konto;
  end loop;
end $$;

-- Messages of each konto with RabbitMQ or on the way there; counting stops at p_tak. `nylig`: handed over within p_nylig_ms.
create function exchange.rabbitmq_antall(p_kontoer uuid[], p_tak int, p_nylig_ms float8)
returns table (konto_id uuid, utboks bigint, hos bigint, nylig bigint)
language sql stable security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off
as $$
  select o.konto,
    (select count(*) from (select from exchange.ko k where k.konto_id = o.konto limit p_tak) x),
    (select count(*) from (select from exchange.hos_rabbitmq h where h.konto_id = o.konto limit p_tak) x),
    (select count(*) from (
      select h.sendt from exchange.hos_rabbitmq h where h.konto_id = o.konto order by h.konto_id desc, h.seq desc limit 1000
    ) x where x.sendt > clock_timestamp() - p_nylig_ms * interval '1 ms')
  from unnest(p_kontoer) as o (konto)
$$;
