-- Rows of the Records sheet by object, beside what the customer tables hold: the total without those only in the logs and
-- the cleared ones together are the rows of the table.
WITH held AS (SELECT object, sum(rows)::BIGINT AS rows FROM snapshot.object GROUP BY object),
counted AS (
  SELECT coalesce(r.object, h.object) AS object, h.rows,
    count(r.object) FILTER (list = 'confirmed') AS confirmed,
    count(r.object) FILTER (list = 'possible' AND grade <> 'reachable') AS bounded,
    count(r.object) FILTER (list = 'possible' AND grade = 'reachable') AS reachable,
    count(r.object) FILTER (in_snapshot) AS inside, count(r.object) AS total
  FROM export_records r FULL JOIN held h ON h.object = r.object
  GROUP BY ALL
)
SELECT CASE WHEN grouping(object) = 1 THEN 'All rows of the Records sheet' ELSE object END AS "Object",
  sum(confirmed)::BIGINT AS "Confirmed", sum(bounded)::BIGINT AS "Possible: by a query", sum(reachable)::BIGINT AS "Possible: by permission",
  sum(total)::BIGINT AS "Total", sum(rows)::BIGINT AS "In the customer tables", sum(rows - inside)::BIGINT AS "Cleared",
  sum(total - inside)::BIGINT AS "Only in the logs"
FROM counted
GROUP BY ROLLUP (object)
HAVING grouping(object) = 1 OR object IS NOT NULL
ORDER BY grouping(object), "Total" DESC, object
