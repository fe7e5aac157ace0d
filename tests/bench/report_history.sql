-- :rows opportunities of tenant "bench" over three years, with some five stage changes and ten edits
-- each, as the service would have left them: state, stage history and revisions that agree. Four of
-- five are closed, every tenth is edited long after, every tenth goes back to where it began.
SET synchronous_commit = off;
SET jit = off;
-- Connections of the services do without these.
SET enable_seqscan = on; SET enable_hashjoin = on; SET enable_mergejoin = on;
SET work_mem = '256MB';
SET maintenance_work_mem='512MB';
CREATE UNLOGGED TABLE seed_thing AS
SELECT n, ('00000000-0000-7001-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
  timestamptz '2023-11-25' + n * (interval '1096 days' / :rows) AS opened,
  (1 + n * 7919 % 25) * interval '1 day' + (n * 31 % 86400) * interval '1 second' AS gap,
  3 + (n * 13 % 5)::int AS k,
  CASE WHEN n * 37 % 100 < 48 THEN 'WON' WHEN n * 37 % 100 < 92 THEN 'LOST' ELSE 'OPEN' END AS fate
FROM generate_series(0::bigint, :rows - 1) AS n;
-- Moves 1 … k, the last of which is the fate, and edits 0 … 9, which take turns with five fields.
CREATE UNLOGGED TABLE seed_write AS
SELECT n, opened + (i - 1) * gap AS t, 0 AS kind, i AS i FROM seed_thing, LATERAL generate_series(1, k) AS i
 WHERE opened + (i - 1) * gap <= now()
UNION ALL
SELECT n, CASE WHEN j = 9 AND n % 10 = 0 THEN opened + interval '300 days' ELSE opened + (j + 1) * gap * (k - 1) / 11 + interval '7 seconds' END, 1, j
 FROM seed_thing, LATERAL generate_series(0, 9) AS j
 WHERE CASE WHEN j = 9 AND n % 10 = 0 THEN opened + interval '300 days' ELSE opened + (j + 1) * gap * (k - 1) / 11 + interval '7 seconds' END <= now();
CREATE UNLOGGED TABLE seed_order AS
SELECT n, t, kind, i, row_number() OVER w AS revision, lag(t) OVER w AS previous
FROM seed_write WINDOW w AS (PARTITION BY n ORDER BY t, kind, i);
CREATE FUNCTION pg_temp.stage_of(n bigint, i int, k int, fate text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN i = k AND fate <> 'OPEN' THEN lower(fate)
    WHEN i < 1 THEN '' WHEN n % 10 = 3 AND i = 3 THEN 'discovery'
    ELSE (ARRAY['discovery','needs_confirmed','proposal','payment_terms','contract','payment_terms','contract'])[i] END $$;
CREATE FUNCTION pg_temp.type_of(s text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE s WHEN '' THEN '' WHEN 'won' THEN 'WON' WHEN 'lost' THEN 'LOST' ELSE 'OPEN' END $$;
CREATE FUNCTION pg_temp.percent_of(s text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE s WHEN 'discovery' THEN 20 WHEN 'needs_confirmed' THEN 40 WHEN 'proposal' THEN 60
   WHEN 'payment_terms' THEN 75 WHEN 'contract' THEN 90 WHEN 'won' THEN 100 ELSE 0 END $$;
CREATE FUNCTION pg_temp.category_of(s text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE s WHEN 'discovery' THEN 'PIPELINE' WHEN 'needs_confirmed' THEN 'PIPELINE' WHEN 'proposal' THEN 'BEST_CASE'
   WHEN 'payment_terms' THEN 'BEST_CASE' WHEN 'contract' THEN 'COMMIT' WHEN 'won' THEN 'CLOSED' ELSE 'OMITTED' END $$;
CREATE FUNCTION pg_temp.amount_of(n bigint, c int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT (n * 7919 + c * 104729) % 5000000 $$;
CREATE FUNCTION pg_temp.owner_of(n bigint, c int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'agent-' || (n * 17 + c * 3) % 200 $$;
CREATE FUNCTION pg_temp.date_of(n bigint, opened timestamptz, c int) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT opened::date + (60 + n % 60 + c * 14)::int $$;
CREATE FUNCTION pg_temp.us(t timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT (date_part('epoch', t) * 1000000)::bigint $$;
ANALYZE seed_order, seed_thing;
INSERT INTO revision (tenant, id, revision, record_time, previous_time, actor, method, changes)
SELECT 'bench', x.id, o.revision, o.t, o.previous, pg_temp.owner_of(x.n, 0),
  CASE WHEN o.kind = 1 THEN 'UpdateOpportunity' WHEN o.i = 1 THEN 'OpenOpportunity' ELSE 'MoveOpportunity' END,
  CASE WHEN o.kind = 1 THEN
    CASE o.i % 5
      WHEN 0 THEN format('[["amount",["EUR",%s],["EUR",%s]]]', pg_temp.amount_of(x.n, o.i / 5), pg_temp.amount_of(x.n, o.i / 5 + 1))
      WHEN 1 THEN format('[["expected_close_date","%s","%s"]]', pg_temp.date_of(x.n, x.opened, o.i / 5), pg_temp.date_of(x.n, x.opened, o.i / 5 + 1))
      WHEN 2 THEN format('[["owner","%s","%s"]]', pg_temp.owner_of(x.n, o.i / 5), pg_temp.owner_of(x.n, o.i / 5 + 1))
      WHEN 3 THEN format('[["next_step",{"text":"Call %s"},{"text":"Call %s"}]]', o.i / 5, o.i / 5 + 1)
      ELSE format('[["attributes",{"score":"%s"},{"score":"%s"}]]', o.i / 5, o.i / 5 + 1) END
  WHEN o.i = 1 THEN format('[["display_name",null,"Deal %s"],["pipeline",null,"default"],["stage",null,"discovery"],["stage_type",null,"OPEN"],["stage_version",null,1],["probability",null,20],["open_time",null,%s]]', x.n, pg_temp.us(o.t))
  ELSE format('[["stage","%s","%s"],["stage_type","%s","%s"],["stage_version",%s,%s],["probability",%s,%s],["forecast_category","%s","%s"],%s["stage_enter_time",%s,%s]]',
    s.a, s.b, pg_temp.type_of(s.a), pg_temp.type_of(s.b), o.i - 1, o.i, pg_temp.percent_of(s.a), pg_temp.percent_of(s.b), pg_temp.category_of(s.a), pg_temp.category_of(s.b),
    CASE WHEN s.b = 'lost' THEN format('["loss_reason",null,"PRICE"],["close_time",null,%s],', pg_temp.us(o.t))
         WHEN s.b = 'won' THEN format('["close_time",null,%s],', pg_temp.us(o.t)) ELSE '' END,
    pg_temp.us(o.t - x.gap), pg_temp.us(o.t)) END
FROM seed_order o JOIN seed_thing x USING (n),
  LATERAL (SELECT pg_temp.stage_of(x.n, o.i - 1, x.k, x.fate) AS a, pg_temp.stage_of(x.n, o.i, x.k, x.fate) AS b) AS s
ORDER BY o.t;
INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, from_type, to_stage, to_type,
  effective_time, recorded_time, actor, reason, note, overridden, gates, request_id, amount_minor, currency, probability,
  forecast_category, change_kind, to_pipeline, from_name, to_name, amount_before_minor, currency_before, probability_before,
  forecast_category_before, close_date_before, close_date, time_in_previous, owner)
SELECT 'bench', x.id, o.i, 'opportunity', gen_random_uuid(), s.a, pg_temp.type_of(s.a), s.b, pg_temp.type_of(s.b),
  o.t, o.t, c.owner, CASE WHEN s.b = 'lost' THEN 'PRICE' ELSE '' END, '', false, '{}', '', c.amount, 'EUR', pg_temp.percent_of(s.b),
  pg_temp.category_of(s.b), CASE WHEN o.i = 1 THEN 'OPENED' WHEN s.b = 'won' THEN 'WON' WHEN s.b = 'lost' THEN 'LOST' ELSE 'MOVED' END,
  'pipelines/default', initcap(replace(s.a, '_', ' ')), initcap(replace(s.b, '_', ' ')), c.amount, 'EUR', pg_temp.percent_of(s.a), pg_temp.category_of(s.a), c.date, c.date,
  CASE WHEN o.i > 1 THEN (extract(epoch FROM x.gap) * 1000000)::bigint END, c.owner
FROM seed_order o JOIN seed_thing x USING (n),
  LATERAL (SELECT pg_temp.stage_of(x.n, o.i - 1, x.k, x.fate) AS a, pg_temp.stage_of(x.n, o.i, x.k, x.fate) AS b, (o.revision - o.i)::int AS e) AS s,
  LATERAL (SELECT pg_temp.amount_of(x.n, (s.e + 4) / 5) AS amount, pg_temp.owner_of(x.n, (s.e + 2) / 5) AS owner, pg_temp.date_of(x.n, x.opened, (s.e + 3) / 5) AS date) AS c
WHERE o.kind = 0 ORDER BY o.t;
INSERT INTO opportunity (tenant, id, revision, create_time, update_time, display_name, contact, owner, amount_currency, amount_minor,
  expected_close_date, pipeline, stage, stage_type, stage_version, probability, probability_manual, forecast_category, forecast_category_manual,
  loss_reason, loss_note, open_time, close_time, stage_enter_time, details, next_step, attributes)
SELECT 'bench', x.id, l.revision, x.opened, l.t, 'Deal ' || x.n, ('00000000-0000-7000-9000-' || lpad(to_hex(x.n % 1000), 12, '0'))::uuid,
  pg_temp.owner_of(x.n, (l.e + 2) / 5), 'EUR', pg_temp.amount_of(x.n, (l.e + 4) / 5), pg_temp.date_of(x.n, x.opened, (l.e + 3) / 5), 'default', s.b,
  pg_temp.type_of(s.b), l.m, pg_temp.percent_of(s.b), false, pg_temp.category_of(s.b), false, CASE WHEN s.b = 'lost' THEN 'PRICE' END, '',
  x.opened, CASE WHEN s.b IN ('won', 'lost') THEN l.moved END, l.moved,
  '{"needs":[{"text":"faster quotes","strength":3,"confirmTime":1,"confirmedBy":"agent"}]}', 'Call ' || (l.e + 1) / 5, jsonb_build_object('score', ((l.e) / 5)::text)
FROM seed_thing x JOIN (SELECT n, max(revision) AS revision, max(t) AS t, (count(*) FILTER (WHERE kind = 1))::int AS e,
   (count(*) FILTER (WHERE kind = 0))::int AS m, max(t) FILTER (WHERE kind = 0) AS moved FROM seed_order GROUP BY n) AS l USING (n),
  LATERAL (SELECT pg_temp.stage_of(x.n, l.m, x.k, x.fate) AS b) AS s ORDER BY x.n;
-- The trigger took the last write for the closing.
DELETE FROM closed_opportunity;
INSERT INTO closed_opportunity (tenant, record_time, id, open_time, create_time)
SELECT 'bench', h.recorded_time, h.aggregate, x.opened, x.opened FROM stage_history h JOIN seed_thing x ON x.id = h.aggregate
WHERE h.to_type <> 'OPEN' ORDER BY h.recorded_time;
-- And for the setting of the date.
UPDATE open_opportunity AS o SET since = d.since FROM (SELECT x.id, coalesce(max(w.t), x.opened) AS since
  FROM seed_thing x LEFT JOIN seed_write w ON w.n = x.n AND w.kind = 1 AND w.i % 5 = 1 GROUP BY x.id, x.opened) AS d
WHERE o.tenant = 'bench' AND o.id = d.id;
DROP TABLE seed_write, seed_order, seed_thing;
