-- Persons by residence. Unknown is a row of its own.
SELECT CASE WHEN grouping(residence) = 1 THEN 'All rows of the People sheet' WHEN residence = '' THEN 'unknown' ELSE residence END AS "Residence",
  count(*) FILTER (kind = 'person' AND list = 'confirmed') AS "Persons confirmed",
  count(*) FILTER (kind = 'person' AND list = 'possible' AND grade <> 'reachable') AS "Persons possible: by a query",
  count(*) FILTER (kind = 'person' AND list = 'possible' AND grade = 'reachable') AS "Persons possible: by permission",
  count(*) FILTER (kind <> 'person') AS "Companies",
  count(*) AS "Total"
FROM export_people
GROUP BY ROLLUP (residence)
ORDER BY grouping(residence), "Persons confirmed" DESC, "Total" DESC, residence
