-- What the values of every column of {target} look like, judged by up to 5,000 rows spread evenly through it. A value is
-- looked at once however often it occurs, and with the costly patterns only where its length or a character allows it.
WITH filled AS (
  UNPIVOT (SELECT {counts} FROM {target}) ON COLUMNS(*) INTO NAME field VALUE filled
), step AS (SELECT greatest(1, count(*) // 5000) AS n FROM {target}
), sample AS (
  UNPIVOT (SELECT {columns} FROM {target} WHERE "line" % (SELECT n FROM step) = 0 OR "line" < 50) ON COLUMNS(*) INTO NAME field VALUE v
), value AS MATERIALIZED (
  SELECT field, v, n, CASE WHEN length(v) = 18 AND field IN {sound} THEN true WHEN length(v) IN (15, 18) THEN is_id(v) ELSE false END AS id
  FROM (SELECT field, v, count(*) AS n FROM sample WHERE v <> '' GROUP BY field, v)
), prefix AS (
  SELECT field, string_agg(p, ';' ORDER BY n DESC, p) AS prefixes FROM (SELECT field, left(v, 3) AS p, sum(n) AS n FROM value WHERE id GROUP BY ALL) GROUP BY field
), chosen AS (
  SELECT field, v FROM (SELECT DISTINCT field, left(v, 200) AS v FROM value) QUALIFY row_number() OVER (PARTITION BY field ORDER BY hash(v), v) <= 200
), shown AS (SELECT field, string_agg(v, chr(31) ORDER BY v) AS shown FROM chosen GROUP BY field
), judged AS (
  SELECT field, sum(n)::BIGINT AS sampled,
    sum(n) FILTER (id AND regexp_matches(v, '[0-9]')) AS ids,
    sum(n) FILTER (lower(v) IN ('true', 'false')) AS booleans,
    sum(n) FILTER (CASE WHEN v < ':' THEN regexp_full_match(v, '-?[0-9]{1,18}') END) AS integers,
    sum(n) FILTER (CASE WHEN v < ':' THEN regexp_full_match(v, '-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?') END) AS numbers,
    sum(n) FILTER (CASE WHEN v < '3' AND length(v) <= 10 THEN regexp_full_match(v, '[12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}') END) AS dates,
    sum(n) FILTER (CASE WHEN v < '3' THEN regexp_full_match(v, '[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9:]+)?') END) AS moments,
    sum(n) FILTER (CASE WHEN contains(v, '@') THEN regexp_full_match(v, '[^@\s]+@[^@\s]+[.][A-Za-z]{2,}') END) AS emails,
    sum(n) FILTER (CASE WHEN v < ':' AND length(v) <= 22 THEN regexp_full_match(v,
      '([+]|00)[0-9][0-9 ()./-]{6,18}|0[0-9]{1,3}[ -][0-9]{3,4}[ -][0-9]{4}|01[016789][0-9]{7,8}') END) AS phones,
    sum(n) FILTER (CASE WHEN contains(v, ';') THEN regexp_full_match(v, '[^;\n]{1,60}(;[^;\n]{1,60})+') END) AS lists,
    sum(n) FILTER (length(v) > 255) AS long
  FROM value GROUP BY field
)
SELECT f.field, f.filled::BIGINT, coalesce(sampled, 0), coalesce(ids, 0)::BIGINT, coalesce(booleans, 0)::BIGINT, coalesce(integers, 0)::BIGINT,
  coalesce(numbers, 0)::BIGINT, coalesce(dates, 0)::BIGINT, coalesce(moments, 0)::BIGINT, coalesce(emails, 0)::BIGINT, coalesce(phones, 0)::BIGINT,
  coalesce(lists, 0)::BIGINT, coalesce(long, 0)::BIGINT, coalesce(p.prefixes, ''), coalesce(s.shown, '')
FROM filled f LEFT JOIN judged USING (field) LEFT JOIN prefix p USING (field) LEFT JOIN shown s USING (field)
ORDER BY f.field
