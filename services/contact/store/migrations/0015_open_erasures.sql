-- What the keeper of erasures looks for every few seconds, of all tenants: those that are open and those
-- that are due. Without these it reads all erasures.
CREATE INDEX IF NOT EXISTS contact_erasure_open ON contact_erasure (ask_time)
  WHERE done_time IS NULL;
CREATE INDEX IF NOT EXISTS contact_erasure_again ON contact_erasure (again_time)
  WHERE again_time IS NOT NULL;

-- Last again, for the reason given in 0001.
ALTER TABLE contact_erasure DROP CONSTRAINT contact_erasure_pkey,
  ADD CONSTRAINT contact_erasure_pkey PRIMARY KEY (tenant, contact);
