-- step: member
CREATE OR REPLACE TEMP TABLE work_member AS
WITH number AS (SELECT label, row_number() OVER (ORDER BY label)::INTEGER AS person FROM (SELECT DISTINCT label FROM work_likely))
SELECT n.person, l.record, l.label = l.record AS first FROM work_likely l JOIN number n USING (label);

-- step: own
INSERT INTO analysis.person_record
WITH tie AS (SELECT a AS record, b AS other, reason, strength FROM analysis.merge WHERE strength <> 'possible'
             UNION ALL SELECT b, a, reason, strength FROM analysis.merge WHERE strength <> 'possible'),
     best AS (SELECT record, min({'strength': strength, 'other': other, 'reason': reason}) AS why FROM tie GROUP BY record)
SELECT m.person, m.record,
  CASE WHEN m.first THEN 'first record' ELSE b.why.reason || ' as ' || r.object || ' ' || r.record_id END, 'own'
FROM work_member m LEFT JOIN best b USING (record) LEFT JOIN analysis.record r ON r.id = b.why.other;

-- step: tie
-- rows that hang on a person: by their best reference, and by those that each name somebody
CREATE OR REPLACE TEMP TABLE work_tie AS
WITH reach AS (
  SELECT f.record, f.rank, f.via, p.person, min(f.rank) OVER (PARTITION BY f.record) AS best
  FROM work_refer f JOIN analysis.person_record p ON p.record = f.target
  WHERE f.record NOT IN (SELECT record FROM analysis.person_record))
SELECT person, record, 'linked by ' || min(via) AS reason FROM reach
WHERE rank = best OR list_contains($everybody, split_part(via, '.', 2))
GROUP BY person, record;

-- step: hang
INSERT INTO analysis.person_record SELECT person, record, reason, 'linked' FROM work_tie;

-- step: mention
-- a row that refers to nobody but carries the e-mail address of one person, as a message through a web form does
INSERT INTO analysis.person_record
WITH known AS (SELECT k.value, min(p.person) AS person FROM work_key k JOIN analysis.person_record p USING (record)
               WHERE k.kind = 'email' AND NOT regexp_full_match(k.value, $mailbox) GROUP BY k.value HAVING count(DISTINCT p.person) = 1)
SELECT k.person, m.record, 'carries her e-mail address in ' || min(m.via), 'linked'
FROM work_mention m JOIN known k ON k.value = lower(m.value)
WHERE m.record NOT IN (SELECT record FROM analysis.person_record) GROUP BY k.person, m.record;

-- step: residence
-- The first rule that holds for any of her records; among several countries by one rule the one most records name.
CREATE OR REPLACE TEMP TABLE work_residence AS
WITH said AS (
  SELECT p.person, CASE WHEN p.holding = 'own' THEN c.rank WHEN c.rank = 9 THEN 9 ELSE 5 END AS rank, c.via, c.code
  FROM work_code c JOIN analysis.person_record p USING (record) WHERE p.holding = 'own' OR c.rank IN (2, 3, 4, 9)),
counted AS (SELECT person, rank, code, count(*) AS n, min(via) AS via FROM said GROUP BY person, rank, code)
SELECT person, arg_min(code, (rank, -n, code)) AS residence, arg_min(via, (rank, -n, code)) AS via,
  list_sort(list_distinct(list(code))) AS residences
FROM counted GROUP BY person;

-- step: living
-- the state or province, where the country of residence has laws of its parts: named in an address of that country
CREATE OR REPLACE TEMP TABLE work_living AS
WITH text AS (SELECT DISTINCT text FROM work_region),
known AS (SELECT t.text, c.code FROM text t JOIN work_part c ON c.name = person_squash(t.text)),
said AS (
  SELECT p.person, w.rank, k.code, count(*) AS n
  FROM work_region w JOIN known k USING (text) JOIN analysis.person_record p ON p.record = w.record AND p.holding = 'own'
  JOIN work_residence r ON r.person = p.person AND starts_with(k.code, r.residence || '-')
  GROUP BY ALL)
SELECT person, arg_min(code, (rank, -n, code)) AS region FROM said GROUP BY person;

-- step: person
-- The person_id is the UUIDv5 of the least of her records, so it stays while that record is hers.
INSERT INTO analysis.person
WITH said AS (
  SELECT l.label, l.record IN (SELECT record FROM work_label) AS tied, w.*, r.record_id, w.object || ':' || r.record_id AS anchor,
    CASE WHEN given <> '' AND regexp_matches(family || given, '[\p{Hangul}\p{Han}\p{Hiragana}\p{Katakana}]') THEN family || given
         WHEN name <> '' THEN name ELSE trim(given || ' ' || family) END AS called
  FROM work_likely l JOIN work_row w USING (record) JOIN analysis.record r ON r.id = w.record),
part AS (
  SELECT *, -- the best row for what can be said once: own before account, named, changed last
    row_number() OVER (PARTITION BY label ORDER BY family || given || name = '', class = 'mixed', class = 'staff', modified DESC, record_id) AS place
  FROM said WHERE tied),
one AS (
  SELECT label, count(*) AS records, min(anchor) AS anchor, arg_min(called, place) AS name, arg_min(birth, place) AS birth,
    CASE WHEN bool_or(class = 'staff') THEN 'employee'
         WHEN bool_and(kind = 'company' OR class = 'mixed' AND NOT "natural") THEN 'company'
         WHEN bool_or(kind = 'test') AND bool_and(kind <> 'person') THEN 'test'
         ELSE 'person' END AS kind
  FROM part GROUP BY label
  UNION ALL -- most rows are tied to none
  SELECT label, 1, anchor, called, birth,
    CASE WHEN class = 'staff' THEN 'employee' WHEN kind = 'company' OR class = 'mixed' AND NOT "natural" THEN 'company'
         WHEN kind = 'test' THEN 'test' ELSE 'person' END
  FROM said WHERE NOT tied),
hashed AS (SELECT *, sha1(from_hex(replace($namespace, '-', '')) || encode(anchor)) AS h FROM one)
SELECT m.person,
  substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-5' || substr(h, 14, 3) || '-' ||
    substr('89ab', ((('0x' || substr(h, 17, 1))::INTEGER) & 3) + 1, 1) || substr(h, 18, 3) || '-' || substr(h, 21, 12),
  h.name, h.kind, coalesce(r.residence, ''), coalesce(r.via, ''), h.birth, h.records, c.label, coalesce(r.residences, []), coalesce(g.region, '')
FROM hashed h JOIN work_cluster c ON c.record = h.label JOIN work_member m ON m.record = h.label LEFT JOIN work_residence r ON r.person = m.person
LEFT JOIN work_living g ON g.person = m.person;
