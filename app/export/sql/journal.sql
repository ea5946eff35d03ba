-- One row a step of the investigation.
SELECT seq, "at", actor, action, arguments, hash, previous
FROM journal.entry
ORDER BY seq
