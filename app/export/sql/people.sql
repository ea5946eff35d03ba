-- One row a person on a list.
WITH part AS (SELECT n, key FROM export_people_key WHERE n > $from AND n <= $to),
touched AS (
  SELECT pr.person, array_to_string(list_sort(list(DISTINCT r.record_id)), ';') AS records,
    min_by(e.why, {'rank': array_position(['recorded', 'replayed', 'bounded', 'reachable'], e.grade), 'record': e.record}) AS why
  FROM part JOIN analysis.person_record pr ON pr.person = part.key JOIN analysis.exposure e ON e.record = pr.record
    JOIN analysis.record r ON r.id = pr.record
  WHERE e.list <> 'cleared'
  GROUP BY pr.person
), before AS ( -- on a list of an earlier incident, known by the ids of the records
  SELECT o.person, array_to_string(list_sort(list(DISTINCT x.incident)), ';') AS incidents
  FROM (SELECT v.incident, unnest(l.records) AS record_id FROM journal.list_entry l JOIN journal.list_version v USING (version) WHERE v.incident <> '') x
    JOIN analysis.record r USING (record_id) JOIN analysis.person_record o ON o.record = r.id AND o.holding = 'own' JOIN part ON part.key = o.person
  GROUP BY o.person
)
SELECT part.n, p.person_id, coalesce(t.records, '') AS records, p.name, p.residence, a.list,
  array_to_string(list_sort(a.categories), ';') AS categories, a.first_at, a.last_at,
  a.grade, a.act, array_to_string(list_sort(a.fields), ';') AS fields, p.residence_from, p.kind,
  a.records AS records_listed, p.records AS records_known, coalesce(t.why, '') AS why,
  array_to_string(list_sort(a.possible_categories), ';') AS possible_categories, array_to_string(list_sort(a.possible_fields), ';') AS possible_fields,
  a.age, array_to_string(p.residences, ';') AS residences, p.region, coalesce(b.incidents, '') AS earlier_incidents,
  p.cluster, a.most AS persons_at_most, a.most_any AS persons_at_most_any
FROM part JOIN analysis.affected a ON a.person = part.key JOIN analysis.person p ON p.id = part.key LEFT JOIN touched t ON t.person = part.key
  LEFT JOIN before b ON b.person = part.key
ORDER BY part.n
