-- what the case can say by itself in a notice
SELECT coalesce(strftime(min(a.first_at), '%Y-%m-%d %H:%M'), ''), coalesce(strftime(max(a.last_at), '%Y-%m-%d %H:%M'), ''),
  (SELECT count(*) FROM analysis.verdict WHERE verdict = 'attacker'),
  (SELECT count(DISTINCT s.account) FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id WHERE v.verdict = 'attacker'),
  (SELECT count(*) FROM evidence.file WHERE state = 'loaded'),
  (SELECT coalesce(strftime(max(last_at), '%Y-%m-%d %H:%M'), '') FROM evidence.file WHERE NOT starts_with(kind, 'salesforce.table.')),
  (SELECT count(*) FROM evidence.gap),
  (SELECT count(*) FROM analysis.exposure WHERE list <> 'cleared' AND record NOT IN (SELECT record FROM analysis.person_record)),
  (SELECT max(last_at) FROM evidence.file WHERE NOT starts_with(kind, 'salesforce.table.'))
FROM analysis.affected a
