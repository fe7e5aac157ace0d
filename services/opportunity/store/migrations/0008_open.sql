-- The open ones by expected close date, in a table of their own: the index that held them was the only
-- one with close_time in it, so that every closing wrote all indexes of the row anew. A trigger
-- keeps it, whichever program writes. Writes wait while this file fills the table.
CREATE TABLE open_opportunity (
  tenant text NOT NULL,
  due    date NOT NULL,  -- as index opportunity_close_date has it
  id     uuid NOT NULL,
  CONSTRAINT open_opportunity_pkey PRIMARY KEY (tenant, due, id)
);

DO $do$
BEGIN
  -- Named in full: who writes need not have this schema in the search path.
  EXECUTE format($sql$
    CREATE FUNCTION opportunity_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO %1$I.open_opportunity (tenant, due, id)
        SELECT tenant, coalesce(expected_close_date, DATE '10000-01-01'), id FROM added
        WHERE close_time IS NULL;
      RETURN NULL;
    END $$;
    CREATE FUNCTION opportunity_rescheduled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.close_time IS NULL THEN
        DELETE FROM %1$I.open_opportunity WHERE tenant = OLD.tenant
          AND due = coalesce(OLD.expected_close_date, DATE '10000-01-01') AND id = OLD.id;
      END IF;
      IF NEW.close_time IS NULL THEN
        INSERT INTO %1$I.open_opportunity (tenant, due, id) VALUES
          (NEW.tenant, coalesce(NEW.expected_close_date, DATE '10000-01-01'), NEW.id);
      END IF;
      RETURN NULL;
    END $$;
  $sql$, current_schema());
END $do$;

-- Set-wise where all rows count, row by row where few do.
CREATE TRIGGER opportunity_added AFTER INSERT ON opportunity
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION opportunity_added();
CREATE TRIGGER opportunity_rescheduled AFTER UPDATE ON opportunity FOR EACH ROW
  WHEN ((OLD.close_time IS NULL) <> (NEW.close_time IS NULL) OR NEW.close_time IS NULL
        AND OLD.expected_close_date IS DISTINCT FROM NEW.expected_close_date)
  EXECUTE FUNCTION opportunity_rescheduled();

INSERT INTO open_opportunity (tenant, due, id)
  SELECT tenant, coalesce(expected_close_date, DATE '10000-01-01'), id FROM opportunity
  WHERE close_time IS NULL;
ANALYZE open_opportunity;

-- One index for a lead's opportunities, and for the rule that it has one.
DROP INDEX opportunity_one_per_lead;
CREATE UNIQUE INDEX opportunity_one_per_lead
  ON opportunity (tenant, lead, (CASE WHEN beyond_first_of_lead THEN id END)) NULLS NOT DISTINCT
  WHERE lead IS NOT NULL;
DROP INDEX opportunity_lead;
DROP INDEX opportunity_open;

-- Last again, for the reason given in 0001.
ALTER TABLE opportunity DROP CONSTRAINT opportunity_pkey;
ALTER TABLE opportunity ADD CONSTRAINT opportunity_pkey PRIMARY KEY (tenant, id);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, DELETE ON open_opportunity'),
      ('readonly', 'SELECT ON open_opportunity')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
