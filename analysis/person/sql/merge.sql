-- step: shared
-- values that more than one row has; what more rows share than anybody would is nobody's own
CREATE OR REPLACE TEMP TABLE work_shared AS
SELECT kind, value FROM work_key GROUP BY kind, value HAVING count(*) BETWEEN 2 AND $rows;

-- step: pair
CREATE OR REPLACE TEMP TABLE work_pair AS
WITH member AS (SELECT k.record, k.kind, k.value, r.family, r.given, r.name FROM work_shared s JOIN work_key k USING (kind, value) JOIN work_row r USING (record))
SELECT kind, value, a.record AS a, b.record AS b, person_relate(a.family, a.given, a.name, b.family, b.given, b.name) AS relation
FROM member a JOIN member b USING (kind, value)
WHERE a.record < b.record;

-- step: group
-- divided: the rows of a value name more than one person, so it is shared
CREATE OR REPLACE TEMP TABLE work_group AS
WITH name AS (SELECT k.kind, k.value, count(DISTINCT lower(replace(r.family || r.given || r.name, ' ', ''))) AS names
              FROM work_shared s JOIN work_key k USING (kind, value) JOIN work_row r USING (record) GROUP BY k.kind, k.value)
SELECT kind, value, bool_or(p.relation = 'different') AS divided, any_value(n.names) AS names,
       kind = 'email' AND regexp_full_match(value, $mailbox) AS mailbox
FROM work_pair p JOIN name n USING (kind, value) GROUP BY kind, value;

-- step: valued
-- A telephone number ties rows only of one name. Other values tie rows unless the names say that they are two people's;
-- where they do so for any two rows of a value, it ties only those of one name. What is left may tie: families share
-- numbers and mailboxes.
INSERT INTO analysis.merge
SELECT p.a, p.b,
  CASE p.kind WHEN 'email' THEN 'same e-mail address' WHEN 'phone' THEN 'same telephone number' WHEN 'government' THEN 'same government id'
              ELSE 'same customer number' END
  || CASE p.relation WHEN 'same' THEN ' and name' WHEN 'alike' THEN ', names alike' WHEN 'slip' THEN ', names differ in one letter'
                     WHEN 'renamed' THEN ', same given name' WHEN 'different' THEN ', other name' ELSE ', names cannot be compared' END,
  CASE WHEN p.relation = 'same' THEN 'likely'
       WHEN g.divided THEN 'possible'
       WHEN p.kind = 'phone' OR g.mailbox THEN CASE WHEN p.relation = 'alike' THEN 'likely' ELSE 'possible' END
       ELSE 'likely' END AS strength
FROM work_pair p JOIN work_group g USING (kind, value)
WHERE strength = 'likely' OR NOT g.mailbox AND g.names <= $names;

-- step: linked
-- what the CRM itself says: merged rows, person accounts, individuals
INSERT INTO analysis.merge
WITH found AS (SELECT l.record, l.via, r.id AS other FROM work_link l JOIN analysis.record r ON r.record_id = l.target
               WHERE r.id <> l.record AND r.id IN (SELECT record FROM work_row)),
     lost AS (SELECT record, via, min(record) OVER (PARTITION BY target) AS other FROM work_link
              WHERE target NOT IN (SELECT record_id FROM analysis.record) AND NOT ends_with(via, '.MasterRecordId'))
SELECT DISTINCT least(record, other), greatest(record, other), 'linked by ' || via, 'certain'
FROM (FROM found UNION ALL FROM lost) WHERE record <> other;

-- step: accounts
-- the contact of a person account; and the account that a CRM without them keeps beside a customer, under her name
INSERT INTO analysis.merge
WITH near AS (
  SELECT c.record, a.record AS account, f.via, a.personal,
         lower(replace(a.name, ' ', '')) IN (lower(replace(c.name, ' ', '')), lower(replace(c.family || c.given, ' ', '')), lower(replace(c.given || c.family, ' ', '')))
           AND a.name <> '' AS named
  FROM work_refer f JOIN work_row c ON c.record = f.record AND c.class = 'own' JOIN work_row a ON a.record = f.target AND a.class = 'mixed')
SELECT least(min(record), account), greatest(min(record), account),
       CASE WHEN personal THEN 'person account by ' ELSE 'account of her own name by ' END || min(via), 'certain'
FROM near WHERE personal OR named GROUP BY account, personal;

-- step: apart
-- what the investigator has taken apart
DELETE FROM analysis.merge m USING analysis.apart x, analysis.record a, analysis.record b
WHERE a.id = m.a AND b.id = m.b AND (a.record_id = x.a AND b.record_id = x.b OR a.record_id = x.b AND b.record_id = x.a);

-- step: edge
CREATE OR REPLACE TEMP TABLE work_edge AS
SELECT DISTINCT a, b FROM analysis.merge WHERE list_contains($strengths, strength);

-- step: label
CREATE OR REPLACE TEMP TABLE work_label AS
SELECT record, min(label) AS label FROM (SELECT a AS record, a AS label FROM work_edge UNION ALL SELECT b, a FROM work_edge) GROUP BY record;

-- step: spread
-- every row takes the least label of its neighbours, and then the label of the row it is labelled with
CREATE OR REPLACE TEMP TABLE work_step AS
WITH heard AS (
  SELECT e.a AS record, l.label FROM work_edge e JOIN work_label l ON l.record = e.b
  UNION ALL SELECT e.b, l.label FROM work_edge e JOIN work_label l ON l.record = e.a
  UNION ALL SELECT record, label FROM work_label),
least_ AS (SELECT record, min(label) AS label FROM heard GROUP BY record)
SELECT n.record, least(n.label, m.label) AS label FROM least_ n JOIN least_ m ON m.record = n.label;

-- step: changed
SELECT count(*) FROM work_step s JOIN work_label l USING (record) WHERE s.label <> l.label;

-- step: take
CREATE OR REPLACE TEMP TABLE work_label AS FROM work_step;

-- step: likely
CREATE OR REPLACE TEMP TABLE work_likely AS
SELECT r.record, coalesce(l.label, r.record) AS label FROM work_row r LEFT JOIN work_label l USING (record);

-- step: cluster
CREATE OR REPLACE TEMP TABLE work_cluster AS
SELECT r.record, coalesce(l.label, r.record) AS label FROM work_row r LEFT JOIN work_label l USING (record);
