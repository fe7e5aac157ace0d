-- Contacts are found by telephone number. Numbers may be shared, so they are no keys; a contact has
-- several, so they stand in the row. Moves of a contact change none and stay HOT. Without a list of
-- pending entries, which every search would have to go through.
CREATE INDEX IF NOT EXISTS contact_phones ON contact USING gin (phones jsonb_path_ops) WITH (fastupdate = off);
