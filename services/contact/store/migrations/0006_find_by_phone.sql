-- Contacts are found by telephone number. Numbers may be shared, so they are no keys; a contact has
-- several, so they stand in the row. Moves of a contact change none and stay HOT. Without a list of
-- pending entries, which every search would have to go through.
CREATE INDEX IF NOT EXISTS contact_phones ON contact USING gin (phones jsonb_path_ops) WITH (fastupdate = off);

-- Last again, for the reason given in 0001: plans that were made while the table was empty take the
-- youngest index. Writes wait while the indexes of this file are built.
ALTER TABLE contact DROP CONSTRAINT contact_pkey, ADD CONSTRAINT contact_pkey PRIMARY KEY (tenant, id);
