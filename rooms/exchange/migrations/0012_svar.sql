-- Which of messages that are sent name, in svarPaMelding, one that their sender neither sent nor received: by its number. The rule is
-- that of store/meldinger/trace-store.ts. Nothing else of a message is told, and of one that does not exist the same.
create function exchange.fremmede_svar(p_nr int[], p_svar_til uuid[], p_avsender uuid[]) returns table (nr int)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.nr from unnest(p_nr, p_svar_til, p_avsender) as s (nr, svar_til, avsender)
  where not exists (
    select from exchange.melding m where m.id = s.svar_til and s.avsender in (m.tenant_id, m.avsender_tenant_id)
  )
$$;
