-- The log has one or more partitions: the streams of event_stream, from 0 on. All events of a thing
-- are in one of them. Until set_partitions() says otherwise there is one, and choosing costs nothing:
-- PostgreSQL puts the constant in the place of the call.
CREATE FUNCTION partition_of(of_tenant text, thing uuid) RETURNS smallint
LANGUAGE sql STABLE AS 'SELECT 0::smallint';

-- How far each stream was on Redis at the relay's last upkeep.
ALTER TABLE event_stream ADD COLUMN published_seq bigint NOT NULL DEFAULT 0;

-- Makes the log have `wanted` partitions, 1 to 64, and returns how many it had. More than before only
-- while no relay runs and with an empty outbox, so that none of a thing's events is overtaken by one
-- in another stream; events of before stay where they are, and a new epoch begins. Never fewer.
-- A thing's partition is, for ever: the first two bytes of SHA-256 over the tenant's name, a zero byte
-- and the 16 bytes of the id, as a number, modulo the number of partitions.
CREATE FUNCTION set_partitions(wanted integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  had integer;
  next_epoch integer;
BEGIN
  SELECT count(*), max(epoch) + 1 INTO had, next_epoch FROM event_stream;
  IF wanted = had THEN
    RETURN had;
  END IF;
  IF wanted NOT BETWEEN 1 AND 64 THEN
    RAISE EXCEPTION 'the log has 1 to 64 partitions, not %', wanted USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF wanted < had THEN
    RAISE EXCEPTION 'the log has % partitions and cannot have fewer', had
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR stream_of_relay IN 0 .. had - 1 LOOP
    IF NOT pg_try_advisory_xact_lock(hashtextextended(
        current_schema() || '.relay' || coalesce('.' || nullif(stream_of_relay, 0), ''), 0)) THEN
      RAISE EXCEPTION 'the service runs; stop it before its log gets more partitions'
        USING ERRCODE = 'object_in_use';
    END IF;
  END LOOP;
  LOCK TABLE outbox_in IN EXCLUSIVE MODE;
  PERFORM set_config('crm.tenants', '*', true);  -- or the rows of others would not be seen
  IF EXISTS (SELECT FROM outbox_in) THEN
    RAISE EXCEPTION 'events wait for their sequence; start the service and stop it once they have it'
      USING ERRCODE = 'object_in_use';
  END IF;
  IF EXISTS (SELECT FROM event_stream WHERE last_seq > 0) THEN
    UPDATE event_stream SET epoch = next_epoch;
  ELSE
    next_epoch := 1;
  END IF;
  INSERT INTO event_stream (stream, epoch) SELECT n, next_epoch FROM generate_series(had, wanted - 1) AS n;
  CREATE INDEX IF NOT EXISTS outbox_in_stream ON outbox_in (stream, id);
  EXECUTE format($f$
    CREATE OR REPLACE FUNCTION partition_of(of_tenant text, thing uuid) RETURNS smallint
    LANGUAGE sql STABLE AS $s$
      SELECT ((get_byte(h, 0) * 256 + get_byte(h, 1)) %% %s)::smallint
      FROM (SELECT sha256(convert_to(of_tenant, 'UTF8') || '\x00'::bytea || uuid_send(thing))) AS t (h)
    $s$ $f$, wanted);
  RETURN had;
END $$;
REVOKE ALL ON FUNCTION set_partitions(integer) FROM PUBLIC;

-- A table of the log goes when every partition is past it: all its events are on the streams, and
-- older than `horizon` (milliseconds since 1970). Notes how far the caller's stream is `published`.
DROP FUNCTION event_log_drop(bigint, bigint);
CREATE FUNCTION event_log_drop(of_stream smallint, published bigint, horizon bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  part event_log_part;
  floor bigint;
BEGIN
  UPDATE event_stream SET published_seq = published 
    WHERE stream = of_stream AND published_seq <> published;
  SELECT floor_seq INTO floor FROM event_stream WHERE stream = of_stream;
  FOR part IN SELECT * FROM event_log_part ORDER BY start_seq LOOP
    EXIT WHEN EXISTS (SELECT FROM event_stream WHERE published_seq < part.end_seq - 1);
    EXIT WHEN EXISTS (SELECT FROM event_stream s WHERE NOT EXISTS (
      SELECT FROM event_log l WHERE l.stream = s.stream AND l.seq = part.end_seq - 1 AND l.ms < horizon));
    PERFORM set_config('lock_timeout', '100ms', true);
    BEGIN
      PERFORM FROM event_stream ORDER BY stream FOR UPDATE;
      EXECUTE format('DROP TABLE %I', 'event_log_p' || part.start_seq);
    EXCEPTION WHEN lock_not_available THEN
      EXIT;
    END;
    DELETE FROM event_log_part WHERE start_seq = part.start_seq;
    floor := part.end_seq;
    UPDATE event_stream SET floor_seq = floor;
  END LOOP;
  RETURN floor;
END $$;
REVOKE ALL ON FUNCTION event_log_drop(smallint, bigint, bigint) FROM PUBLIC;

DO $$
DECLARE
  relay text := current_schema() || '_relay';
BEGIN
  EXECUTE format('ALTER FUNCTION event_log_drop(smallint, bigint, bigint) SET search_path = %I, pg_temp',
                 current_schema());
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = relay) THEN
    EXECUTE format('GRANT EXECUTE ON FUNCTION event_log_drop(smallint, bigint, bigint) TO %I', relay);
  END IF;
END $$;
