-- Whether rows of {target} can stand in several files, one of them new: only in files whose times overlap, or without time.
CREATE OR REPLACE TEMP TABLE twin_span AS
SELECT f.id AS file, f.first_at, f.last_at, f.rows_read, f.id < {first} AS old FROM evidence.file f
WHERE f.id IN (SELECT DISTINCT "file" FROM {target})
;
CREATE OR REPLACE TEMP TABLE twin_overlap AS
SELECT count(*) > 0 AND bool_or({untimed} OR coalesce(a.first_at <= b.last_at AND b.first_at <= a.last_at, TRUE)) AS overlap
FROM twin_span a JOIN twin_span b ON a.file < b.file WHERE b.file >= {first}
