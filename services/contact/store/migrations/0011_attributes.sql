-- Lists by attribute. An empty map has no entry here; whoever asks says `attributes <> '{}'` too.
CREATE INDEX IF NOT EXISTS contact_attributes ON contact USING gin (attributes jsonb_path_ops)
  WITH (fastupdate = off) WHERE attributes <> '{}';
CREATE INDEX IF NOT EXISTS account_attributes ON account USING gin (attributes jsonb_path_ops)
  WITH (fastupdate = off) WHERE attributes <> '{}';

-- Last again, for the reason given in 0001. Writes wait while the indexes of this file are built.
ALTER TABLE contact DROP CONSTRAINT contact_pkey, ADD CONSTRAINT contact_pkey PRIMARY KEY (tenant, id);
ALTER TABLE account DROP CONSTRAINT account_pkey, ADD CONSTRAINT account_pkey PRIMARY KEY (tenant, id);
