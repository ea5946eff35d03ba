SELECT p.id, p.person_id, p.name, p.kind, p.residence, p.residence_from, a.list, a.grade, a.act,
  array_to_string(a.categories, ';') AS categories, array_to_string(a.fields, ';') AS fields, a.records, a.first_at, a.last_at,
  lower(concat_ws(' ', p.person_id, p.name, p.residence, a.list, a.grade, categories)) AS haystack
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
