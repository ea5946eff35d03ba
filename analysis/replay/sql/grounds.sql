INSERT INTO analysis.ground
SELECT row_number() OVER (ORDER BY grade, why), grade, why FROM (SELECT DISTINCT grade, why FROM staged);

INSERT INTO analysis.touch
SELECT s.query, s.record, g.id FROM staged s JOIN analysis.ground g ON g.grade = s.grade AND g.why = s.why ORDER BY s.query, s.record;

DROP TABLE temp.staged;
