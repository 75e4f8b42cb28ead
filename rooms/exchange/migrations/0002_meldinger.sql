-- Messages of record, the queues they wait on, and what became of them (fiks-io §2.2, §3.3 to §3.6).
--
-- A message belongs to its receiver's organisation (tenant_id); the sender's organisation may read it. Sending, delivering
-- and settling cross that line, so they are functions that take exact keys; the application role only reads the tables.
-- Nothing here has foreign keys to the message: each of these rows is written by a function below, thousands a second.

-- Headers only. Payloads are elsewhere, so that searching messages reads small rows. Retention: one year.
-- grant: select on melding
create table exchange.melding (
  id uuid primary key,
  tenant_id uuid not null,
  konto_id uuid not null,
  avsender_tenant_id uuid not null,
  avsender_konto_id uuid not null,
  avsender_navn text,
  type text not null,
  svar_til uuid,
  svar_til_type text,
  headere jsonb not null default '{}',
  klient_melding_id text,
  klient_korrelasjons_id text,
  -- tidsavbrudd or serverfeil, made by the platform: never answered by another one (§3.6)
  plattform boolean not null default false,
  storrelse bigint not null default 0,
  sha256 bytea,
  -- Names the stored object (service/meldinger/object-key.ts); it is removed when the message leaves the queue.
  objekt uuid,
  -- The payload is in Dokumentlager.
  dokument_id uuid,
  -- Recognises a resend of the same message with the same klientMeldingId.
  fingeravtrykk bytea,
  status text not null default 'PAA_KO' check (status in ('PAA_KO', 'KVITTERT', 'AVVIST', 'FEILET', 'UTLOPT')),
  mottatt timestamptz not null,
  utlop timestamptz not null,
  avsluttet timestamptz
) with (fillfactor = 90);
create index melding_konto on exchange.melding (konto_id, id);
create index melding_avsender on exchange.melding (avsender_konto_id, id);
create index melding_svar on exchange.melding (svar_til, id) where svar_til is not null;
create index melding_klient on exchange.melding (klient_melding_id, id) where klient_melding_id is not null;
create index melding_korrelasjon on exchange.melding (klient_korrelasjons_id, id) where klient_korrelasjons_id is not null;
create unique index melding_objekt on exchange.melding (objekt) where objekt is not null;
create policy avsender on exchange.melding for select
  using (avsender_tenant_id = (select kernel.current_tenant()));

-- Small payloads, until the message leaves the queue.
-- grant: select on melding_innhold
create table exchange.melding_innhold (
  melding_id uuid primary key,
  tenant_id uuid not null,
  innhold bytea not null
);
-- Encrypted, so compressing would only cost time. Payloads of some kB stay in the row itself: the side table for large values,
-- with its index, would cost a message a seventh of the database's time.
alter table exchange.melding_innhold alter column innhold set storage external;
alter table exchange.melding_innhold set (toast_tuple_target = 8160);

-- What waits on a queue or is with a consumer. One index beside the deadline's, and neither holds a column that a delivery
-- changes: so giving a message out writes no index entry (HOT), and taking it costs the same with one waiting as with a million.
-- grant: select on ko
create table exchange.ko (
  konto_id uuid not null,
  seq bigint generated always as identity,
  tenant_id uuid not null,
  melding_id uuid not null,
  utlop timestamptz not null,
  forsok int not null default 0, -- failed deliveries
  redelivered boolean not null default false,
  -- Set while the message is with a consumer of this node.
  token uuid,
  node uuid,
  levert timestamptz,
  forbindelse text,
  primary key (konto_id, seq)
) with (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
);
create index ko_utlop on exchange.ko (utlop);
create policy avsender on exchange.ko for select using (exists (
  select from exchange.melding m where m.id = melding_id and m.avsender_tenant_id = (select kernel.current_tenant())));

-- Ended deliveries and ends of messages; never changed. Acceptance stands in the message, answers in `svar_til`.
-- grant: select on hendelse
create table exchange.hendelse (
  melding_id uuid not null,
  nr bigint generated always as identity,
  tenant_id uuid not null,
  tidspunkt timestamptz not null,
  kode text not null,
  -- Of the delivery that this ended, if any.
  levert timestamptz,
  forbindelse text,
  -- The platform message that told the sender.
  varsel_id uuid,
  primary key (melding_id, nr)
);
create policy avsender on exchange.hendelse for select using (exists (
  select from exchange.melding m where m.id = melding_id and m.avsender_tenant_id = (select kernel.current_tenant())));

-- Processes that give messages out. A node that is no longer seen is dead, and its deliveries are lost.
-- rls: off node: belongs to the installation; holds no tenant's data
-- grant: select on node
create table exchange.node (
  id uuid primary key,
  navn text not null,
  -- Not seen again before this, it is dead. Its own promise: nodes may be set up differently.
  lever_til timestamptz not null
);

-- Who listens now, on every node.
-- grant: select on konsument
create table exchange.konsument (
  node uuid not null references exchange.node on delete cascade,
  id uuid not null,
  tenant_id uuid not null,
  konto_id uuid not null,
  forbindelse text not null,
  siden timestamptz not null,
  primary key (node, id)
);
create index konsument_konto on exchange.konsument (konto_id);

-- A UUIDv7 (RFC 9562 §5.7) of now.
create function exchange.ny_id() returns uuid language sql volatile
  return (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;

-- Takes messages of any senders to any receivers; p_innhold holds the small payloads by `nr`, null for the others.
-- Queue places follow the order of `nr`. One that was sent before with the same klientMeldingId and content within 24
-- hours, and has not failed since, is not stored again: its row has the first one's id and no place. Nor is one whose receiver
-- is gone meanwhile: its row has no id.
create function exchange.melding_motta(p_meldinger jsonb, p_innhold bytea[], p_naa timestamptz)
returns table (nr int, id uuid, konto_id uuid, seq bigint)
language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
begin
  return query
  with r as materialized (
    select * from jsonb_to_recordset(p_meldinger) as r (nr int, id uuid, tenant_id uuid, konto_id uuid, avsender_tenant_id uuid,
      avsender_konto_id uuid, avsender_navn text, type text, svar_til uuid, headere jsonb, klient_melding_id text,
      klient_korrelasjons_id text, storrelse bigint, sha256 text, objekt uuid, dokument_id uuid, fingeravtrykk text,
      ttl_ms float8)
  ), kjent as materialized (
    select r.nr, (
      select m.id from exchange.melding m
      where m.klient_melding_id = r.klient_melding_id and m.avsender_konto_id = r.avsender_konto_id
        and m.fingeravtrykk = decode(r.fingeravtrykk, 'hex') and m.mottatt > v_naa - interval '24 hours'
        and m.status in ('PAA_KO', 'KVITTERT')
      order by m.id limit 1
    ) as forste
    from r where r.fingeravtrykk is not null
  ), ny as materialized (
    select r.* from r
    where not exists (select from kjent where kjent.nr = r.nr and kjent.forste is not null)
      and exists (select from exchange.konto k where k.id = r.konto_id and k.slettet is null and k.aktiv)
  ), meldinger as (
    insert into exchange.melding (id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, avsender_navn, type, svar_til,
        headere, klient_melding_id, klient_korrelasjons_id, storrelse, sha256, objekt, dokument_id, fingeravtrykk, mottatt, utlop)
      select id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, avsender_navn, type, svar_til, headere,
        klient_melding_id, klient_korrelasjons_id, storrelse, decode(sha256, 'hex'), objekt, dokument_id,
        decode(fingeravtrykk, 'hex'), v_naa, v_naa + ttl_ms * interval '1 ms'
      from ny
  ), innhold as (
    insert into exchange.melding_innhold (melding_id, tenant_id, innhold)
      select id, tenant_id, p_innhold[nr] from ny where p_innhold[nr] is not null
  ), plass as (
    insert into exchange.ko as k (konto_id, tenant_id, melding_id, utlop)
      select konto_id, tenant_id, id, v_naa + ttl_ms * interval '1 ms' from ny order by nr
      returning k.melding_id, k.seq
  )
  select r.nr, coalesce(kjent.forste, plass.melding_id), r.konto_id, plass.seq
  from r left join kjent on kjent.nr = r.nr left join plass on plass.melding_id = r.id;
end $$;

-- Gives out up to p_antall[i] messages of p_kontoer[i], in the order of the queue, from p_fra[i] on: what is settled
-- leaves dead index entries at the front until the next vacuum, and the caller knows how far they reach. The n-th goes to
-- the connection p_navn[p_start[i] + n]. Committed to disk like everything here: a delivery that is not remembered would
-- come again without being marked as redelivered.
create function exchange.ko_hent(
  p_node uuid, p_token uuid, p_kontoer uuid[], p_fra bigint[], p_antall int[], p_start int[], p_navn text[], p_naa timestamptz
) returns table (
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
    select o.start, v.konto_id, v.seq
    from unnest(p_kontoer, p_fra, p_antall, p_start) as o (konto, fra, antall, start)
    cross join lateral (
      select k.konto_id, k.seq from exchange.ko k
      where k.konto_id = o.konto and k.seq >= o.fra and k.token is null and k.utlop > v_naa
      order by k.konto_id, k.seq limit o.antall for update skip locked
    ) v
  ), nummerert as materialized (
    select start, konto_id, seq, row_number() over (partition by konto_id order by seq)::int as plass from valgt
  ), gitt as (
    update exchange.ko k set token = p_token, node = p_node, levert = v_naa, forbindelse = p_navn[n.start + n.plass]
    from nummerert n where k.konto_id = n.konto_id and k.seq = n.seq
    returning k.konto_id, k.seq, n.plass, k.redelivered, k.melding_id, k.utlop
  )
  select g.konto_id, g.seq, g.plass, g.redelivered, m.id, m.tenant_id, m.avsender_konto_id, m.avsender_navn, m.type,
    m.svar_til, m.svar_til_type, m.headere, m.storrelse, m.objekt, m.dokument_id, m.mottatt,
    extract(epoch from g.utlop - v_naa)::float8 * 1000, i.innhold
  from gitt g join exchange.melding m on m.id = g.melding_id
  left join exchange.melding_innhold i on i.melding_id = g.melding_id;
end $$;

-- The one place where a queue entry ends or goes back (§3.5). Not a security definer: only the functions below, which are,
-- get through with it. p_token null: the caller holds the rows and has checked them.
--   ack → KVITTERT    reject → AVVIST    expired → UTLOPT    closed → FEILET
--   requeue, connection_lost → back to its place with one attempt used; the third → FEILET
--   released → back, marked as redelivered, no attempt used (the platform stopped)    undelivered → back as it was
-- FEILET and UTLOPT are told to the sender by a platform message (§3.6), which lives for seven days.
-- Returns {objekter: [{tenant, objekt}] to remove, ko: [{konto, seq}] that have something new}.
create function exchange.ko_gjor_opp(
  p_konto uuid[], p_seq bigint[], p_token uuid[], p_utfall text[], p_naa timestamptz
) returns jsonb language plpgsql set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off
  set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_svar jsonb;
begin
  with egen as materialized (
    select k.konto_id, k.seq, k.tenant_id, k.melding_id, k.levert, k.forbindelse, k.token, r.utfall,
      case
        when r.utfall = 'ack' then 'KVITTERT'
        when r.utfall = 'reject' then 'AVVIST'
        when r.utfall = 'expired' then 'UTLOPT'
        when r.utfall = 'closed' then 'FEILET'
        when r.utfall in ('requeue', 'connection_lost') and k.forsok >= 2 then 'FEILET'
      end as status
    from unnest(p_konto, p_seq, p_token, p_utfall) as r (konto, seq, token, utfall)
    join exchange.ko k on k.konto_id = r.konto and k.seq = r.seq
    where p_token is null or k.token = r.token
    order by k.konto_id, k.seq for update of k
  ), ute as (
    delete from exchange.ko k using egen e
    where k.konto_id = e.konto_id and k.seq = e.seq and e.status is not null
  ), tilbake as (
    update exchange.ko k set token = null, node = null, levert = null, forbindelse = null,
      forsok = k.forsok + (e.utfall in ('requeue', 'connection_lost'))::int,
      redelivered = k.redelivered or e.utfall <> 'undelivered'
    from egen e where k.konto_id = e.konto_id and k.seq = e.seq and e.status is null
    returning k.konto_id, k.seq
  ), tomt as (
    delete from exchange.melding_innhold i using egen e where i.melding_id = e.melding_id and e.status is not null
  ), slutt as (
    update exchange.melding m set status = e.status, avsluttet = p_naa
    from egen e where m.id = e.melding_id and e.status is not null
    returning m.id, m.tenant_id, m.konto_id, m.avsender_tenant_id, m.avsender_konto_id, m.type, m.headere, m.klient_melding_id,
      m.klient_korrelasjons_id, m.plattform, m.objekt, m.status
  ), varsel as materialized (
    select s.*, exchange.ny_id() as varsel_id, s.status = 'UTLOPT' as tidsavbrudd
    from slutt s where s.status in ('FEILET', 'UTLOPT') and not s.plattform
      and exists (select from exchange.konto k where k.id = s.avsender_konto_id and k.slettet is null)
  ), logg as (
    insert into exchange.hendelse (melding_id, tenant_id, tidspunkt, kode, levert, forbindelse, varsel_id)
      select * from (
        select e.melding_id, e.tenant_id, p_naa,
          case e.utfall when 'ack' then 'KVITTERT' when 'reject' then 'AVVIST' when 'requeue' then 'LAGT_TILBAKE'
            else 'FORBINDELSE_BRUTT' end, e.levert, e.forbindelse, null::uuid
        from egen e where e.token is not null and e.utfall <> 'undelivered'
        union all
        select e.melding_id, e.tenant_id, p_naa, e.status, null, null, null
        from egen e where e.status in ('FEILET', 'UTLOPT')
        union all
        select v.id, v.tenant_id, p_naa, case when v.tidsavbrudd then 'TIDSAVBRUDD_SENDT' else 'SERVERFEIL_SENDT' end,
          null, null, v.varsel_id from varsel v
      ) h
  ), varsler as (
    insert into exchange.melding (id, tenant_id, konto_id, avsender_tenant_id, avsender_konto_id, type, svar_til, svar_til_type,
        headere, klient_melding_id, klient_korrelasjons_id, plattform, mottatt, utlop)
      select v.varsel_id, v.avsender_tenant_id, v.avsender_konto_id, v.tenant_id, v.konto_id,
        case when v.tidsavbrudd then 'no.ks.fiks.kvittering.tidsavbrudd' else 'no.ks.fiks.kvittering.serverfeil.v1' end,
        v.id, case when v.tidsavbrudd then v.type end,
        coalesce((select jsonb_object_agg(h.key, h.value) from jsonb_each(v.headere) h
          where h.key in ('klientMeldingId', 'klientKorrelasjonsId', 'klientKorrelasjonId')), '{}'),
        v.klient_melding_id, v.klient_korrelasjons_id, true, p_naa, p_naa + interval '7 days'
      from varsel v
  ), varselplass as (
    insert into exchange.ko as k (konto_id, tenant_id, melding_id, utlop)
      select v.avsender_konto_id, v.avsender_tenant_id, v.varsel_id, p_naa + interval '7 days' from varsel v
      returning k.konto_id, k.seq
  )
  select jsonb_build_object(
    'objekter', coalesce((select jsonb_agg(jsonb_build_object('tenant', s.tenant_id, 'objekt', s.objekt))
      from slutt s where s.objekt is not null), '[]'),
    'ko', coalesce((select jsonb_agg(jsonb_build_object('konto', n.konto_id, 'seq', n.seq)) from (
      select x.konto_id, min(x.seq) as seq from (select * from tilbake union all select * from varselplass) x
      group by x.konto_id) n), '[]'),
    'antall', (select count(*) from egen)
  ) into v_svar;
  return v_svar;
end $$;

-- Outcomes of deliveries; one whose token is no longer the entry's own (settled, or lost with its node) is ignored.
create function exchange.ko_oppgjor(
  p_konto uuid[], p_seq bigint[], p_token uuid[], p_utfall text[], p_naa timestamptz
) returns jsonb language plpgsql security definer set search_path = pg_catalog as $$
begin
  return exchange.ko_gjor_opp(p_konto, p_seq, p_token, p_utfall, coalesce(p_naa, clock_timestamp()));
end $$;

-- Takes back what ko_hent gave out under a token whose answer never reached the caller: as if it had not been given out.
-- Reads the queues from their beginning; it happens when a connection breaks.
create function exchange.ko_angre(p_token uuid, p_kontoer uuid[], p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_konto uuid[];
  v_seq bigint[];
begin
  select array_agg(k.konto_id), array_agg(k.seq) into v_konto, v_seq from (
    select k.konto_id, k.seq from exchange.ko k
    where k.konto_id = any (p_kontoer) and k.token = p_token order by k.konto_id, k.seq for update
  ) k;
  if v_konto is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  return exchange.ko_gjor_opp(v_konto, v_seq, null, array_fill('undelivered'::text, array[cardinality(v_konto)]),
    coalesce(p_naa, clock_timestamp()));
end $$;

-- Expires what has passed its deadline and is with no consumer, wherever it stands in its queue. A message that is with a
-- consumer was delivered in time; its deadline counts again when it comes back.
create function exchange.ko_utlop(p_antall int, p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
  v_konto uuid[];
  v_seq bigint[];
begin
  select array_agg(k.konto_id), array_agg(k.seq) into v_konto, v_seq from (
    select k.konto_id, k.seq from exchange.ko k
    where k.utlop <= v_naa and k.token is null order by k.utlop limit p_antall for update skip locked
  ) k;
  if v_konto is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  return exchange.ko_gjor_opp(v_konto, v_seq, null, array_fill('expired'::text, array[cardinality(v_konto)]), v_naa);
end $$;

-- Gives up all that waits for a konto that is deleted or deactivated, also what is with its consumers.
create function exchange.ko_steng(p_konto uuid, p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_seq bigint[];
begin
  select array_agg(k.seq) into v_seq from (
    select k.seq from exchange.ko k where k.konto_id = p_konto order by k.seq for update
  ) k;
  if v_seq is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  return exchange.ko_gjor_opp(array_fill(p_konto, array[cardinality(v_seq)]), v_seq, null,
    array_fill('closed'::text, array[cardinality(v_seq)]), coalesce(p_naa, clock_timestamp()));
end $$;

-- Says that a node lives; answers how many others do, and whether it was unknown (new, or thought dead meanwhile).
create function exchange.node_hjerteslag(p_node uuid, p_navn text, p_lease_ms int, p_naa timestamptz)
returns table (andre int, ny boolean)
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
begin
  perform set_config('synchronous_commit', 'off', true);
  update exchange.node n set lever_til = v_naa + p_lease_ms * interval '1 ms' where n.id = p_node;
  ny := not found;
  if ny then
    insert into exchange.node (id, navn, lever_til) values (p_node, p_navn, v_naa + p_lease_ms * interval '1 ms');
  end if;
  select count(*) into andre from exchange.node n where n.id <> p_node and n.lever_til > v_naa;
  return next;
end $$;

-- Takes back the deliveries of dead nodes: those past their lease, and earlier ones of the caller's own name (two
-- nodes never share one: it has the address that the node listens on). p_selv: the caller itself, which stops.
-- Reads the whole queue table, since an index on `node` would make every delivery dearer; it happens when a node dies.
create function exchange.node_rydd(p_node uuid, p_navn text, p_selv boolean, p_naa timestamptz) returns jsonb
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_naa timestamptz := coalesce(p_naa, clock_timestamp());
  v_dode uuid[];
  v_konto uuid[];
  v_seq bigint[];
begin
  select array_agg(d.id) into v_dode from (
    select n.id from exchange.node n
    where case when n.id = p_node then p_selv
      else n.navn = p_navn or n.lever_til <= v_naa end
    for update skip locked
  ) d;
  if v_dode is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  delete from exchange.node n where n.id = any (v_dode);
  select array_agg(k.konto_id), array_agg(k.seq) into v_konto, v_seq from (
    select k.konto_id, k.seq from exchange.ko k where k.node = any (v_dode) order by k.konto_id, k.seq for update
  ) k;
  if v_konto is null then
    return '{"objekter": [], "ko": [], "antall": 0}';
  end if;
  return exchange.ko_gjor_opp(v_konto, v_seq, null, array_fill(case when p_selv then 'released' else 'connection_lost' end,
    array[cardinality(v_konto)]), v_naa);
end $$;

-- Adds and removes consumers of a node: [{id, konto, tenant, forbindelse}], ids.
create function exchange.konsumenter(p_node uuid, p_nye jsonb, p_borte uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into exchange.konsument (node, id, tenant_id, konto_id, forbindelse, siden)
    select p_node, r.id, r.tenant, r.konto, r.forbindelse, clock_timestamp()
    from jsonb_to_recordset(p_nye) as r (id uuid, konto uuid, tenant uuid, forbindelse text)
    where exists (select from exchange.node n where n.id = p_node)
    on conflict do nothing;
  delete from exchange.konsument k where k.node = p_node and k.id = any (p_borte);
end $$;

-- Waiting messages (counting stops at p_tak) and consumers of other nodes than p_node, by exact konto.
create function exchange.ko_antall(p_kontoer uuid[], p_tak int, p_node uuid)
returns table (konto_id uuid, meldinger bigint, konsumenter bigint)
language sql stable security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off
as $$
  select o.konto,
    (select count(*) from (select from exchange.ko k where k.konto_id = o.konto limit p_tak) x),
    (select count(*) from exchange.konsument s where s.konto_id = o.konto and s.node <> p_node)
  from unnest(p_kontoer) as o (konto)
$$;

-- Which stored objects still belong to a message on a queue; for the sweeper of orphans.
create function exchange.kjente_objekter(p_objekter uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select m.objekt from exchange.melding m where m.objekt = any (p_objekter) and m.status = 'PAA_KO'
$$;

-- Removes ended messages older than p_grense (a UUIDv7 of that time) with their history; answers how many.
create function exchange.rydd_meldinger(p_grense uuid, p_antall int) returns int
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_ider uuid[];
begin
  select array_agg(g.id) into v_ider from (
    select m.id from exchange.melding m where m.id < p_grense and m.status <> 'PAA_KO' order by m.id limit p_antall
  ) g;
  delete from exchange.hendelse h where h.melding_id = any (v_ider);
  delete from exchange.melding m where m.id = any (v_ider);
  return coalesce(cardinality(v_ider), 0);
end $$;
