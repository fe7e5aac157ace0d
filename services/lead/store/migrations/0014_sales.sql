-- What became of the opportunities that leads were converted into: their closings, reopenings and
-- the corrections of moves, as the opportunity service's events told. Reports alone read it. A
-- position in that service's log tells the younger of two rows of one version, which there are after
-- it was restored to an earlier point.
CREATE TABLE sale_change (
  tenant           text        NOT NULL,
  opportunity      uuid        NOT NULL,
  version          bigint      NOT NULL,
  sequence         bigint      NOT NULL,
  state            text        NOT NULL,
  effective_time   timestamptz NOT NULL,
  recorded_time    timestamptz NOT NULL,
  corrects_version bigint,
  CONSTRAINT sale_change_pkey PRIMARY KEY (tenant, opportunity, version),
  CONSTRAINT sale_change_state CHECK (state IN ('OPEN', 'WON', 'LOST'))
);
CALL wall_tenants('sale_change');

DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, UPDATE, DELETE ON sale_change'),
      ('readonly', 'SELECT ON sale_change')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
