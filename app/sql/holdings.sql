SELECT r.object, r.record_id, p.reason, p.holding, r.file, r.line
FROM analysis.person_record p JOIN analysis.record r ON r.id = p.record
WHERE p.person = ? ORDER BY p.holding = 'own' DESC, r.object, r.record_id
