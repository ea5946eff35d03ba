-- A large invented case: $N persons with one record each, half of them taken for certain.
INSERT INTO main.setting (name, value) VALUES ('name', 'many'), ('timezone', 'Asia/Seoul');
INSERT INTO analysis.session (id, session_id, organisation, account, login, tokens, started_at, ended_at, ended_by, addresses, agents, apps, kind, events, failed, inferred, rows, bytes, gap, hijack, score, reasons)
 VALUES (1, '11111111-0000-5000-8000-000000000001', '', NULL, NULL, [], '2025-10-21 05:31:08.366', '2025-10-21 09:30:16.157', 'silence', [], [], [], 'api', 8, 0, 0, 6, 52000, false, false, 96.5, '');
INSERT INTO analysis.verdict (session, verdict, reason, entry) VALUES (1, 'attacker', 'known address', 2);
INSERT INTO analysis.query (id, query_id, session, "at", carrier, text, object, fields, act, rows_logged, bytes_logged, rows_certain, rows_replayed, rows_extra, missing, outcome, why, sql, certain, excluded)
 SELECT i, uuid()::VARCHAR, 1, '2025-10-21 05:40:00', 'soql', 'SELECT Id, Name FROM Contact', 'Contact', ['Id', 'Name'], 'acquired', $N, 1, $N, $N, 0, 0, 'matches', 'it matches', '', true, false FROM range(1, 4) r(i);
INSERT INTO analysis.record (id, object, record_id, present, file, line) SELECT i, 'Contact', id18('0035g' || lpad(i::VARCHAR, 10, '0')), true, NULL, i FROM range(1, $N + 1) r(i);
INSERT INTO analysis.listing (id, list, grade, act, fields, possible_fields, sessions, queries, first_at, last_at, why)
 SELECT i, CASE WHEN i % 2 = 0 THEN 'confirmed' ELSE 'possible' END, CASE WHEN i % 2 = 0 THEN 'replayed' ELSE 'bounded' END, 'acquired',
 ['Id', 'Name', 'Email', 'Phone', 'MailingStreet', 'MailingCity'], [], [1], [1 + i % 3], TIMESTAMP '2025-10-21 05:40:00' + to_seconds((i % 9000)::INTEGER), TIMESTAMP '2025-10-21 08:40:00',
 'the query matches it and it was not changed since' FROM range(1, $N + 1) r(i);
INSERT INTO analysis.listed SELECT id, id FROM analysis.listing;
INSERT INTO analysis.person (id, person_id, name, kind, residence, residence_from, birth, records, cluster, residences)
 SELECT i, uuid()::VARCHAR, '김하은' || i, 'person', CASE i % 4 WHEN 0 THEN 'KR' WHEN 1 THEN 'JP' WHEN 2 THEN 'CN' ELSE '' END, 'MailingCountry', NULL, 1, i, [] FROM range(1, $N + 1) r(i);
INSERT INTO analysis.person_record (person, record, reason, holding) SELECT i, i, 'alone', 'own' FROM range(1, $N + 1) r(i);
INSERT INTO analysis.affected (person, list, grade, act, categories, fields, records, first_at, last_at, possible_categories, possible_fields, age)
 SELECT i, CASE WHEN i % 2 = 0 THEN 'confirmed' ELSE 'possible' END, CASE WHEN i % 2 = 0 THEN 'replayed' ELSE 'bounded' END, 'acquired',
 ['name', 'contact', 'postal_address'], ['Contact.Name', 'Contact.Email', 'Contact.Phone', 'Contact.MailingStreet', 'Contact.MailingCity'], 1, '2025-10-21 05:40:00', '2025-10-21 08:40:00', [], [], NULL FROM range(1, $N + 1) r(i);
