-- How tenants judge their leads: every revision, for ever. Revision 1 is built in and has no row.
CREATE TABLE qualification_policy (
  tenant      text        NOT NULL,
  revision    bigint      NOT NULL,
  record_time timestamptz NOT NULL,
  actor       text        NOT NULL,
  definition  json        NOT NULL,
  CONSTRAINT qualification_policy_pkey PRIMARY KEY (tenant, revision)
);

DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON qualification_policy'),
      ('readonly', 'SELECT ON qualification_policy')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
