-- What a person needs to know her logins again, and by which names the login service ends them (OpenID Connect Front-Channel
-- and Back-Channel Logout 1.0: sid, or sub for all of a person's).
alter table access.session
  -- For pages: the hash of the token is not shown to anybody.
  add column handle uuid not null default gen_random_uuid() unique,
  add column sid text check (length(sid) between 1 and 255),
  add column sub text check (length(sub) between 1 and 255),
  -- Program and system, such as firefox/windows; nothing that tells one machine from another of its kind.
  add column device text check (device ~ '^[a-z]{1,20}/[a-z]{1,20}$');
create index on access.session (person);
create index on access.session (sid) where sid is not null;
create index on access.session (sub) where sub is not null;

-- A person ends her own: policy own_session holds for all commands.
-- grant: select, insert, delete on session

-- The login service names a session by what only it and we know; whose it is, is found here and nowhere else.
create function access.end_sessions_of(wanted_sid text, wanted_sub text)
returns table (person text, handle uuid)
language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
  delete from access.session s
  where case when wanted_sid is not null then s.sid = wanted_sid and coalesce(s.sub = wanted_sub, true)
    else s.sub = wanted_sub end
  returning s.person, s.handle;
end;
