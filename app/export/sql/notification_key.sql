-- Natural persons on a list, in the order of the sheet People.
SELECT k.key FROM export_people_key k JOIN analysis.person p ON p.id = k.key WHERE p.kind = 'person' ORDER BY k.n
