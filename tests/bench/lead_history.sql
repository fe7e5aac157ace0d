-- :rows leads of tenant "bench" over three years, with some four moves and two other writes each, and
-- what became of their opportunities, as the service would have left them: leads, stage history,
-- revisions and sales that agree. Two of five are converted, a third disqualified.
SET search_path = crm_lead;
SET synchronous_commit = off;
SET jit = off;
-- Connections of the services do without these.
SET enable_seqscan = on; SET enable_hashjoin = on; SET enable_mergejoin = on;
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';
CREATE UNLOGGED TABLE seed_lead AS
SELECT n, ('00000000-0000-7002-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
  timestamptz '2023-11-25' + n * (interval '1096 days' / :rows) AS made,
  (1 + n * 7919 % 9) * interval '1 day' + (n * 31 % 86400) * interval '1 second' AS gap,
  (n * 13 % 90000) * interval '1 second' AS answered,
  CASE WHEN n * 37 % 100 < 40 THEN 5 WHEN n * 37 % 100 < 75 THEN 6 WHEN n * 37 % 100 < 85 THEN 3
    WHEN n * 37 % 100 < 95 THEN 2 ELSE 1 END AS fate,
  'agent-' || n * 17 % 200 AS owner
FROM generate_series(0::bigint, :rows - 1) AS n;
CREATE UNLOGGED TABLE seed_move AS
SELECT n, version, state, t FROM seed_lead, LATERAL (VALUES
  (1, 1, 'NEW', made), (2, 2, 'WORKING', made + answered), (3, 3, 'QUALIFIED', made + answered + gap),
  (5, 4, 'CONVERTING', made + answered + gap * 2),
  (5, 5, 'CONVERTED', made + answered + gap * 2 + interval '1 second'),
  (6, 3, 'DISQUALIFIED', made + answered + gap)) AS m (least, version, state, t)
WHERE (fate >= least AND (fate < 6 OR least < 3) OR fate = 6 AND least = 6) AND t <= now();
CREATE UNLOGGED TABLE seed_write AS
SELECT n, t, version, state, row_number() OVER w AS revision, lag(t) OVER w AS previous FROM (
  SELECT n, t, version, state FROM seed_move UNION ALL
  SELECT n, made + answered + j * gap / 3 + interval '7 seconds', 10 + j, '' FROM seed_lead,
    generate_series(0, 1) AS j WHERE fate > 1 AND made + answered + j * gap / 3 + interval '7 seconds' <= now()) AS w
WINDOW w AS (PARTITION BY n ORDER BY t, version);
CREATE FUNCTION pg_temp.us(t timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT (date_part('epoch', t) * 1000000)::bigint $$;
CREATE FUNCTION pg_temp.sold(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '00000000-0000-7001-8000-' || lpad(to_hex(n), 12, '0') $$;
ANALYZE seed_lead, seed_move, seed_write;
INSERT INTO revision (tenant, id, revision, record_time, previous_time, actor, method, changes)
SELECT 'bench', x.id, w.revision, w.t, w.previous, x.owner,
  CASE WHEN w.version = 1 THEN 'CreateLead' WHEN w.version = 10 THEN 'LogActivity' WHEN w.version = 11 THEN 'UpdateLead' ELSE 'QualifyLead' END,
  CASE WHEN w.version = 10 THEN format('[["first_response_time",null,%s]]', pg_temp.us(x.made + x.answered))
    WHEN w.version = 11 THEN format('[["owner","agent-%s","%s"]]', x.n * 19 % 200, x.owner)
    WHEN w.version = 1 THEN '[["state",null,"NEW"],["stage_version",null,1]]'
    ELSE format('[["state","%s","%s"],["stage_version",%s,%s]]', 'WORKING', w.state, w.version - 1, w.version) END
FROM seed_write w JOIN seed_lead x USING (n) ORDER BY w.t;
INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, from_type, to_stage, to_type,
  effective_time, recorded_time, actor, reason, note, overridden, gates, request_id, forecast_category, owner)
SELECT 'bench', x.id, m.version, 'lead', gen_random_uuid(), '', '', m.state, '', m.t, m.t, x.owner, '', '', false, '{}', '', '', x.owner
FROM seed_move m JOIN seed_lead x USING (n) ORDER BY m.t;
INSERT INTO sale_change (tenant, opportunity, version, sequence, state, effective_time, recorded_time)
SELECT 'bench', pg_temp.sold(n)::uuid, 4, n + 1, CASE WHEN n % 10 < 6 THEN 'WON' ELSE 'LOST' END, t + interval '30 days', t + interval '30 days'
FROM seed_move WHERE state = 'CONVERTED' AND n % 10 < 9 AND t + interval '30 days' <= now() ORDER BY n;
INSERT INTO lead (tenant, id, revision, create_time, update_time, contact, state, stage_version, state_enter_time, owner, source, source_detail,
  interests, buying_role, assessments, verdict, disqualify_reason, disqualify_note, qualification_overridden, override_reason, activity_count,
  two_way_contact, first_response_time, last_activity_time, conversion, conversion_state, conversion_refusal, open_time, attributes, moves)
SELECT 'bench', x.id, w.revision, x.made, w.t, ('00000000-0000-7000-9000-' || lpad(to_hex(x.n % 1000), 12, '0'))::uuid, m.state, m.version, m.t,
  x.owner, (ARRAY['WEB','EVENT','REFERRAL','PARTNER'])[1 + x.n % 4], 'campaign ' || x.n % 50, '["GTX Pro"]', 'BUYER',
  format('[{"id":"%s","criterion":"NEED","finding":"MET","source":"CALL","observed":%s,"recorded":%s,"observation":"They need forty presses","assessor":"%s"}]',
    x.id, pg_temp.us(x.made), pg_temp.us(x.made), x.owner)::json,
  CASE WHEN m.version > 2 THEN format('[%s,%s,1,%s,70,[1,1,30,1,30],[2,1,25,1,25],[3,1,15,4,0],[4,1,20,1,20],[5,0,10,4,0]]',
    CASE WHEN m.state = 'DISQUALIFIED' THEN 2 ELSE 1 END, x.n % 101, pg_temp.us(m.t))::json END,
  CASE WHEN m.state = 'DISQUALIFIED' THEN 'NO_NEED' ELSE 'UNSPECIFIED' END, '', false, '', CASE WHEN x.fate > 1 THEN 2 ELSE 0 END, x.fate > 1,
  CASE WHEN m.version > 1 THEN x.made + x.answered END, CASE WHEN m.version > 1 THEN m.t END,
  CASE WHEN m.version > 3 THEN format('{"request":"%s","hash":"","time":%s,"actor":"%s","attach":"%s","name":"Deal %s"}',
    x.id, pg_temp.us(m.t), x.owner, pg_temp.sold(x.n), x.n)::json END,
  CASE WHEN m.state = 'CONVERTED' THEN 'COMPLETED' WHEN m.state = 'CONVERTING' THEN 'STARTED' END, '', x.made,
  jsonb_build_object('campaign', 'campaign ' || x.n % 20), m.moves
FROM seed_lead x JOIN (
  SELECT n, max(version) AS version, max(t) AS t, (array_agg(state ORDER BY version DESC))[1] AS state,
    string_agg(state || E'\x1f' || pg_temp.us(t) || E'\x1f\x1f' || CASE WHEN state = 'CONVERTED' THEN pg_temp.sold(n) ELSE '' END ||
      E'\x1f' || octet_length('agent-' || n * 17 % 200) || E'\x1f' || 'agent-' || n * 17 % 200, '' ORDER BY version) AS moves
  FROM seed_move GROUP BY n) AS m USING (n)
JOIN (SELECT n, max(revision) AS revision, max(t) AS t FROM seed_write GROUP BY n) AS w USING (n) ORDER BY x.n;
DROP TABLE seed_lead, seed_move, seed_write;
RESET search_path;
