-- The settings that withTransaction makes local to each transaction.
create function kernel.current_tenant() returns uuid language sql stable parallel safe
  return nullif(current_setting('grunnmur.tenant', true), '')::uuid;

create function kernel.current_person() returns text language sql stable parallel safe
  return nullif(current_setting('grunnmur.person', true), '');

create function kernel.current_actor() returns text language sql stable parallel safe
  return nullif(current_setting('grunnmur.actor', true), '');
