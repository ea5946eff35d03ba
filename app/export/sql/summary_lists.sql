-- Rows of the People sheet by what they are and how sure.
SELECT CASE WHEN grouping(kind) = 1 THEN 'All rows of the People sheet' ELSE CASE kind WHEN 'person' THEN 'Persons (customers)'
    WHEN 'company' THEN 'Companies' WHEN 'employee' THEN 'Own employees' WHEN 'test' THEN 'Test entries' ELSE kind END END AS "Who",
  count(*) FILTER (list = 'confirmed') AS "Confirmed",
  count(*) FILTER (list = 'possible' AND grade <> 'reachable') AS "Possible: by a query",
  count(*) FILTER (list = 'possible' AND grade = 'reachable') AS "Possible: by permission",
  count(*) AS "Total"
FROM export_people
GROUP BY ROLLUP (kind)
ORDER BY grouping(kind), array_position(['person', 'company', 'employee', 'test'], kind), kind
