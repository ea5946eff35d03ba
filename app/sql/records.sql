SELECT x.record, r.object, r.record_id, x.list, x.grade, x.act, array_to_string(x.fields, ';'), array_to_string(x.possible_fields, ';'),
  x.why, x.first_at, x.last_at, r.file, r.line
FROM analysis.exposure x JOIN analysis.record r ON r.id = x.record
