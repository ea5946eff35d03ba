WITH present AS (
  SELECT r.object, r.record_id, e.list, e.grade FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record
), change AS (
  SELECT coalesce(b.object, p.object) AS object, coalesce(b.record_id, p.record_id) AS record_id,
         coalesce(b.list, '') AS list_before, coalesce(b.grade, '') AS before, coalesce(p.list, '') AS list_now, coalesce(p.grade, '') AS now
  FROM analysis.exposure_before b FULL JOIN present p ON p.object = b.object AND p.record_id = b.record_id
  WHERE b.grade IS DISTINCT FROM p.grade OR b.list IS DISTINCT FROM p.list
), total AS (
  SELECT count(*) FILTER (before = '') AS added, count(*) FILTER (now = '') AS removed, count(*) FILTER (before <> '' AND now <> '') AS regraded
  FROM change
)
SELECT * FROM change, total ORDER BY object, record_id LIMIT ?
