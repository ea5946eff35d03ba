-- A small invented incident, filled in by hand: two sessions of one account, five customers, one company.
INSERT INTO main.setting (name, value) VALUES ('name', 'Maison Exemple, October 2025'), ('timezone', 'Asia/Seoul');
INSERT INTO evidence.file (id, sha256, name, source, bytes, kind, object, organisation, encoding, dialect, timezone, taken_at, rows_read, rows_loaded, rows_duplicate, rows_rejected, replaced, first_at, last_at, added_at, state, note) VALUES
 (1, repeat('a', 64), 'logs/RestApi_2025-10-21.csv', '/evidence/logs/RestApi_2025-10-21.csv', 5120, 'salesforce.elf.RestApi', '', '00D5g000001abcd', 'utf-8', '', 'UTC', NULL, 12, 10, 1, 1, 0, '2025-10-21 05:31:08.366', '2025-10-21 09:30:16.157', '2025-11-01 08:00:00', 'loaded', ''),
 (2, repeat('b', 64), 'customers/Contact.csv', '/evidence/customers/Contact.csv', 9000, 'salesforce.table.Contact', 'Contact', '00D5g000001abcd', 'utf-8', '', 'UTC', '2025-10-28 00:00:00', 7, 7, 0, 0, 0, NULL, NULL, '2025-11-01 08:00:01', 'loaded', ''),
 (3, repeat('c', 64), 'notes.docx', '/evidence/notes.docx', 100, '', '', '', '', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, '2025-11-01 08:00:02', 'unrecognised', 'no known header'),
 (4, repeat('d', 64), 'reports/Report.json', '/evidence/reports/Report.json', 400, 'salesforce.definition.report', 'Contact', '', 'utf-8', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, '2025-11-01 08:00:03', 'definition', '');
INSERT INTO evidence.definition (file, carrier, definition_id, object, name, modified_at, body) VALUES (4, 'report', '00O5g00000ZKOzk', 'Contact', 'All customers', NULL, '{}');
INSERT INTO evidence.reject (file, line, reason, text, state) VALUES (1, 9, 'the row has 11 values, the header 14', '"x","y' || chr(10) || 'z"', 'open');
INSERT INTO evidence.duplicate (file, line, kept_file, kept_line) VALUES (1, 12, 1, 11);
INSERT INTO evidence.gap (organisation, kind, from_at, to_at, expected, covered_by, note) VALUES ('00D5g000001abcd', 'salesforce.elf.RestApi', '2025-10-21 08:00:00', '2025-10-21 09:00:00', 240, 'salesforce.elf.ApiTotalUsage', 'no row in a busy hour');
INSERT INTO evidence.coverage (organisation, kind, hour, events) VALUES ('00D5g000001abcd', 'salesforce.elf.RestApi', '2025-10-21 05:00:00', 9), ('00D5g000001abcd', 'salesforce.elf.RestApi', '2025-10-21 09:00:00', 1);
CREATE TABLE raw."salesforce.elf.RestApi" AS SELECT 1::INTEGER AS file, (i + CASE WHEN i >= 9 THEN 1 ELSE 0 END)::BIGINT AS line, 'v' || i AS "EVENT_TYPE" FROM range(2, 12) r(i);
CREATE TABLE snapshot."Contact" (file INTEGER, line BIGINT, "Id" VARCHAR, "Name" VARCHAR, "Email" VARCHAR, "Phone" VARCHAR, "MailingStreet" VARCHAR, "Language__c" VARCHAR);
INSERT INTO snapshot."Contact" VALUES
 (2, 2, '0035g00000AAAAAAA4', '김하은', 'haeun@example.kr', '+82 10-2345-6789', '서울 강남구 1', 'ko'),
 (2, 3, '0035g00000AAAABAA4', '김하은', 'Haeun@example.kr', '', '', ''),
 (2, 4, '0035g00000AAAACAA4', '=cmd|''/c calc''!A0', 'mallory@example.com', '', '', ''),
 (2, 5, '0035g00000AAAADAA4', '王芳', '', '+86 138 0013 8000', '上海', 'zh_CN'),
 (2, 6, '0035g00000AAAAEAA4', 'Ann' || chr(1) || 'e Dupont', 'anne@example.fr', '', '', 'fr'),
 (2, 7, '0035g00000AAAAFAA4', '株式会社例', 'info@example.jp', '', '', ''),
 (2, 8, '0035g00000AAAAGAA4', '이서준', 'seojun@example.kr', '', '', '');
INSERT INTO snapshot.object (object, organisation, label, prefix, key_column, created_column, modified_column, deleted_column, name_column, taken_at, rows, deleted_included, bad_ids) VALUES ('Contact', '00D5g000001abcd', 'Contact', '003', 'Id', '', '', '', 'Name', '2025-10-28 00:00:00', 7, true, 0);
INSERT INTO snapshot.field (object, field, position, label, type, reference, relationship, category, category_from, filled) VALUES
 ('Contact', 'Id', 1, 'Contact ID', 'id', '', '', '', '', 7), ('Contact', 'Name', 2, 'Name', 'text', '', '', 'name', 'name of the field', 7),
 ('Contact', 'Email', 3, 'E-mail', 'email', '', '', 'contact', 'name of the field', 6), ('Contact', 'Phone', 4, 'Phone', 'phone', '', '', 'contact', 'name of the field', 2),
 ('Contact', 'MailingStreet', 5, 'Street', 'text', '', '', 'postal_address', 'name of the field', 2), ('Contact', 'Language__c', 6, 'Language', 'text', '', '', '', '', 3);
INSERT INTO analysis.account (id, organisation, user_id, username, name, role, kind, timezone, locale) VALUES (1, '00D5g000001abcd', '0055g00000KWzHwAAL', 'haeun.lee@maison.example', '이하은', 'Store manager', 'employee', 'Asia/Seoul', 'ko_KR');
INSERT INTO analysis.address (id, address, public, network, country, asn, holder) VALUES (1, '198.51.100.7', true, '198.51.100.0/24', 'NL', 64500, 'Example Hosting'), (2, '203.0.113.5', true, '203.0.113.0/24', 'KR', 64501, 'Example Telecom'), (3, '', false, '', '', NULL, '');
INSERT INTO analysis.agent (id, agent, family, words) VALUES (1, 'Java/17.0.10', 'java', 'Java program'), (2, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'chrome', 'Chrome on Windows');
INSERT INTO analysis.app (id, app, name) VALUES (1, '0H45g0000004C99', 'My Ticket Portal'), (2, '', '');
INSERT INTO analysis.login (id, organisation, login_key) VALUES (1, '00D5g000001abcd', 'HdeEBDGp2VbjqONx'), (2, '00D5g000001abcd', '+XyZ');
INSERT INTO analysis.token (id, organisation, session_key) VALUES (1, '00D5g000001abcd', '6Hh2QsnPVXUQzqXm'), (2, '00D5g000001abcd', '7Ab'), (3, '00D5g000001abcd', '8Cd');
INSERT INTO analysis.session (id, session_id, organisation, account, login, tokens, started_at, ended_at, ended_by, addresses, agents, apps, kind, events, failed, inferred, rows, bytes, gap, hijack, score, reasons) VALUES
 (1, '11111111-0000-5000-8000-000000000001', '00D5g000001abcd', 1, 1, [1], '2025-10-21 05:31:08.366', '2025-10-21 09:30:16.157', 'end of the logs', [1], [1], [1], 'api', 8, 0, 0, 6, 52000, true, false, 96.5, 'app-new +40 an app never seen before; hosting +30 an address of a hosting company'),
 (2, '11111111-0000-5000-8000-000000000002', '00D5g000001abcd', 1, 2, [2, 3], '2025-10-21 00:10:00', '2025-10-21 09:10:00', 'logout', [2, 3], [2], [2], 'browser', 2, 0, 1, 40, 900, false, false, 3, '');
INSERT INTO analysis.verdict (session, verdict, reason, entry) VALUES (1, 'attacker', 'the address the CRM''s owner was shown by the authority', 2), (2, 'legitimate', 'the employee at her desk', 3);
INSERT INTO analysis.event (id, file, line, kind, "at", action, account, address, agent, app, login, token, request, job, status, object, record, text, target, rows, columns, bytes, mfa, method, tls) SELECT i, 1, i + 1, 'salesforce.elf.RestApi', TIMESTAMP '2025-10-21 05:31:08.366' + to_minutes(i::INTEGER), 'query', 1, 1, 1, 1, 1, 1, NULL, NULL, '200', 'Contact', NULL, 'SELECT …', NULL, 3, NULL, NULL, NULL, NULL, NULL FROM range(1, 4) r(i);
INSERT INTO analysis.attribution (event, session, segment, how, certain) SELECT i, 1, 1, 'login key', true FROM range(1, 4) r(i);
INSERT INTO analysis.query (id, query_id, session, "at", carrier, text, object, fields, act, rows_logged, bytes_logged, rows_certain, rows_replayed, rows_extra, missing, outcome, why, sql, certain, excluded) VALUES
 (1, '22222222-0000-5000-8000-000000000001', 1, '2025-10-21 05:35:04.801', 'soql', 'SELECT COUNT() FROM Contact', 'Contact', [], '', 7, 20, NULL, NULL, NULL, NULL, 'count-only', 'It asked only for a number; nobody was touched.', '', true, false),
 (2, '22222222-0000-5000-8000-000000000002', 1, '2025-10-21 05:40:00', 'soql', 'SELECT Id, Name, Email, Phone FROM Contact WHERE Email != null', 'Contact', ['Id', 'Name', 'Email', 'Phone'], 'acquired', 4, 1200, 4, 4, 0, 0, 'matches', 'Run again on the snapshot it gives the 4 rows the log counted.', 'SELECT …', true, false),
 (3, '22222222-0000-5000-8000-000000000003', 1, '2025-10-21 05:50:00', 'soql', 'SELECT Id, Name, MailingStreet FROM Contact LIMIT 2', 'Contact', ['Id', 'Name', 'MailingStreet'], 'acquired', 2, 300, 0, 7, 0, 0, 'undefined-subset', 'A LIMIT without a total order took 2 of 7 rows, which is not known.', 'SELECT …', true, false);
INSERT INTO analysis.query_event (query, event) VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO analysis.query_field (query, object, field) VALUES (2, 'Contact', 'Name'), (2, 'Contact', 'Email'), (2, 'Contact', 'Phone'), (3, 'Contact', 'Name'), (3, 'Contact', 'MailingStreet');
INSERT INTO analysis.record (id, object, record_id, present, file, line) SELECT line - 1, 'Contact', "Id", true, file, line FROM snapshot."Contact";
INSERT INTO analysis.ground (id, grade, why) VALUES (1, 'replayed', 'the query matches it and it was not changed since'), (2, 'bounded', 'one of 7 of which 2 were taken');
INSERT INTO analysis.touch (query, record, ground) SELECT 2, i, 1 FROM range(1, 5) r(i) UNION ALL SELECT 3, i, 2 FROM range(1, 8) r(i);
INSERT INTO analysis.listing (id, list, grade, act, fields, possible_fields, sessions, queries, first_at, last_at, why)
 SELECT i, 'confirmed', 'replayed', 'acquired', ['Id', 'Name', 'Email'], ['MailingStreet'], [1], [2, 3], '2025-10-21 05:40:00', '2025-10-21 05:50:00', 'the query matches it and it was not changed since' FROM range(1, 5) r(i)
 UNION ALL SELECT i, 'possible', 'bounded', 'acquired', ['Id', 'Name'], [], [1], [3], '2025-10-21 05:50:00', '2025-10-21 05:50:00', 'one of 7 of which 2 were taken' FROM range(5, 8) r(i);
INSERT INTO analysis.listed SELECT id, id FROM analysis.listing;
INSERT INTO analysis.person (id, person_id, name, kind, residence, residence_from, birth, records, cluster, residences) VALUES
 (1, '33333333-0000-5000-8000-000000000001', '김하은', 'person', 'KR', 'MailingCountry', '1990-05-01', 2, 1, ['KR']),
 (2, '33333333-0000-5000-8000-000000000002', '=cmd|''/c calc''!A0', 'person', '', '', NULL, 1, 2, []),
 (3, '33333333-0000-5000-8000-000000000003', '王芳', 'person', 'CN', 'phone', NULL, 1, 3, ['CN']),
 (4, '33333333-0000-5000-8000-000000000004', 'Ann' || chr(1) || 'e Dupont', 'person', 'FR', 'MailingCountry', NULL, 1, 4, ['FR']),
 (5, '33333333-0000-5000-8000-000000000005', '株式会社例', 'company', 'JP', 'BillingCountry', NULL, 1, 5, ['JP']),
 (6, '33333333-0000-5000-8000-000000000006', '이서준', 'person', 'KR', 'MailingCountry', NULL, 1, 1, ['KR']);
INSERT INTO analysis.person_record (person, record, reason, holding) VALUES (1, 1, 'alone', 'own'), (1, 2, 'same e-mail', 'own'), (2, 3, 'alone', 'own'), (3, 4, 'alone', 'own'), (4, 5, 'alone', 'own'), (5, 6, 'alone', 'own'), (6, 7, 'alone', 'own');
INSERT INTO analysis.affected (person, list, grade, act, categories, fields, records, first_at, last_at, possible_categories, possible_fields, age) VALUES
 (1, 'confirmed', 'replayed', 'acquired', ['name', 'contact'], ['Contact.Name', 'Contact.Email'], 2, '2025-10-21 05:40:00', '2025-10-21 05:50:00', ['postal_address'], ['Contact.MailingStreet'], 35),
 (2, 'confirmed', 'replayed', 'acquired', ['name', 'contact'], ['Contact.Name', 'Contact.Email'], 1, '2025-10-21 05:40:00', '2025-10-21 05:50:00', [], [], NULL),
 (3, 'confirmed', 'replayed', 'acquired', ['name', 'contact'], ['Contact.Name', 'Contact.Phone'], 1, '2025-10-21 05:40:00', '2025-10-21 05:50:00', [], [], NULL),
 (4, 'possible', 'bounded', 'acquired', ['name'], ['Contact.Name'], 1, '2025-10-21 05:50:00', '2025-10-21 05:50:00', [], [], NULL),
 (5, 'possible', 'bounded', 'acquired', ['name'], ['Contact.Name'], 1, '2025-10-21 05:50:00', '2025-10-21 05:50:00', [], [], NULL),
 (6, 'possible', 'bounded', 'acquired', ['name'], ['Contact.Name'], 1, '2025-10-21 05:50:00', '2025-10-21 05:50:00', [], [], NULL);
UPDATE analysis.affected SET most = records, most_any = records;
