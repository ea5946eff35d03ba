-- Persons by the exact combination of categories, the 25 largest and the rest. The sums are those of all persons.
WITH combined AS (
  SELECT CASE WHEN categories = '' THEN 'nothing but identifiers' ELSE categories END AS combination,
    count(*) FILTER (list = 'confirmed') AS confirmed, count(*) FILTER (list = 'possible') AS possible, count(*) AS total
  FROM export_people WHERE kind = 'person' GROUP BY categories
), ranked AS (SELECT *, row_number() OVER (ORDER BY confirmed DESC, total DESC, combination) AS place FROM combined),
named AS (SELECT CASE WHEN place > 25 THEN 'further combinations' ELSE combination END AS combination, least(place, 26) AS place, confirmed, possible, total FROM ranked)
SELECT CASE WHEN grouping(combination) = 1 THEN 'All persons' ELSE combination END AS "Exact combination of data",
  sum(confirmed)::BIGINT AS "Persons confirmed", sum(possible)::BIGINT AS "Persons possible", sum(total)::BIGINT AS "Total"
FROM named
GROUP BY GROUPING SETS ((combination, place), ())
HAVING sum(total) IS NOT NULL
ORDER BY grouping(combination), place
