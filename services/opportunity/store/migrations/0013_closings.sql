-- What was closed, each time: reports of an instant look for what was closed after it among those that
-- had been opened by then. A row when an opportunity is closed, never changed; who corrects a move
-- is in stage_correction. Like open_opportunity kept by triggers, whichever program writes. Writes
-- wait while this file fills the table.
CREATE TABLE closed_opportunity (
  tenant      text        NOT NULL,
  record_time timestamptz NOT NULL,  -- when the closing was written
  id          uuid        NOT NULL,
  open_time   timestamptz NOT NULL,  -- as it was known then
  create_time timestamptz NOT NULL,
  CONSTRAINT closed_opportunity_pkey PRIMARY KEY (tenant, record_time, id)
    INCLUDE (open_time, create_time)
);

DO $do$
BEGIN
  -- Named in full: who writes need not have this schema in the search path.
  EXECUTE format($sql$
    CREATE OR REPLACE FUNCTION opportunity_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO %1$I.open_opportunity (tenant, due, id)
        SELECT tenant, coalesce(expected_close_date, DATE '10000-01-01'), id FROM added
        WHERE close_time IS NULL;
      INSERT INTO %1$I.closed_opportunity (tenant, record_time, id, open_time, create_time)
        SELECT tenant, update_time, id, open_time, create_time FROM added
        WHERE close_time IS NOT NULL;
      RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION opportunity_rescheduled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.close_time IS NULL THEN
        DELETE FROM %1$I.open_opportunity WHERE tenant = OLD.tenant
          AND due = coalesce(OLD.expected_close_date, DATE '10000-01-01') AND id = OLD.id;
      END IF;
      IF NEW.close_time IS NULL THEN
        INSERT INTO %1$I.open_opportunity (tenant, due, id) VALUES
          (NEW.tenant, coalesce(NEW.expected_close_date, DATE '10000-01-01'), NEW.id);
      ELSE
        INSERT INTO %1$I.closed_opportunity (tenant, record_time, id, open_time, create_time)
          VALUES (NEW.tenant, NEW.update_time, NEW.id, NEW.open_time, NEW.create_time)
          ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $$;
  $sql$, current_schema());
END $do$;

INSERT INTO closed_opportunity (tenant, record_time, id, open_time, create_time)
  SELECT h.tenant, h.recorded_time, h.aggregate, o.open_time, o.create_time
  FROM stage_history h JOIN opportunity o ON o.tenant = h.tenant AND o.id = h.aggregate
  WHERE h.to_type IN ('WON', 'LOST')
  ORDER BY h.tenant, h.recorded_time, h.aggregate
  ON CONFLICT DO NOTHING;

CALL wall_tenants('closed_opportunity');

-- A table that is empty keeps the planner's guess.
DO $$
BEGIN
  IF EXISTS (SELECT FROM closed_opportunity) THEN
    ANALYZE closed_opportunity;
  END IF;
END $$;

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON closed_opportunity'),
      ('readonly', 'SELECT ON closed_opportunity')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
