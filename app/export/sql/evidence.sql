-- One row a file, in the order of their names. Paths of the investigator's machine stay out.
SELECT name AS file, sha256, kind, rows_read, rows_loaded, rows_duplicate, rows_rejected, first_at, last_at,
  object, organisation, bytes, encoding, dialect, timezone, taken_at, replaced AS characters_replaced, state, note, added_at,
  (SELECT max(nullif(s.keeps, 0)) FROM evidence.source s WHERE s.kind = f.kind AND s.organisation IN ('', left(f.organisation, 15))) AS source_keeps_days,
  (SELECT max(s.holds_from) FROM evidence.source s WHERE s.kind = f.kind AND s.organisation IN ('', left(f.organisation, 15))) AS source_holds_from,
  (SELECT max(i.how) FROM evidence.inferred i WHERE i.file = f.id) AS organisation_from
FROM evidence.file f
ORDER BY name, id
