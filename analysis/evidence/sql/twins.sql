-- Rows of {target} that several files hold. Files from {first} on are new; what is loaded already stays where it is.

-- the cheap comparison: which hashes occur in more than one file
CREATE OR REPLACE TEMP TABLE twin_hash AS
SELECT {hash} AS h FROM {target} t WHERE (SELECT count(*) FROM twin_span) > 1 AND {near}
GROUP BY h HAVING count(DISTINCT "file") > 1 AND max("file") >= {first}
;
-- the exact one: the nth occurrence of a row in one file is the twin of the nth in another. Files of earlier additions
-- count as one, whose rows are kept; of new ones the file with most rows is, as the daily file beside the hourly ones
CREATE OR REPLACE TEMP TABLE twin AS
WITH candidate AS (
  SELECT t."file", t."line", {whole} AS whole, s.old, s.rows_read, f.taken_at, left(coalesce(f.organisation, ''), 15) AS organisation
  FROM {target} t JOIN twin_span s ON s.file = t."file" JOIN evidence.file f ON f.id = t."file"
  WHERE (SELECT count(*) FROM twin_hash) > 0 AND {hash} IN (SELECT h FROM twin_hash)
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY organisation, whole, CASE WHEN old THEN 0 ELSE "file" END ORDER BY "file", "line") AS n FROM candidate
), ranked AS (
  SELECT *, row_number() OVER kept AS place, first_value("file") OVER kept AS kept_file, first_value("line") OVER kept AS kept_line FROM numbered
  WINDOW kept AS (PARTITION BY organisation, whole, n ORDER BY {order}, "file", "line")
)
SELECT "file", "line", kept_file, kept_line FROM ranked WHERE place > 1
;
INSERT INTO evidence.duplicate SELECT "file", "line", kept_file, kept_line FROM twin
;
DELETE FROM {target} WHERE ("file", "line") IN (SELECT ("file", "line") FROM twin)
;
DROP TABLE twin;
DROP TABLE twin_hash;
DROP TABLE twin_span;
