-- affected natural persons by what bears on a duty; a person whose free text was exposed may have anything in it
SELECT p.residence, a.list, a.act, list_sort(a.categories) AS categories, list_sort(a.possible_categories) AS possible,
  p.region, CASE WHEN a.age < 18 THEN a.age END AS age, count(*) AS persons, sum(a.records)::BIGINT AS records
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE p.kind = 'person' AND a.list IN ('confirmed', 'possible')
GROUP BY ALL ORDER BY ALL
