-- Persons by category of the values exposed. A person counts in every category that was exposed.
SELECT category AS "Kind of personal data",
  count(*) FILTER (list = 'confirmed') AS "Persons confirmed",
  count(*) FILTER (list = 'possible' AND grade <> 'reachable') AS "Persons possible: by a query",
  count(*) FILTER (list = 'possible' AND grade = 'reachable') AS "Persons possible: by permission",
  count(*) AS "Total"
FROM (SELECT unnest(string_split(categories, ';')) AS category, list, grade FROM export_people WHERE kind = 'person')
WHERE category <> ''
GROUP BY category
ORDER BY "Persons confirmed" DESC, "Total" DESC, category
