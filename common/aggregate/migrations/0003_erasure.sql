-- `value` without the members called one of `keys`, at any depth. What is empty is left out of all
-- JSON that is stored, so that what is left reads as if they had been empty.
CREATE FUNCTION without_members(value jsonb, keys text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'object' THEN
      RETURN (SELECT coalesce(jsonb_object_agg(m.key, without_members(m.value, keys)), '{}')
              FROM jsonb_each(value) AS m WHERE NOT m.key = ANY (keys));
    WHEN 'array' THEN
      RETURN (SELECT coalesce(jsonb_agg(without_members(e.value, keys) ORDER BY e.n), '[]')
              FROM jsonb_array_elements(value) WITH ORDINALITY AS e (value, n));
    ELSE RETURN value;
  END CASE;
END $$;

-- Empties values in the revisions of `things`, of somebody who has been erased: of the fields in
-- `whole` all, of those in `partly` the members called one of `keys`. What remains of a field in
-- `whole` is that it changed. The one change that this table allows: the services' role may add rows
-- and call this. Returns how many.
CREATE FUNCTION erase_revisions(of_tenant text, things uuid[], whole text[], partly text[],
                                keys text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  emptied bigint;
BEGIN
  UPDATE revision r SET changes = e.changes FROM (
    SELECT o.tenant, o.id, o.revision, (
      SELECT coalesce(jsonb_agg(CASE
          WHEN c.value ->> 0 = ANY (whole) THEN jsonb_build_array(c.value -> 0)
          WHEN c.value ->> 0 = ANY (partly) AND jsonb_array_length(c.value) = 3
            THEN jsonb_build_array(c.value -> 0, without_members(c.value -> 1, keys),
                                   without_members(c.value -> 2, keys))
          ELSE c.value END ORDER BY c.n), '[]')
      FROM jsonb_array_elements(o.changes::jsonb) WITH ORDINALITY AS c (value, n)) AS changes
    FROM revision o WHERE o.tenant = of_tenant AND o.id = ANY (things)) AS e
  WHERE r.tenant = e.tenant AND r.id = e.id AND r.revision = e.revision
    AND r.changes::jsonb <> e.changes;
  GET DIAGNOSTICS emptied = ROW_COUNT;
  RETURN emptied;
END $$;
REVOKE ALL ON FUNCTION erase_revisions(text, uuid[], text[], text[], text[]) FROM PUBLIC;

DO $$
DECLARE
  app text := current_schema() || '_app';
BEGIN
  EXECUTE format('ALTER FUNCTION without_members(jsonb, text[]) SET search_path = %I, pg_temp',
                 current_schema());
  EXECUTE format('ALTER FUNCTION erase_revisions(text, uuid[], text[], text[], text[])'
                 ' SET search_path = %I, pg_temp', current_schema());
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION erase_revisions(text, uuid[], text[], text[], text[])'
                   ' TO %I', app);
    EXECUTE format('GRANT EXECUTE ON FUNCTION without_members(jsonb, text[]) TO %I', app);
  END IF;
END $$;
