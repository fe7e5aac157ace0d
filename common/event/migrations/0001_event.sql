-- Every stage move, for ever. The version counts one thing's moves, dense from 1.
CREATE TABLE stage_history (
  tenant            text        NOT NULL,
  aggregate         uuid        NOT NULL,
  version           bigint      NOT NULL,
  kind              text        NOT NULL,
  event_id          uuid        NOT NULL,
  from_stage        text        NOT NULL,
  from_type         text        NOT NULL,
  to_stage          text        NOT NULL,
  to_type           text        NOT NULL,
  effective_time    timestamptz NOT NULL,
  recorded_time     timestamptz NOT NULL,
  actor             text        NOT NULL,
  reason            text        NOT NULL,
  note              text        NOT NULL,
  overridden        boolean     NOT NULL,
  gates             text[]      NOT NULL,
  request_id        text        NOT NULL,
  amount_minor      bigint,
  currency          text,
  probability       smallint,
  forecast_category text        NOT NULL,
  CONSTRAINT stage_history_pkey PRIMARY KEY (tenant, aggregate, version),
  CONSTRAINT stage_history_version CHECK (version >= 1),
  CONSTRAINT stage_history_to_stage CHECK (to_stage <> '')
);

-- Events on their way into the log; rows live milliseconds. CACHE 1: ids rise in the order in which
-- they are drawn, and a writer draws them after it has locked the rows of its things.
CREATE TABLE outbox_in (
  id        bigint   GENERATED ALWAYS AS IDENTITY (CACHE 1),
  stream    smallint NOT NULL DEFAULT 0,
  event_id  uuid     NOT NULL,
  tenant    text     NOT NULL,
  aggregate uuid     NOT NULL,
  version   bigint   NOT NULL,
  payload   bytea    NOT NULL,
  CONSTRAINT outbox_in_pkey PRIMARY KEY (id),
  CONSTRAINT outbox_in_payload CHECK (octet_length(payload) <= 49152)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0,
        autovacuum_analyze_threshold = 1000000, autovacuum_vacuum_cost_delay = 0);

-- The log: dense per stream, numbered in the order of commit.
CREATE TABLE event_log (
  stream    smallint NOT NULL,
  seq       bigint   NOT NULL,
  ms        bigint   NOT NULL,
  epoch     integer  NOT NULL,
  event_id  uuid     NOT NULL,
  tenant    text     NOT NULL,
  aggregate uuid     NOT NULL,
  version   bigint   NOT NULL,
  payload   bytea    NOT NULL,
  CONSTRAINT event_log_pkey PRIMARY KEY (stream, seq)
) PARTITION BY RANGE (seq);

-- Which sequences the partitions of event_log hold: start_seq up to, but not including, end_seq.
CREATE TABLE event_log_part (
  start_seq bigint NOT NULL,
  end_seq   bigint NOT NULL,
  CONSTRAINT event_log_part_pkey PRIMARY KEY (start_seq)
);

-- One row per stream; the lock on it is the mutual exclusion of sequencers.
CREATE TABLE event_stream (
  stream    smallint NOT NULL,
  epoch     integer  NOT NULL DEFAULT 1,
  last_seq  bigint   NOT NULL DEFAULT 0,
  last_ms   bigint   NOT NULL DEFAULT 0,
  floor_seq bigint   NOT NULL DEFAULT 1,
  CONSTRAINT event_stream_pkey PRIMARY KEY (stream)
) WITH (fillfactor = 10);
INSERT INTO event_stream (stream) VALUES (0);

-- How far a consumer has come with a stream; written in the transaction of its effect.
CREATE TABLE consumer_inbox (
  consumer      text        NOT NULL,
  stream        text        NOT NULL,
  last_seq      bigint      NOT NULL DEFAULT 0,
  last_entry_id text        NOT NULL DEFAULT '0-0',
  update_time   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT consumer_inbox_pkey PRIMARY KEY (consumer, stream)
) WITH (fillfactor = 10);

-- Events whose effect kept failing; payload is the whole StageEvent.
CREATE TABLE dead_letter (
  consumer    text        NOT NULL,
  stream      text        NOT NULL,
  seq         bigint      NOT NULL,
  event_id    text        NOT NULL,
  reason      text        NOT NULL,
  attempts    integer     NOT NULL,
  payload     bytea       NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  replay_time timestamptz,
  CONSTRAINT dead_letter_pkey PRIMARY KEY (consumer, stream, seq)
);

-- Makes partitions of event_log up to and including the one that holds `upto`. Returns the first
-- sequence that has no partition. Attaching leaves readers and writers undisturbed.
CREATE FUNCTION event_log_extend(upto bigint, width bigint DEFAULT 1000000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  next_seq bigint;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '.event_log_extend', 0));
  SELECT coalesce(max(end_seq), 1) INTO next_seq FROM event_log_part;
  WHILE next_seq <= upto LOOP
    part := 'event_log_p' || next_seq;
    EXECUTE format('CREATE TABLE %I (LIKE event_log INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE %I ADD CHECK (seq >= %s AND seq < %s)', part, next_seq,
                   next_seq + width);
    EXECUTE format('ALTER TABLE event_log ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', part,
                   next_seq, next_seq + width);
    INSERT INTO event_log_part VALUES (next_seq, next_seq + width);
    next_seq := next_seq + width;
  END LOOP;
  RETURN next_seq;
END $$;

-- Drops the partitions whose every event is on the stream (not beyond `published`) and older than
-- `horizon` (milliseconds since 1970). Returns the new floor.
CREATE FUNCTION event_log_drop(published bigint, horizon bigint) RETURNS bigint
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
    EXECUTE format('DROP TABLE %I', 'event_log_p' || part.start_seq);
    DELETE FROM event_log_part WHERE start_seq = part.start_seq;
    floor := part.end_seq;
    UPDATE event_stream SET floor_seq = floor WHERE stream = 0;
  END LOOP;
  RETURN floor;
END $$;

REVOKE ALL ON FUNCTION event_log_extend(bigint, bigint), event_log_drop(bigint, bigint) FROM PUBLIC;

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION event_log_extend(bigint, bigint) SET search_path = %I, pg_temp',
                 current_schema());
  EXECUTE format('ALTER FUNCTION event_log_drop(bigint, bigint) SET search_path = %I, pg_temp',
                 current_schema());
END $$;

SELECT event_log_extend(1000001);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON stage_history'),
      ('app', 'INSERT ON outbox_in'),
      ('app', 'SELECT ON event_log, event_stream'),
      ('app', 'SELECT, INSERT, UPDATE ON consumer_inbox, dead_letter'),
      ('relay', 'SELECT, DELETE ON outbox_in'),
      ('relay', 'SELECT, INSERT ON event_log'),
      ('relay', 'SELECT, UPDATE ON event_stream'),
      ('relay', 'EXECUTE ON FUNCTION event_log_extend(bigint, bigint)'),
      ('relay', 'EXECUTE ON FUNCTION event_log_drop(bigint, bigint)'),
      ('readonly', 'SELECT ON stage_history, outbox_in, event_log, event_stream'),
      ('readonly', 'SELECT ON consumer_inbox, dead_letter')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;
