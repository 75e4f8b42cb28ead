-- Writes down that somebody was refused letters, or asked for ones that do not exist: in the platform's own chain, which no
-- tenant reads, under the person whose letter it is, who does. It answers nothing, and does the same for a letter that
-- exists and one that does not: the one who asked must not learn from it which it was.
create function post.spor_avvist(p_brev uuid[], p_operation text, p_actor_name text, p_request_id text, p_detail jsonb)
returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if kernel.current_tenant() is not null then
    raise exception 'refusals are written for no tenant';
  end if;
  perform kernel.audit_append(clock_timestamp(), p_actor_name, p_request_id, (
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('operation', p_operation, 'object', b.id, 'subject', f.mottaker_id,
      'outcome', 'refused', 'information_kind', 'brev', 'detail', p_detail)))
    from unnest(p_brev[1:100]) as b (id) left join post.forsendelse f on f.id = b.id));
end $$;
revoke all on function post.spor_avvist from public;
