-- A record that several files of one organisation hold stays in its latest state; earlier states go to {earlier}.
CREATE OR REPLACE TEMP TABLE superseded AS
SELECT "file", "line" FROM (
  SELECT t."file", t."line", row_number() OVER (PARTITION BY left(f.organisation, 15), id18(t.{key})
    ORDER BY f.taken_at DESC NULLS LAST, {modified} DESC, t."file" DESC, t."line" DESC) AS place
  FROM {target} t JOIN evidence.file f ON f.id = t."file"
  WHERE coalesce(t.{key}, '') <> '' AND id18(t.{key}) IN (SELECT id18({key}) FROM {target} GROUP BY 1 HAVING count(*) > 1))
WHERE place > 1
