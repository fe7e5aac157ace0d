-- Deleted contacts hold no keys (contact_key); lists that show them find them by these. They cost the
-- live ones nothing: a move changes none of the columns, and rows enter when they are deleted.
CREATE INDEX IF NOT EXISTS contact_deleted_domain ON contact (tenant, domain)
  WHERE delete_time IS NOT NULL AND domain <> '';
CREATE INDEX IF NOT EXISTS contact_deleted_external_id ON contact (tenant, external_id)
  WHERE delete_time IS NOT NULL AND external_id <> '';
CREATE INDEX IF NOT EXISTS contact_deleted_emails ON contact USING gin (emails jsonb_path_ops)
  WITH (fastupdate = off) WHERE delete_time IS NOT NULL;

-- Last again, for the reason given in 0001. Writes wait while the indexes of this file are built.
ALTER TABLE contact DROP CONSTRAINT contact_pkey, ADD CONSTRAINT contact_pkey PRIMARY KEY (tenant, id);
