-- What is known of each lead and opportunity, from their stage events. Version 0: foretold by the
-- conversion of its lead, not yet heard of itself.
CREATE TABLE contact_engagement (
  tenant  text   NOT NULL,
  kind    text   NOT NULL,
  thing   uuid   NOT NULL,
  contact uuid   NOT NULL,
  version bigint NOT NULL,
  state   text   NOT NULL,
  CONSTRAINT contact_engagement_pkey PRIMARY KEY (tenant, kind, thing),
  CONSTRAINT contact_engagement_kind CHECK (kind IN ('lead', 'opportunity')),
  CONSTRAINT contact_engagement_state CHECK (state IN ('live', 'ended', 'won'))
) WITH (fillfactor = 70);

-- How many of each contact are live: the sums of the table above, kept so that a busy organization
-- costs no more than a quiet one.
CREATE TABLE contact_lifecycle (
  tenant             text   NOT NULL,
  contact            uuid   NOT NULL,
  live_leads         bigint NOT NULL,
  live_opportunities bigint NOT NULL,
  CONSTRAINT contact_lifecycle_pkey PRIMARY KEY (tenant, contact),
  CONSTRAINT contact_lifecycle_counts CHECK (live_leads >= 0 AND live_opportunities >= 0)
) WITH (fillfactor = 70);

-- One row per customer; the id follows from the customer's, so it cannot be opened twice.
CREATE TABLE account (
  tenant            text        NOT NULL,
  id                uuid        NOT NULL,
  revision          bigint      NOT NULL,
  create_time       timestamptz NOT NULL,
  update_time       timestamptz NOT NULL,
  customer          uuid        NOT NULL,
  display_name      text        NOT NULL,
  first_opportunity uuid        NOT NULL,
  owner             text        NOT NULL,
  open_time         timestamptz NOT NULL,
  status            text        NOT NULL,
  members           uuid[]      NOT NULL,
  win_count         bigint      NOT NULL,
  win_sums          jsonb       NOT NULL,
  last_win_time     timestamptz,
  stage_version     bigint      NOT NULL,
  stage_time        timestamptz NOT NULL,
  CONSTRAINT account_customer UNIQUE (tenant, customer),
  CONSTRAINT account_status CHECK (status IN ('ACTIVE', 'CLOSED')),
  CONSTRAINT account_win_count CHECK (win_count >= 0)
) WITH (fillfactor = 70);

CREATE INDEX account_list ON account (tenant, create_time);

-- Last: among indexes of equal cost, which all are while the table is empty, the planner takes the
-- youngest, and its generic plans outlive that time.
ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY (tenant, id);

-- The sale of each won opportunity and the account that it counts for, so that a repeated, changed
-- or reopened one is exact.
CREATE TABLE account_win (
  tenant       text        NOT NULL,
  opportunity  uuid        NOT NULL,
  account      uuid        NOT NULL,
  contact      uuid        NOT NULL,
  currency     text,
  amount_minor bigint,
  win_time     timestamptz NOT NULL,
  CONSTRAINT account_win_amount CHECK ((currency IS NULL) = (amount_minor IS NULL))
);

CREATE INDEX account_win_account ON account_win (tenant, account, win_time);

-- Last: among indexes of equal cost, which all are while the table is empty, the planner takes the
-- youngest, and its generic plans outlive that time.
ALTER TABLE account_win ADD CONSTRAINT account_win_pkey PRIMARY KEY (tenant, opportunity);
