SELECT r.file, r.line, f.name, r.reason, r.text, r.state
FROM evidence.reject r JOIN evidence.file f ON f.id = r.file
WHERE ? = 0 OR r.file = ?
ORDER BY r.file, r.line LIMIT ? OFFSET ?
