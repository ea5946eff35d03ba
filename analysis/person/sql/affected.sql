-- step: last
SELECT coalesce(max(person), 0) FROM analysis.person_record;

-- step: affected
-- The list of a person is the best of her records' lists; what was exposed is what the records on that list exposed,
-- what may have been is the rest.
INSERT INTO analysis.affected
WITH touched AS (
  SELECT p.person, p.holding, e.*, r.object, CASE e.list WHEN 'confirmed' THEN 1 WHEN 'possible' THEN 2 ELSE 3 END AS place
  FROM analysis.exposure e JOIN analysis.person_record p USING (record) JOIN analysis.record r ON r.id = e.record
  WHERE p.person BETWEEN $from AND $to),
best AS (
  SELECT person, min(place) AS place, count(*) AS records, min(first_at) AS first_at, max(last_at) AS last_at FROM touched GROUP BY person),
held AS (SELECT t.*, t.place = b.place AS listed FROM touched t JOIN best b USING (person)),
summed AS (
  SELECT person, arg_min(list, place) AS list,
    arg_min(grade, CASE grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 2 WHEN 'bounded' THEN 3 ELSE 4 END) FILTER (listed) AS grade,
    CASE WHEN bool_or(act = 'acquired') FILTER (listed) THEN 'acquired' ELSE max(act) FILTER (listed) END AS act,
    greatest(1, count(*) FILTER (listed AND holding = 'own')) AS most, greatest(1, count(*) FILTER (place < 3 AND holding = 'own')) AS most_any
  FROM held GROUP BY person),
field AS (
  SELECT person, object, unnest(fields) AS field, listed AS sure FROM held
  UNION ALL SELECT person, object, unnest(possible_fields), false FROM held),
told AS (
  SELECT f.person, f.object || '.' || f.field AS field, bool_or(f.sure) AS sure, any_value(coalesce(c.category, '')) AS category
  FROM field f LEFT JOIN snapshot.field c ON c.object = f.object AND c.field = f.field GROUP BY ALL),
what AS (
  SELECT person, coalesce(list(field ORDER BY field) FILTER (sure), []) AS fields, coalesce(list(field ORDER BY field) FILTER (NOT sure), []) AS possible_fields,
    coalesce(list_sort(list_distinct(list(category) FILTER (sure AND category <> ''))), []) AS categories,
    coalesce(list_sort(list_distinct(list(category) FILTER (NOT sure AND category <> ''))), []) AS possible_categories
  FROM told GROUP BY person)
SELECT b.person, s.list, s.grade, s.act, coalesce(w.categories, []), coalesce(w.fields, []), b.records, b.first_at, b.last_at,
  list_filter(coalesce(w.possible_categories, []), lambda x: NOT list_contains(w.categories, x)), coalesce(w.possible_fields, []),
  CASE WHEN p.birth <= b.first_at THEN datesub('year', p.birth, b.first_at::DATE)::INTEGER END, s.most, s.most_any
FROM best b JOIN summed s USING (person) LEFT JOIN what w USING (person) JOIN analysis.person p ON p.id = b.person;
