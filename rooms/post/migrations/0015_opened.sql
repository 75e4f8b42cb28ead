-- Opened is a fact of its own, beside the status: a letter that was printed stays PRINTET (SvarUt: state table) and is
-- opened all the same. forsendelse.lest says when it was opened, first, by whom it counts: the recipient, or somebody
-- whom a system outside named. Here is each reader's own opening, once: of one whom the sender let in (eksponertFor) too.
-- Retention: with the letter. Audit: post.dokument.apnet, post.forsendelse.vist, post.forsendelse.lest_eksternt.
create table post.apning (
  forsendelse_id uuid not null references post.forsendelse,
  leser text not null,
  tenant_id uuid not null,
  tidspunkt timestamptz not null,
  -- portal: everything was handed out here; ekstern: a system outside said so
  kilde text not null check (kilde in ('portal', 'ekstern')),
  primary key (forsendelse_id, leser)
);
create policy leser on post.apning for select using (leser = (select kernel.current_person()));

update post.forsendelse f set lest = h.tidspunkt
  from (select forsendelse_id, min(tidspunkt) as tidspunkt from post.hendelse
        where kode in ('lest', 'lest_eksternt', 'lest_sdp') group by forsendelse_id) h
  where f.id = h.forsendelse_id and f.lest is null;
insert into post.apning (forsendelse_id, leser, tenant_id, tidspunkt, kilde)
  select f.id, n.leser, f.tenant_id, max(n.tidspunkt), 'portal'
  from post.nedlasting n join post.forsendelse f on f.id = n.forsendelse_id
  group by f.id, n.leser, f.tenant_id having count(*) >= f.antall_dokumenter;

-- Only what waits to be opened: counting it costs the same however many letters a person has had.
create index forsendelse_uapnet on post.forsendelse (mottaker_id, id)
  where mottaker_id is not null and lest is null and dokumenter_slettet is null;

-- How many letters wait to be opened by the acting person, at most `tak` of either kind.
create function post.antall_uapnet(skjult text[], tak int) returns int
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*)::int from (
    (select f.id from post.forsendelse f
     where f.mottaker_id = (select kernel.current_person()) and f.lest is null and f.dokumenter_slettet is null
       and f.status <> all (skjult) limit tak)
    union
    (select f.id from post.forsendelse f
     where f.eksponert_for <> '{}' and f.eksponert_for @> array[(select kernel.current_person())]
       and f.mottaker_id is distinct from (select kernel.current_person()) and f.dokumenter_slettet is null
       and f.status <> all (skjult)
       and not exists (select from post.apning a
                       where a.forsendelse_id = f.id and a.leser = (select kernel.current_person())) limit tak)
  ) b
$$;
revoke all on function post.antall_uapnet from public;

-- The newest letters that the acting person may see and that fit: `tekst` stands in the title or `avsendere` has the sender;
-- `uapnet` takes those that wait to be opened (true) or the others (false). A title that the reader may not see yet
-- (niva4 below level 4) is not searched. Reads the person's own letters, no others.
create function post.sok_brev_for_leser(
  skjult text[], foer uuid, antall int, tekst text, avsendere uuid[], niva int, uapnet boolean
) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.id from post.forsendelse f
  where f.id in (
      select g.id from post.forsendelse g where g.mottaker_id = (select kernel.current_person())
      union
      select g.id from post.forsendelse g
      where g.eksponert_for <> '{}' and g.eksponert_for @> array[(select kernel.current_person())])
    and (foer is null or f.id < foer) and f.status <> all (skjult)
    and (tekst is null or f.tenant_id = any (avsendere)
      or ((niva >= 4 or not f.niva4) and strpos(lower(f.tittel), lower(tekst)) > 0))
    and (uapnet is null or uapnet = (f.dokumenter_slettet is null and case
      when f.mottaker_id = (select kernel.current_person()) then f.lest is null
      else not exists (select from post.apning a
                       where a.forsendelse_id = f.id and a.leser = (select kernel.current_person())) end))
  order by f.id desc limit antall
$$;
revoke all on function post.sok_brev_for_leser from public;

-- The organisations that the acting person has letters from.
create function post.avsendere_for_leser() returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.tenant_id from post.forsendelse f where f.mottaker_id = (select kernel.current_person())
  union
  select f.tenant_id from post.forsendelse f
  where f.eksponert_for <> '{}' and f.eksponert_for @> array[(select kernel.current_person())]
$$;
revoke all on function post.avsendere_for_leser from public;
