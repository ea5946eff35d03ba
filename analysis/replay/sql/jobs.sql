-- What the log rows of all sessions say of the bulk jobs the attacker sessions had to do with: one session may make a job,
-- another fetch what it found. Last, whether a log that shows requests about the job is whole from its making until its
-- results were gone.
WITH told AS (
  SELECT e.id, e."at", e.kind, f.organisation, e.object, e.method, lower(coalesce(e.status, '')) AS status, e.target,
    left(coalesce(nullif(e.job, ''), regexp_extract(e.target, ?2, 1)), 15) AS job, regexp_matches(e.kind, '[.]BulkApi2?(EventLog)?$') AS own
  FROM analysis.event e JOIN evidence.file f ON f.id = e.file WHERE e.action = 'bulk' AND e."at" IS NOT NULL
), job AS (
  SELECT job, coalesce(max(object) FILTER (own), max(object), '') AS object, coalesce(max(method) FILTER (own), '') AS operation,
    coalesce(list(id) FILTER (regexp_matches(target, ?3) AND coalesce(TRY_CAST(status AS INTEGER), 200) < 400 AND status NOT IN ('f', 'failure')), []) AS fetches,
    min("at") AS made, coalesce(min("at") FILTER (status = 'deleted' OR upper(method) = 'DELETE' AND status IN ('200', '204')), max("at") + to_days(?4)) AS gone
  FROM told WHERE job IN (SELECT unnest(?1::VARCHAR[])) GROUP BY job
), span AS (
  SELECT e.kind, f.organisation, min(e."at") AS first, max(e."at") AS last FROM analysis.event e JOIN evidence.file f ON f.id = e.file
  WHERE regexp_matches(e.kind, '[.](RestApi|BulkApiRequest)(EventLog)?$') GROUP BY ALL
), busy AS ( -- a file that is missing leaves an hour, or of a longer time a day, without a row
  SELECT j.job, t.kind, t.organisation, any_value(s.first <= j.made AND s.last >= j.gone) AND CASE WHEN any_value(j.gone - j.made) < INTERVAL 1 DAY
    THEN count(DISTINCT c.hour) > any_value(date_diff('hour', j.made, j.gone)) ELSE count(DISTINCT c.hour::DATE) > any_value(date_diff('day', j.made, j.gone)) END AS throughout
  FROM job j JOIN (SELECT DISTINCT job, kind, organisation FROM told) t USING (job) JOIN span s USING (kind, organisation)
  JOIN evidence.coverage c ON c.kind = t.kind AND c.organisation = left(t.organisation, 15) AND c.hour BETWEEN date_trunc('hour', j.made) AND j.gone
  GROUP BY ALL
)
SELECT job, object, operation, fetches, EXISTS (
  FROM busy t WHERE t.job = j.job AND t.throughout AND NOT EXISTS (
    FROM evidence.gap g WHERE g.organisation IN ('', left(t.organisation, 15)) AND g.kind = t.kind AND NOT contains(g.covered_by, 'ApiTotalUsage')
      AND g.from_at < j.gone AND g.to_at > j.made)) AS whole
FROM job j
