-- ids only a log names
INSERT INTO analysis.record
SELECT (SELECT coalesce(max(id), 0) FROM analysis.record) + row_number() OVER (ORDER BY n.object, n.record_id), n.object, n.record_id, false, NULL, NULL
FROM (SELECT DISTINCT object, id18(record_id) AS record_id FROM named) n
WHERE NOT EXISTS (FROM analysis.record r WHERE r.record_id = n.record_id);
CREATE OR REPLACE TEMP TABLE names AS
SELECT n.*, r.id AS rec FROM named n JOIN analysis.record r ON r.record_id = id18(n.record_id);
