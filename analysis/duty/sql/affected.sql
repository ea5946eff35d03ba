-- affected natural persons by what bears on a duty; a person whose free text was exposed may have anything in it
SELECT p.residence, a.list, a.act, list_sort(a.categories) AS categories, list_sort(a.possible_categories) AS possible,
  coalesce(a.age < 18, false) AS child, count(*) AS persons, sum(a.records)::BIGINT AS records
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE p.kind = 'person' AND a.list IN ('confirmed', 'possible')
GROUP BY ALL ORDER BY ALL
