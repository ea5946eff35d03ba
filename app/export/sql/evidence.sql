-- One row a file, in the order of their names. Paths of the investigator's machine stay out.
SELECT name AS file, sha256, kind, rows_read, rows_loaded, rows_duplicate, rows_rejected, first_at, last_at,
  object, organisation, bytes, encoding, dialect, timezone, taken_at, replaced AS characters_replaced, state, note, added_at
FROM evidence.file
ORDER BY name, id
