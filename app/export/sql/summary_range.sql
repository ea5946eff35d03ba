-- Persons on each list: fewest if every doubtful link between records holds, likely, most if no link holds.
WITH own AS (
  SELECT pr.person, e.list, count(DISTINCT e.record) AS records
  FROM analysis.person_record pr JOIN analysis.exposure e ON e.record = pr.record
  WHERE pr.holding = 'own' GROUP BY ALL
), listed AS (
  SELECT x.person_id, x.list, p.id, p.cluster FROM export_people x JOIN analysis.person p ON p.person_id = x.person_id WHERE x.kind = 'person'
), per_list AS (
  SELECT l.list, count(DISTINCT l.cluster) AS fewest, count(*) AS likely, sum(greatest(1, coalesce(o.records, 0)))::BIGINT AS most
  FROM listed l LEFT JOIN own o ON o.person = l.id AND o.list = l.list GROUP BY l.list
), together AS (
  SELECT count(DISTINCT l.cluster) AS fewest, count(DISTINCT l.id) AS likely,
    (SELECT coalesce(sum(greatest(1, n)), 0)::BIGINT FROM (SELECT l.id, coalesce(sum(o.records), 0)::BIGINT AS n FROM listed l LEFT JOIN own o ON o.person = l.id AND o.list <> 'cleared' GROUP BY l.id)) AS most
  FROM listed l
)
SELECT "Persons", "Minimum", "Likely", "Maximum" FROM (
  SELECT 1 AS place, 'Confirmed' AS "Persons", coalesce(max(fewest), 0) AS "Minimum", coalesce(max(likely), 0) AS "Likely", coalesce(max(most), 0) AS "Maximum" FROM per_list WHERE list = 'confirmed'
  UNION ALL SELECT 2, 'Possible', coalesce(max(fewest), 0), coalesce(max(likely), 0), coalesce(max(most), 0) FROM per_list WHERE list = 'possible'
  UNION ALL SELECT 3, 'Confirmed and possible together', fewest, likely, most FROM together)
ORDER BY place
