-- One row a person on a list: the surest first, then by residence and name.
WITH touched AS (
  SELECT pr.person, array_to_string(list_sort(list(DISTINCT r.record_id)), ';') AS records,
    min_by(e.why, {'rank': array_position(['recorded', 'replayed', 'bounded', 'reachable'], e.grade), 'record': e.record}) AS why
  FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record JOIN analysis.person_record pr ON pr.record = e.record
  WHERE e.list <> 'cleared'
  GROUP BY pr.person
)
SELECT p.person_id, coalesce(t.records, '') AS records, p.name, p.residence, a.list,
  array_to_string(list_sort(a.categories), ';') AS categories, a.first_at, a.last_at,
  a.grade, a.act, array_to_string(list_sort(a.fields), ';') AS fields, p.residence_from, p.kind,
  a.records AS records_listed, p.records AS records_known, coalesce(t.why, '') AS why,
  array_to_string(list_sort(a.possible_categories), ';') AS possible_categories, array_to_string(list_sort(a.possible_fields), ';') AS possible_fields,
  a.age, array_to_string(p.residences, ';') AS residences
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person LEFT JOIN touched t ON t.person = a.person
WHERE a.list <> 'cleared'
ORDER BY a.list, array_position(['recorded', 'replayed', 'bounded', 'reachable'], a.grade), p.residence = '', p.residence, p.name, p.person_id
