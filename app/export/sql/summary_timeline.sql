-- When the records on the lists were first touched, by hour, or by day when the attack lasted longer than four days.
WITH span AS (SELECT max(first_at) - min(first_at) > INTERVAL 96 HOUR AS long FROM export_records)
SELECT CASE WHEN long THEN strftime(first_at, '%Y-%m-%d') ELSE strftime(first_at, '%m-%d %H:00') END AS "First touched (UTC)",
  count(*) FILTER (list = 'confirmed') AS "Records confirmed", count(*) FILTER (list = 'possible') AS "Records possible", count(*) AS "Total"
FROM export_records, span
WHERE first_at IS NOT NULL
GROUP BY 1
ORDER BY min(first_at)
