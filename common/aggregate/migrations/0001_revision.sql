-- One row for every revision of every thing, for ever: who wrote it, when, by which method, and what
-- changed, [[field, before, after], …] as compact JSON text. No index but the key: a thing's rows are
-- read by its key, and each index would be paid for by every write.
CREATE TABLE revision (
  tenant        text        NOT NULL,
  id            uuid        NOT NULL,
  revision      bigint      NOT NULL,
  record_time   timestamptz NOT NULL,
  previous_time timestamptz,
  actor         text        NOT NULL,
  method        text        NOT NULL,
  request_id    uuid,
  changes       text        NOT NULL,
  CONSTRAINT revision_pkey PRIMARY KEY (tenant, id, revision),
  CONSTRAINT revision_revision CHECK (revision >= 1)
);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON revision'),
      ('readonly', 'SELECT ON revision')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
