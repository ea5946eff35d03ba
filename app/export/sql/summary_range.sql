-- Persons on each list: fewest if every doubtful link between records holds, likely, most if no link holds.
WITH listed AS (SELECT x.list, p.cluster, a.most, a.most_any
  FROM export_people x JOIN analysis.person p ON p.person_id = x.person_id JOIN analysis.affected a ON a.person = p.id WHERE x.kind = 'person'),
counted AS (SELECT list, count(DISTINCT cluster) AS fewest, count(*) AS likely, sum(most)::BIGINT AS most FROM listed GROUP BY list
  UNION ALL SELECT 'together', count(DISTINCT cluster), count(*), coalesce(sum(most_any), 0)::BIGINT FROM listed)
SELECT words AS "Persons", coalesce(fewest, 0) AS "Minimum", coalesce(likely, 0) AS "Likely", coalesce(most, 0) AS "Maximum"
FROM (VALUES (1, 'confirmed', 'Confirmed'), (2, 'possible', 'Possible'), (3, 'together', 'Confirmed and possible together')) t(place, list, words)
  LEFT JOIN counted USING (list)
ORDER BY place
