-- One row a log or table row that could not be loaded, with its reason.
SELECT f.name AS file, r.line, r.reason, r.state, r.text
FROM evidence.reject r JOIN evidence.file f ON f.id = r.file
ORDER BY f.name, r.file, r.line
