-- The newest letters that the acting person may see. One that no channel ever had (IKKE_LEVERT without kanal) is not
-- among them. A function of the owner: under row-level security the policies'
-- conditions come first, and then neither the index on recipients nor the one on eksponert_for can be used.
create function post.brev_for_leser(skjult text[], foer uuid, antall int) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select b.id from (
    (select f.id from post.forsendelse f
     where f.mottaker_id = (select kernel.current_person()) and (foer is null or f.id < foer) and f.status <> all (skjult) and (f.status <> 'IKKE_LEVERT' or f.kanal is not null)
     order by f.id desc limit antall)
    union
    (with eksponert as materialized (
       select f.id, f.status, f.kanal from post.forsendelse f
       where f.eksponert_for <> '{}' and f.eksponert_for @> array[(select kernel.current_person())])
     select e.id from eksponert e where (foer is null or e.id < foer) and e.status <> all (skjult) and (e.status <> 'IKKE_LEVERT' or e.kanal is not null)
     order by e.id desc limit antall)
  ) b order by b.id desc limit antall
$$;
