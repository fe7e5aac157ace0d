-- The events of one thing in one call. A hash, which serves that question alone: no plan of another
-- statement, made while the log is small, can take it for the primary key.
CREATE INDEX event_log_aggregate ON event_log USING hash (aggregate);
