-- step: countries
INSERT INTO work_country
SELECT DISTINCT person_squash(e->>'name'), e->>'code'
FROM (SELECT unnest(from_json($countries, '["json"]')) AS e);

-- step: parts
INSERT INTO work_part
SELECT DISTINCT person_squash(e->>'name'), e->>'code'
FROM (SELECT unnest(from_json($parts, '["json"]')) AS e);

-- step: code
-- places whose text names a country; the texts are few, the rows many
CREATE OR REPLACE TEMP TABLE work_code AS
WITH text AS (SELECT DISTINCT text FROM work_place),
     known AS (SELECT t.text, c.code FROM text t JOIN work_country c ON c.name = person_squash(t.text))
SELECT p.record, p.rank, p.via, k.code FROM work_place p JOIN known k USING (text);

-- step: account
-- the billing country of the account a person belongs to
INSERT INTO work_code
SELECT f.record, 8, 'account: ' || split_part(c.via, ': ', 2), c.code
FROM work_refer f JOIN work_row a ON a.record = f.target AND a.class = 'mixed' JOIN work_row p ON p.record = f.record
JOIN work_code c ON c.record = f.target AND c.rank <= 4;

-- step: home
CREATE OR REPLACE TEMP TABLE work_home AS
SELECT record, arg_min(code, (rank, via)) AS code FROM work_code WHERE rank <= 4 OR rank = 8 GROUP BY record;

-- step: others
-- countries that at least one in two hundred customers lives in, most customers first; without any country column
-- those of the numbers written with a country code
WITH lived AS (SELECT code, count(*) AS n FROM work_home GROUP BY code),
     called AS (SELECT person_country(person_numbers(value, mobile, '', '')) AS code, count(*) AS n
                FROM (SELECT value, mobile FROM work_trait WHERE kind = 'phone' AND starts_with(ltrim(value), '+')
                        AND NOT EXISTS (FROM lived)) GROUP BY 1),
     both_ AS (FROM lived UNION ALL FROM called)
SELECT coalesce(string_agg(code, ',' ORDER BY n DESC, code), '') FROM both_
WHERE code <> '' AND n * 200 >= (SELECT sum(n) FROM both_);

-- step: phone
-- most numbers stand in one row only, so each is read where it stands
CREATE OR REPLACE TEMP TABLE work_phone AS
SELECT t.record, starts_with(ltrim(t.value, ' ('), '+') AS international,
  string_split(person_numbers(t.value, t.mobile, coalesce(h.code, ''), $others), '|') AS numbers
FROM work_trait t LEFT JOIN work_home h USING (record) WHERE t.kind = 'phone';

-- step: called
-- residence from a telephone number: 6 written with its country code, 7 valid in one country of the case only
INSERT INTO work_code
WITH one AS MATERIALIZED (SELECT record, international, person_country(numbers[1]) AS code FROM work_phone WHERE len(numbers) = 1 AND numbers[1] <> '')
SELECT record, CASE WHEN international THEN 6 ELSE 7 END,
       CASE WHEN international THEN 'phone: country code' ELSE 'phone: valid in this country only' END, code
FROM one WHERE code <> '';

-- step: key
CREATE OR REPLACE TEMP TABLE work_key AS
WITH phone AS (SELECT record, unnest(numbers) AS value FROM work_phone),
     email AS (SELECT record, unnest(CASE WHEN regexp_matches(value, '[;, ]') THEN regexp_split_to_array(value, '[;, ]+') ELSE [value] END) AS value
               FROM work_trait WHERE kind = 'email'),
     named AS (
       SELECT record, 'phone' AS kind, value FROM phone WHERE value <> ''
       UNION ALL
       SELECT record, 'email', regexp_replace(lower(value), '^mailto:|\.invalid$', '', 'g') FROM email
       WHERE regexp_full_match(value, '[^@]+@[^@]+\.[^@]+')
       UNION ALL
       SELECT record, kind, upper(regexp_replace(value, '[^\p{L}\p{N}*]', '', 'g')) FROM work_trait WHERE kind IN ('government', 'number'))
SELECT DISTINCT n.record, n.kind,
  -- a business numbers its own customers: two organisations may use one number for two people
  CASE n.kind WHEN 'number' THEN r.organisation || ' ' || n.value ELSE n.value END AS value
FROM named n JOIN work_row r USING (record)
WHERE CASE n.kind WHEN 'phone' THEN NOT regexp_full_match(n.value, $phone)
                  WHEN 'email' THEN NOT regexp_full_match(n.value, $email)
                  WHEN 'number' THEN length(n.value) >= 4 AND NOT regexp_full_match(n.value, $number)
                  ELSE length(n.value) >= 5 AND NOT regexp_full_match(n.value, $government) END;
