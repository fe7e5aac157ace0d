-- The planner's statistics of a table that has opportunities in it: one tenant, everything else
-- distinct. Plans are made once and kept; those made for a table without statistics would find an
-- opportunity by walking its tenant. The rows go, the statistics stay until the first real ones.
INSERT INTO opportunity (tenant, id, revision, create_time, update_time, display_name, contact,
    lead, owner, pipeline, stage, stage_type, stage_version, probability, probability_manual,
    forecast_category, forecast_category_manual, loss_note, open_time, stage_enter_time, details)
SELECT '-', gen_random_uuid(), 1, t, t, '', gen_random_uuid(), gen_random_uuid(), 'owner ' || n,
    'default', 'discovery', 'OPEN', 1, 20, false, 'PIPELINE', false, '', t, t, '{}'
FROM generate_series(1, 300) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS t) AS x;
ANALYZE opportunity;
TRUNCATE opportunity;
