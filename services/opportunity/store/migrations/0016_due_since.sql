-- Since when an open opportunity is open and has its expected close date, as it was written. Reports of
-- one period, now or as of before, pass over those that have another date and had it then. What
-- was there before is taken to have it since its last write, which is not too early. Writes wait
-- while the table is filled.
ALTER TABLE open_opportunity ADD COLUMN since timestamptz NOT NULL DEFAULT now();

DO $do$
BEGIN
  -- Named in full: who writes need not have this schema in the search path.
  EXECUTE format($sql$
    CREATE OR REPLACE FUNCTION opportunity_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO %1$I.open_opportunity (tenant, due, id, since)
        SELECT tenant, coalesce(expected_close_date, DATE '10000-01-01'), id, update_time FROM added
        WHERE close_time IS NULL;
      INSERT INTO %1$I.closed_opportunity (tenant, record_time, id, open_time, create_time)
        SELECT tenant, update_time, id, open_time, create_time FROM added
        WHERE close_time IS NOT NULL;
      RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION opportunity_rescheduled() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      was_due date := coalesce(OLD.expected_close_date, DATE '10000-01-01');
    BEGIN
      IF OLD.close_time IS NULL THEN
        DELETE FROM %1$I.open_opportunity
          WHERE tenant = OLD.tenant AND due = was_due AND id = OLD.id;
      END IF;
      IF NEW.close_time IS NULL THEN
        INSERT INTO %1$I.open_opportunity (tenant, due, id, since) VALUES (NEW.tenant,
          coalesce(NEW.expected_close_date, DATE '10000-01-01'), NEW.id, NEW.update_time);
      ELSE
        INSERT INTO %1$I.closed_opportunity (tenant, record_time, id, open_time, create_time)
          VALUES (NEW.tenant, NEW.update_time, NEW.id, NEW.open_time, NEW.create_time)
          ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $$;
  $sql$, current_schema());
END $do$;

UPDATE open_opportunity SET since = o.update_time
  FROM opportunity o WHERE o.tenant = open_opportunity.tenant AND o.id = open_opportunity.id;

-- Read alone, without the table.
ALTER TABLE open_opportunity DROP CONSTRAINT open_opportunity_pkey;
ALTER TABLE open_opportunity ADD CONSTRAINT open_opportunity_pkey
  PRIMARY KEY (tenant, due, id) INCLUDE (since);
