-- One row per field of an object: on how many records its value, where not empty, was exposed.
WITH sets AS (
  SELECT r.object, e.list, e.act, e.fields, e.possible_fields, count(*) AS records
  FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record
  WHERE e.list <> 'cleared'
  GROUP BY ALL
), exposed AS (
  SELECT object, unnest(fields) AS field, list, act, records FROM sets
  UNION ALL
  SELECT object, unnest(list_filter(possible_fields, lambda f: NOT list_contains(fields, f))), 'possible', act, records FROM sets
), counted AS (
  SELECT object, field,
    coalesce(sum(records) FILTER (list = 'confirmed'), 0)::BIGINT AS confirmed,
    coalesce(sum(records) FILTER (list = 'confirmed' AND act = 'acquired'), 0)::BIGINT AS confirmed_acquired,
    coalesce(sum(records) FILTER (list = 'possible'), 0)::BIGINT AS possible
  FROM exposed GROUP BY object, field
)
SELECT c.object, c.field, coalesce(f.label, '') AS label, coalesce(f.category, '') AS category,
  coalesce(f.category_from, '') AS category_from, coalesce(f.type, '') AS type,
  c.confirmed AS records_confirmed, c.confirmed_acquired AS records_confirmed_acquired, c.possible AS records_possible,
  f.filled AS filled_in_snapshot
FROM counted c LEFT JOIN (SELECT DISTINCT ON (object, field) * FROM snapshot.field ORDER BY object, field, position) f
  ON f.object = c.object AND f.field = c.field
ORDER BY c.object, c.confirmed DESC, c.possible DESC, c.field
