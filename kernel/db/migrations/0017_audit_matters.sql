-- What was done with one thing of a person's (a letter, say) stands together in her view of the log. Objects' ids grow
-- with time, so the index grows at its end.
create index audit_object_subject on kernel.audit (object, subject, at desc)
  where object is not null and subject is not null;
