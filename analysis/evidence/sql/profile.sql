-- What the values of every column of {target} look like, judged by up to 5,000 rows spread evenly through it.
WITH filled AS (
  UNPIVOT (SELECT {counts} FROM {target}) ON COLUMNS(*) INTO NAME field VALUE filled
), step AS (SELECT greatest(1, count(*) // 5000) AS n FROM {target}
), sample AS (
  UNPIVOT (SELECT {columns} FROM {target} WHERE "line" % (SELECT n FROM step) = 0 OR "line" < 50) ON COLUMNS(*) INTO NAME field VALUE v
), value AS (SELECT field, v FROM sample WHERE v <> ''
), prefix AS (
  SELECT field, string_agg(p, ';' ORDER BY n DESC, p) AS prefixes FROM (SELECT field, left(v, 3) AS p, count(*) AS n FROM value WHERE is_id(v) GROUP BY ALL) GROUP BY field
), shown AS (
  SELECT field, string_agg(v, chr(31) ORDER BY v) AS shown FROM (SELECT DISTINCT field, left(v, 200) AS v FROM value QUALIFY row_number() OVER (PARTITION BY field ORDER BY hash(v), v) <= 200) GROUP BY field
)
SELECT f.field, any_value(f.filled)::BIGINT, count(v),
  count(*) FILTER (is_id(v) AND v SIMILAR TO '.*[0-9].*'),
  count(*) FILTER (lower(v) IN ('true', 'false')),
  count(*) FILTER (regexp_full_match(v, '-?[0-9]{1,18}')),
  count(*) FILTER (regexp_full_match(v, '-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?')),
  count(*) FILTER (regexp_full_match(v, '[12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}')),
  count(*) FILTER (regexp_full_match(v, '[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9:]+)?')),
  count(*) FILTER (regexp_full_match(v, '[^@\s]+@[^@\s]+[.][A-Za-z]{2,}')),
  count(*) FILTER (regexp_full_match(v, '([+]|00)[0-9][0-9 ()./-]{6,18}|0[0-9]{1,3}[ -][0-9]{3,4}[ -][0-9]{4}|01[016789][0-9]{7,8}')),
  count(*) FILTER (regexp_full_match(v, '[^;\n]{1,60}(;[^;\n]{1,60})+')),
  count(*) FILTER (length(v) > 255),
  coalesce(any_value(p.prefixes), ''), coalesce(any_value(s.shown), '')
FROM filled f LEFT JOIN value USING (field) LEFT JOIN prefix p USING (field) LEFT JOIN shown s USING (field)
GROUP BY f.field ORDER BY f.field
