-- Has the acting organisation, whose number p_orgnr is, a part in this letter: as its sender, its recipient, or one that it is shown to?
-- Asked before a letter is linked to another as its answer. Tells nothing else, and of a letter that does not exist the same.
create function post.er_part(p_brev uuid, p_orgnr text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from post.forsendelse f where f.id = p_brev and (
      f.tenant_id = kernel.current_tenant()
      or p_orgnr ~ '^[0-9]{9}$' and (f.mottaker_id = p_orgnr or f.eksponert_for @> array[p_orgnr]))
  )
$$;
