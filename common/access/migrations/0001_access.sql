-- Who was shown personal data: a row for each call, and one for each thing in its answer, by which
-- those are found who have read it. Written by the program's own thread, some time after the call,
-- and deleted when they are old enough: rows arrive in order of time, so the sweep walks the BRIN
-- indexes. That a thing's name can be looked up goes by a table, not by an index over the array:
-- under row-level security only such operators may use an index as cannot tell what is in other rows.
CREATE TABLE access_log (
  tenant      text        NOT NULL,
  access_time timestamptz NOT NULL,
  id          uuid        NOT NULL,
  actor       text        NOT NULL,
  method      text        NOT NULL,
  names       text[]      NOT NULL
);

CREATE INDEX access_log_time ON access_log USING brin (access_time) WITH (pages_per_range = 32);
CREATE INDEX access_log_actor ON access_log (tenant, actor, access_time, id);
ALTER TABLE access_log ADD CONSTRAINT access_log_pkey PRIMARY KEY (tenant, access_time, id);

CREATE TABLE access_name (
  tenant      text        NOT NULL,
  name        text        NOT NULL,
  access_time timestamptz NOT NULL,
  access      uuid        NOT NULL
);

CREATE INDEX access_name_time ON access_name USING brin (access_time) WITH (pages_per_range = 32);
ALTER TABLE access_name ADD CONSTRAINT access_name_pkey
  PRIMARY KEY (tenant, name, access_time, access);

-- Rights of the service's roles, which are named after the schema; those that exist. Who only looks
-- may not look into this: it says what people do.
DO $$
DECLARE
  app text := current_schema() || '_app';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON access_log, access_name TO %I', app);
  END IF;
END $$;
