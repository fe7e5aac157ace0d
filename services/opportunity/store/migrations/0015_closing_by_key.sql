-- A closing reads one entry of the index of what is open. Until now it read all of the tenant's: in a
-- condition on a table with a policy coalesce() is taken for something that might tell rows to
-- who may not see them, so that it filtered what the rest of the key had found.
DO $do$
BEGIN
  -- Named in full: who writes need not have this schema in the search path.
  EXECUTE format($sql$
    CREATE OR REPLACE FUNCTION opportunity_rescheduled() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      was_due date := coalesce(OLD.expected_close_date, DATE '10000-01-01');
    BEGIN
      IF OLD.close_time IS NULL THEN
        DELETE FROM %1$I.open_opportunity
          WHERE tenant = OLD.tenant AND due = was_due AND id = OLD.id;
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
