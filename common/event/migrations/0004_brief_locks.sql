-- Dropping a partition needs the log to itself, and waited for whoever read it, be it an operator's
-- long SELECT, while it held the stream's row and with it all sequencers. It waits for a tenth of a
-- second now and leaves it to the next time.
CREATE OR REPLACE FUNCTION event_log_drop(published bigint, horizon bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  part event_log_part;
  floor bigint;
BEGIN
  SELECT floor_seq INTO floor FROM event_stream WHERE stream = 0 FOR UPDATE;
  FOR part IN SELECT * FROM event_log_part ORDER BY start_seq LOOP
    EXIT WHEN part.end_seq - 1 > published;
    EXIT WHEN NOT EXISTS (SELECT FROM event_log
                          WHERE stream = 0 AND seq = part.end_seq - 1 AND ms < horizon);
    PERFORM set_config('lock_timeout', '100ms', true);
    BEGIN
      EXECUTE format('DROP TABLE %I', 'event_log_p' || part.start_seq);
    EXCEPTION WHEN lock_not_available THEN
      EXIT;
    END;
    DELETE FROM event_log_part WHERE start_seq = part.start_seq;
    floor := part.end_seq;
    UPDATE event_stream SET floor_seq = floor WHERE stream = 0;
  END LOOP;
  RETURN floor;
END $$;

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION event_log_drop(bigint, bigint) SET search_path = %I, pg_temp',
                 current_schema());
END $$;
