-- Files whose rows do not add up, with a sentence each. A definition has no rows; it is kept as a whole.
WITH held AS (SELECT file, sum(n)::BIGINT AS n FROM (/*holders*/) GROUP BY file),
rejected AS (SELECT file, count(*) AS n FROM evidence.reject GROUP BY file),
repeated AS (SELECT file, count(*) AS n FROM evidence.duplicate GROUP BY file),
compared AS (
  SELECT f.name, f.id, f.rows_read, f.rows_loaded, f.rows_duplicate, f.rows_rejected,
    coalesce(h.n, 0) AS held, coalesce(r.n, 0) AS rejected, coalesce(d.n, 0) AS repeated,
    f.state = 'definition' AND f.id NOT IN (SELECT file FROM evidence.definition) AS lost
  FROM evidence.file f LEFT JOIN held h ON h.file = f.id LEFT JOIN rejected r ON r.file = f.id LEFT JOIN repeated d ON d.file = f.id
)
SELECT name, CASE
    WHEN lost THEN 'its definition is gone'
    WHEN rows_read <> rows_loaded + rows_duplicate + rows_rejected THEN format('{} rows read, but {} loaded, {} repeated, {} rejected', rows_read, rows_loaded, rows_duplicate, rows_rejected)
    WHEN held <> rows_loaded THEN format('{} rows are said to be loaded, {} are there', rows_loaded, held)
    WHEN rejected <> rows_rejected THEN format('{} rows are said to be rejected, {} are kept', rows_rejected, rejected)
    ELSE format('{} rows are said to be repeated, {} are noted', rows_duplicate, repeated) END AS what
FROM compared
WHERE lost OR rows_read <> rows_loaded + rows_duplicate + rows_rejected OR held <> rows_loaded OR rejected <> rows_rejected OR repeated <> rows_duplicate
ORDER BY name, id
