-- What the log rows of all sessions say of the bulk jobs the attacker sessions had to do with: one session may make a job,
-- another fetch what it found. Last, whether a log that shows requests about the job is whole from its making until its
-- results were gone.
WITH told AS (
  SELECT e.id, e."at", e.kind, f.organisation, e.object, e.method, lower(e.status) AS status, e.target,
    left(coalesce(nullif(e.job, ''), regexp_extract(e.target, ?2, 1)), 15) AS job, regexp_matches(e.kind, '[.]BulkApi2?(EventLog)?$') AS own
  FROM analysis.event e JOIN evidence.file f ON f.id = e.file WHERE e.action = 'bulk' AND e."at" IS NOT NULL
), job AS (
  SELECT job, coalesce(max(object) FILTER (own), max(object), '') AS object, coalesce(max(method) FILTER (own), '') AS operation,
    coalesce(list(id) FILTER (regexp_matches(target, ?3) AND coalesce(TRY_CAST(status AS INTEGER), 200) < 400 AND status NOT IN ('f', 'failure')), []) AS fetches,
    min("at") AS made, coalesce(min("at") FILTER (status = 'deleted'), max("at") + to_days(?4)) AS gone
  FROM told WHERE job IN (SELECT unnest(?1::VARCHAR[])) GROUP BY job
), span AS (
  SELECT e.kind, f.organisation, min(e."at") AS first, max(e."at") AS last FROM analysis.event e JOIN evidence.file f ON f.id = e.file
  WHERE regexp_matches(e.kind, '[.](RestApi|BulkApiRequest)(EventLog)?$') GROUP BY ALL
)
SELECT job, object, operation, fetches, EXISTS (
  FROM told t JOIN span s ON s.kind = t.kind AND s.organisation = t.organisation
  WHERE t.job = j.job AND s.first <= j.made AND s.last >= j.gone AND NOT EXISTS (
    FROM evidence.gap g WHERE g.organisation IN ('', left(t.organisation, 15)) AND g.kind = t.kind AND NOT contains(g.covered_by, 'ApiTotalUsage')
      AND g.from_at < j.gone AND g.to_at > j.made)) AS whole
FROM job j
