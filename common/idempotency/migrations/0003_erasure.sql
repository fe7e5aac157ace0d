-- Answers that tell of somebody who has been erased go; that they were given stays known.
ALTER TABLE idempotency ALTER COLUMN answer DROP NOT NULL;

-- Empties the answers of a tenant in which one of `names` stands ("contacts/018f…"), and the hashes of
-- their requests, by which what was asked could be guessed. Returns how many. Reads all answers of
-- the tenant: they are of seven days.
CREATE FUNCTION erase_answers(of_tenant text, names text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  emptied bigint;
BEGIN
  UPDATE idempotency SET answer = NULL, hash = ''
    WHERE tenant = of_tenant AND answer IS NOT NULL
      AND EXISTS (SELECT FROM unnest(names) AS n WHERE position(convert_to(n, 'UTF8') IN answer) > 0);
  GET DIAGNOSTICS emptied = ROW_COUNT;
  RETURN emptied;
END $$;
REVOKE ALL ON FUNCTION erase_answers(text, text[]) FROM PUBLIC;

DO $$
DECLARE
  app text := current_schema() || '_app';
BEGIN
  EXECUTE format('ALTER FUNCTION erase_answers(text, text[]) SET search_path = %I, pg_temp',
                 current_schema());
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION erase_answers(text, text[]) TO %I', app);
  END IF;
END $$;
