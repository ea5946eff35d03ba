-- step: empty
DELETE FROM analysis.affected;
DELETE FROM analysis.person_record;
DELETE FROM analysis.merge;
DELETE FROM analysis.person;

-- step: tables
-- rows that are a person's own (or an organisation's), and what they say
CREATE OR REPLACE TEMP TABLE work_row (record INTEGER, class VARCHAR, object VARCHAR, organisation VARCHAR, family VARCHAR,
  given VARCHAR, name VARCHAR, birth DATE, personal BOOLEAN, "natural" BOOLEAN, modified VARCHAR, kind VARCHAR);
CREATE OR REPLACE TEMP TABLE work_trait (record INTEGER, kind VARCHAR, mobile BOOLEAN, value VARCHAR);
-- columns that name another record of the same person
CREATE OR REPLACE TEMP TABLE work_link (record INTEGER, via VARCHAR, target VARCHAR);
-- references of any row, rank 0 the best; rank 1000 and more lead to an account
CREATE OR REPLACE TEMP TABLE work_reference (record INTEGER, rank INTEGER, via VARCHAR, target VARCHAR);
-- e-mail addresses in rows of other tables
CREATE OR REPLACE TEMP TABLE work_mention (record INTEGER, via VARCHAR, value VARCHAR);
CREATE OR REPLACE TEMP TABLE work_place (record INTEGER, rank INTEGER, via VARCHAR, text VARCHAR);
CREATE OR REPLACE TEMP TABLE work_country (name VARCHAR, code VARCHAR);
CREATE OR REPLACE TEMP TABLE work_region (record INTEGER, rank INTEGER, text VARCHAR);
CREATE OR REPLACE TEMP TABLE work_part (name VARCHAR, code VARCHAR);

-- step: absent
-- a record that only a log names is a person of whom nothing else is known
INSERT INTO work_row
SELECT r.id, list_extract($classes, list_position($objects, r.object)), r.object, '', '', '', '', NULL, false, true, '', 'person'
FROM analysis.record r
WHERE list_contains($objects, r.object) AND r.id NOT IN (SELECT record FROM work_row);

-- step: refer
CREATE OR REPLACE TEMP TABLE work_refer AS
SELECT w.record, w.rank, w.via, r.id AS target
FROM work_reference w JOIN analysis.record r ON r.record_id = w.target
WHERE r.id <> w.record;

-- step: drop
DROP TABLE IF EXISTS work_row; DROP TABLE IF EXISTS work_trait; DROP TABLE IF EXISTS work_link; DROP TABLE IF EXISTS work_reference;
DROP TABLE IF EXISTS work_place; DROP TABLE IF EXISTS work_country; DROP TABLE IF EXISTS work_refer; DROP TABLE IF EXISTS work_home;
DROP TABLE IF EXISTS work_phone; DROP TABLE IF EXISTS work_key; DROP TABLE IF EXISTS work_shared; DROP TABLE IF EXISTS work_pair;
DROP TABLE IF EXISTS work_group; DROP TABLE IF EXISTS work_label; DROP TABLE IF EXISTS work_edge; DROP TABLE IF EXISTS work_step;
DROP TABLE IF EXISTS work_likely; DROP TABLE IF EXISTS work_cluster; DROP TABLE IF EXISTS work_code; DROP TABLE IF EXISTS work_tie;
DROP TABLE IF EXISTS work_raw; DROP TABLE IF EXISTS work_region; DROP TABLE IF EXISTS work_part; DROP TABLE IF EXISTS work_living; DROP TABLE IF EXISTS work_mention; DROP TABLE IF EXISTS work_member; DROP TABLE IF EXISTS work_residence;
