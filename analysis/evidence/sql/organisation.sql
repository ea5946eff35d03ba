-- Forget what rested on there being only one organisation, and take the id that stands in a path: the file nearest to it wins.
CREATE OR REPLACE TEMP TABLE home_before AS SELECT id, organisation FROM evidence.file;
UPDATE evidence.file SET organisation = '' WHERE id IN (SELECT file FROM evidence.inferred WHERE how = 'only');
DELETE FROM evidence.inferred WHERE how = 'only';
CREATE OR REPLACE TEMP TABLE nameless AS
  SELECT id AS file, {home} AS said
  FROM evidence.file WHERE organisation = '' AND state = 'loaded' AND starts_with(kind, 'salesforce.');
UPDATE evidence.file f SET organisation = n.said FROM temp.nameless n WHERE n.file = f.id AND n.said <> '';
INSERT INTO evidence.inferred SELECT file, 'path' FROM temp.nameless WHERE said <> ''
