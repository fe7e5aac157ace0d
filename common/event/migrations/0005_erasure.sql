-- Empties the free text of moves of `things`, of somebody who has been erased. The one change that
-- stage_history allows: the services' role may add rows and call this. Returns how many.
CREATE FUNCTION erase_stage_notes(of_tenant text, things uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  emptied bigint;
BEGIN
  UPDATE stage_history SET note = ''
    WHERE tenant = of_tenant AND aggregate = ANY (things) AND note <> '';
  GET DIAGNOSTICS emptied = ROW_COUNT;
  RETURN emptied;
END $$;
REVOKE ALL ON FUNCTION erase_stage_notes(text, uuid[]) FROM PUBLIC;

DO $$
DECLARE
  app text := current_schema() || '_app';
BEGIN
  EXECUTE format('ALTER FUNCTION erase_stage_notes(text, uuid[]) SET search_path = %I, pg_temp',
                 current_schema());
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION erase_stage_notes(text, uuid[]) TO %I', app);
  END IF;
END $$;
