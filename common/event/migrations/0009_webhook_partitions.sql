-- Webhooks of a log with several partitions: how far each is in every partition but the first, which
-- stands in its own row. One without a row here is at the beginning of that partition, which came
-- after it.
CREATE TABLE webhook_partition (
  tenant            text        NOT NULL,
  webhook           uuid        NOT NULL,
  stream            smallint    NOT NULL,
  position          bigint      NOT NULL,
  failing_since     timestamptz,
  last_success_time timestamptz,
  CONSTRAINT webhook_partition_stream CHECK (stream > 0),
  CONSTRAINT webhook_partition_pkey PRIMARY KEY (tenant, webhook, stream)
) WITH (fillfactor = 50);
ALTER TABLE webhook_delivery ADD COLUMN stream smallint NOT NULL DEFAULT 0;

-- Whenever the log got more partitions: how far each was. What is beyond that may be of a thing whose
-- earlier events are in another one.
CREATE TABLE event_repartition (
  epoch    integer  NOT NULL,  -- that began then
  stream   smallint NOT NULL,
  last_seq bigint   NOT NULL,
  CONSTRAINT event_repartition_pkey PRIMARY KEY (epoch, stream)
);

-- As before (0007), and notes how far each was.
CREATE OR REPLACE FUNCTION set_partitions(wanted integer) RETURNS integer
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
  IF next_epoch > 1 THEN
    INSERT INTO event_repartition (epoch, stream, last_seq) SELECT next_epoch, stream, last_seq FROM event_stream;
  END IF;
  CREATE INDEX IF NOT EXISTS outbox_in_stream ON outbox_in (stream, id);
  EXECUTE format($f$
    CREATE OR REPLACE FUNCTION partition_of(of_tenant text, thing uuid) RETURNS smallint
    LANGUAGE sql STABLE AS $s$
      SELECT ((get_byte(h, 0) * 256 + get_byte(h, 1)) %% %s)::smallint
      FROM (SELECT sha256(convert_to(of_tenant, 'UTF8') || '\x00'::bytea || uuid_send(thing))) AS t (h)
    $s$ $f$, wanted);
  RETURN had;
END $$;

-- Sessions see the rows of the tenants that they name: row-level security, common/pg/migrator.cc.
CALL wall_tenants('webhook_partition');

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, UPDATE, DELETE ON webhook_partition'),
      ('app', 'SELECT ON event_repartition'),
      ('readonly', 'SELECT ON webhook_partition, event_repartition')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
