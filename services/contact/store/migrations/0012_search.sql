-- What live contacts are found by: words, addresses, numbers, as services/contact/domain makes them
-- (search_terms.h). Terms are compared byte by byte, so that the beginning of a term is a range of the
-- index, and by operators that may be used below a policy. An edit of a contact writes here only what
-- it changes of them; a move by the lifecycle changes nothing.
CREATE TABLE contact_term (
  tenant  text             NOT NULL,
  term    text COLLATE "C" NOT NULL,
  contact uuid             NOT NULL,
  CONSTRAINT contact_term_pkey PRIMARY KEY (tenant, term, contact)
);

-- All terms of a contact in one text, for the other words of a query once one has led to it.
CREATE TABLE contact_search (
  tenant  text NOT NULL,
  contact uuid NOT NULL,
  terms   text NOT NULL,
  CONSTRAINT contact_search_pkey PRIMARY KEY (tenant, contact)
) WITH (fillfactor = 90);

CALL wall_tenants('contact_term', 'contact_search');

DO $$
DECLARE
  app      text := current_schema() || '_app';
  readonly text := current_schema() || '_readonly';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON contact_term TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON contact_search TO %I', app);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = readonly) THEN
    EXECUTE format('GRANT SELECT ON contact_term, contact_search TO %I', readonly);
  END IF;
END
$$;
