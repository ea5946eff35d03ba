-- One row a query, in order of time. source: the log lines it is known from.
WITH source AS (
  SELECT x.query, string_agg(f.name || ':' || v.line, ';' ORDER BY v.id) AS lines
  FROM analysis.query_event x JOIN analysis.event v ON v.id = x.event JOIN evidence.file f ON f.id = v.file
  GROUP BY x.query
), touched AS (
  SELECT query, count(*) AS records, count(*) FILTER (grade IN ('recorded', 'replayed')) AS confirmed FROM analysis.access GROUP BY query
)
SELECT q.query_id, coalesce(s.session_id, '') AS session_id, q."at", q.carrier, q.text, q.object,
  array_to_string(q.fields, ';') AS fields, q.rows_logged, q.rows_replayed, q.outcome,
  q.why, q.act, q.rows_certain, q.rows_extra, q.missing AS rows_missing, q.bytes_logged,
  coalesce(t.records, 0) AS records_touched, coalesce(t.confirmed, 0) AS records_confirmed,
  q.certain, q.excluded, coalesce(o.lines, '') AS source, q.sql,
  q.rows_logged - q.rows_replayed AS rows_apart, q.columns_logged, q.columns_replayed, q.bytes_estimated
FROM analysis.query q
  LEFT JOIN analysis.session s ON s.id = q.session
  LEFT JOIN source o ON o.query = q.id
  LEFT JOIN touched t ON t.query = q.id
ORDER BY q."at", q.id
