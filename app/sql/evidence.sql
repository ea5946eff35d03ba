SELECT id, name, source, sha256, kind, object, organisation, encoding, dialect, timezone, state, note, bytes,
  rows_read, rows_loaded, rows_duplicate, rows_rejected, replaced, first_at, last_at, taken_at
FROM evidence.file ORDER BY id
