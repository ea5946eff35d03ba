-- The case file. Times are TIMESTAMP holding UTC. Everything in schema analysis can be derived again from
-- evidence, raw, snapshot and journal; the steps of package analysis empty and refill it.

CREATE SCHEMA evidence;
CREATE SCHEMA raw;       -- one table per kind: "file" INTEGER, "line" BIGINT, then every column as text under its own name
CREATE SCHEMA snapshot;  -- one table per object, laid out like raw; plus the two tables that describe them
CREATE SCHEMA analysis;
CREATE SCHEMA journal;

CREATE TABLE main.setting (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- evidence -----------------------------------------------------------------------------------------------------------

CREATE TABLE evidence.file (
  id             INTEGER PRIMARY KEY,
  sha256         VARCHAR NOT NULL,          -- of the bytes as handed in (the member's own bytes inside a container)
  name           VARCHAR NOT NULL,          -- path relative to what was added, with '/'; members as container.zip/member.csv
  source         VARCHAR NOT NULL,          -- absolute path at the time of the import
  bytes          BIGINT NOT NULL,
  kind           VARCHAR NOT NULL,          -- '' when it was not recognised
  object         VARCHAR NOT NULL,          -- object of a customer table or definition, else ''
  organisation   VARCHAR NOT NULL,          -- 15-character id of the CRM organisation, '' when the file does not say
  encoding       VARCHAR NOT NULL,
  dialect        VARCHAR NOT NULL,          -- what is peculiar to the file: delimiter, spaces, footer, repaired
  timezone       VARCHAR NOT NULL,          -- of its local times; 'UTC' for files in UTC
  taken_at       TIMESTAMP,                 -- moment a customer table was exported
  rows_read      BIGINT NOT NULL,
  rows_loaded    BIGINT NOT NULL,
  rows_duplicate BIGINT NOT NULL,
  rows_rejected  BIGINT NOT NULL,
  replaced       BIGINT NOT NULL,           -- characters that did not decode
  first_at       TIMESTAMP,
  last_at        TIMESTAMP,
  added_at       TIMESTAMP NOT NULL,
  state          VARCHAR NOT NULL,          -- loaded, unrecognised, definition, same (another file has the same bytes)
  note           VARCHAR NOT NULL           -- one sentence for the investigator, or ''
);
-- what the investigator said of how to take a file, as JSON: kind, map (SHA-256), encoding, timezone, dates, snapshot_at;
-- no row when she left all of it to be found out
CREATE TABLE evidence.manner (file INTEGER NOT NULL, options VARCHAR NOT NULL);
-- line counts records, the header being 1; reason is one sentence
CREATE TABLE evidence.reject (file INTEGER NOT NULL, line BIGINT NOT NULL, reason VARCHAR NOT NULL, text VARCHAR NOT NULL,
  state VARCHAR NOT NULL DEFAULT 'open');   -- open, accepted, repaired
CREATE TABLE evidence.duplicate (file INTEGER NOT NULL, line BIGINT NOT NULL, kept_file INTEGER, kept_line BIGINT);
CREATE TABLE evidence.gap (organisation VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_at TIMESTAMP NOT NULL, to_at TIMESTAMP NOT NULL,
  expected BIGINT, covered_by VARCHAR NOT NULL, note VARCHAR NOT NULL);  -- covered_by: kinds with events of the same act in it, ';'
-- per kind, organisation and hour with events: for the coverage strip
CREATE TABLE evidence.coverage (organisation VARCHAR NOT NULL, kind VARCHAR NOT NULL, hour TIMESTAMP NOT NULL, events BIGINT NOT NULL);
-- files whose rows name no organisation, and where theirs was taken from: path, users (whom their rows name), only (there is
-- no other, looked at again when there is)
CREATE TABLE evidence.inferred (file INTEGER NOT NULL, how VARCHAR NOT NULL);
-- what a log source can hold at all: it keeps its rows for so many days, and was exported after the organisation's last event.
-- holds_from is NULL for a source that reaches further back than it usually keeps, or whose limit is unknown
CREATE TABLE evidence.source (organisation VARCHAR NOT NULL, kind VARCHAR NOT NULL, keeps BIGINT NOT NULL, first_at TIMESTAMP NOT NULL,
  last_at TIMESTAMP NOT NULL, holds_from TIMESTAMP);
-- report and list-view definitions, as handed in
CREATE TABLE evidence.definition (file INTEGER NOT NULL, carrier VARCHAR NOT NULL, definition_id VARCHAR NOT NULL,
  object VARCHAR NOT NULL, name VARCHAR NOT NULL, modified_at TIMESTAMP, body VARCHAR NOT NULL);

-- snapshot -----------------------------------------------------------------------------------------------------------

-- one row per object and organisation. columns are names in snapshot."<object>"; '' when the table has none
CREATE TABLE snapshot.object (object VARCHAR NOT NULL, organisation VARCHAR NOT NULL, label VARCHAR NOT NULL, prefix VARCHAR NOT NULL,
  key_column VARCHAR NOT NULL, created_column VARCHAR NOT NULL, modified_column VARCHAR NOT NULL, deleted_column VARCHAR NOT NULL,
  name_column VARCHAR NOT NULL, taken_at TIMESTAMP, rows BIGINT NOT NULL, deleted_included BOOLEAN NOT NULL, bad_ids BIGINT NOT NULL);
CREATE TABLE snapshot.field (object VARCHAR NOT NULL, field VARCHAR NOT NULL, position INTEGER NOT NULL, label VARCHAR NOT NULL,
  type VARCHAR NOT NULL,          -- id, reference, text, longtext, boolean, integer, number, currency, date, datetime, email, phone, multipicklist
  reference VARCHAR NOT NULL,     -- object a reference points to ('' none; several with ';')
  relationship VARCHAR NOT NULL,  -- name used in a path: ContactId -> Contact
  category VARCHAR NOT NULL, category_from VARCHAR NOT NULL, filled BIGINT NOT NULL);

-- analysis: events -----------------------------------------------------------------------------------------------------

CREATE TABLE analysis.account (id INTEGER PRIMARY KEY, organisation VARCHAR NOT NULL, user_id VARCHAR NOT NULL, -- 18 characters or ''
  username VARCHAR NOT NULL, name VARCHAR NOT NULL, role VARCHAR NOT NULL, kind VARCHAR NOT NULL, -- employee, integration, admin, system, unknown
  timezone VARCHAR NOT NULL, locale VARCHAR NOT NULL);
CREATE TABLE analysis.address (id INTEGER PRIMARY KEY, address VARCHAR NOT NULL, public BOOLEAN NOT NULL, -- false: blank, private, 'Salesforce.com IP'
  network VARCHAR NOT NULL, country VARCHAR NOT NULL, asn BIGINT, holder VARCHAR NOT NULL,
  class VARCHAR NOT NULL DEFAULT '',   -- of the network: hosting, vpn, tor, mobile, '' unknown
  given VARCHAR NOT NULL DEFAULT '', given_name VARCHAR NOT NULL DEFAULT '');  -- what the investigator says of it: office, vpn, allow-list; its name
CREATE TABLE analysis.agent (id INTEGER PRIMARY KEY, agent VARCHAR NOT NULL, family VARCHAR NOT NULL, words VARCHAR NOT NULL,
  engine VARCHAR NOT NULL DEFAULT '', major BIGINT, system VARCHAR NOT NULL DEFAULT '', mobile BOOLEAN NOT NULL DEFAULT false,
  code BOOLEAN NOT NULL DEFAULT false); -- code: a numeric code or bare name, which says less than a whole user agent
CREATE TABLE analysis.app (id INTEGER PRIMARY KEY, app VARCHAR NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE analysis.login (id INTEGER PRIMARY KEY, organisation VARCHAR NOT NULL, login_key VARCHAR NOT NULL);
CREATE TABLE analysis.token (id INTEGER PRIMARY KEY, organisation VARCHAR NOT NULL, session_key VARCHAR NOT NULL);

CREATE TABLE analysis.event (
  id       BIGINT NOT NULL,      -- 1.. in order of (file, line)
  file     INTEGER NOT NULL,
  line     BIGINT NOT NULL,
  kind     VARCHAR NOT NULL,
  "at"       TIMESTAMP,            -- NULL when the row has no readable time
  action   VARCHAR NOT NULL,     -- login, failed, loginas, logout, query, report, listview, search, record, file, bulk, describe, page, setup, alert, other
  account  INTEGER,              -- as logged; who acted is the account of the session (LoginAs: the delegated admin)
  address  INTEGER,
  agent    INTEGER,
  app      INTEGER,
  login    INTEGER,
  token    INTEGER,
  request  VARCHAR,              -- request id
  job      VARCHAR,              -- bulk job, report or list-view id, 15 characters
  status   VARCHAR,              -- as logged
  object   VARCHAR,              -- as logged; several with ';'
  record   VARCHAR,              -- ids named in the row, 18 characters, ';' between
  text     VARCHAR,              -- what was asked: SOQL, report description, URI, search text, filter
  target   VARCHAR,              -- URI or page
  rows     BIGINT,
  columns  BIGINT,
  bytes    BIGINT,
  mfa      VARCHAR,              -- second factor as logged at a login
  method   VARCHAR,              -- login type and subtype, HTTP method, operation
  tls      VARCHAR,
  delegate INTEGER               -- account that acted in this one's place (LoginAs, audit trail)
);

-- an event with what its numbers stand for: what rules over log rows are written against
CREATE VIEW analysis.log_row AS
  SELECT e.id, e.file, e.line, e.kind, e."at", e.action, u.username AS account, u.kind AS account_kind, a.address, a.network, a.country, a.asn, a.holder, a.class,
    g.agent, g.family, p.app AS app_id, p.name AS app, e.request, e.job, e.status, e.object, e.record, e.text, e.target, e.rows, e.columns, e.bytes, e.mfa, e.method, e.tls
  FROM analysis.event e LEFT JOIN analysis.account u ON u.id = e.account LEFT JOIN analysis.address a ON a.id = e.address
  LEFT JOIN analysis.agent g ON g.id = e.agent LEFT JOIN analysis.app p ON p.id = e.app;

-- analysis: sessions -----------------------------------------------------------------------------------------------------

CREATE TABLE analysis.session (
  id           INTEGER PRIMARY KEY,
  session_id   VARCHAR NOT NULL,     -- UUIDv5 of organisation, account and login key; of client and start too where the key does not tell
  organisation VARCHAR NOT NULL,
  account      INTEGER,
  login        INTEGER,              -- NULL: none is known
  tokens       INTEGER[] NOT NULL,
  started_at   TIMESTAMP,
  ended_at     TIMESTAMP,
  ended_by     VARCHAR NOT NULL,     -- logout, silence, revocation, end of the logs
  addresses    INTEGER[] NOT NULL,
  agents       INTEGER[] NOT NULL,
  apps         INTEGER[] NOT NULL,
  kind         VARCHAR NOT NULL,     -- browser, api, login-as, failed, mixed
  events       BIGINT NOT NULL,
  failed       BIGINT NOT NULL,      -- of them failed logins
  inferred     BIGINT NOT NULL,      -- of them attributed without a key
  rows         BIGINT NOT NULL,
  bytes        BIGINT NOT NULL,
  gap          BOOLEAN NOT NULL,     -- an uncovered log gap lies in it
  hijack       BOOLEAN NOT NULL,     -- shares its keys with another client at the same time
  score        DOUBLE NOT NULL,      -- 0..100
  reasons      VARCHAR NOT NULL      -- 'rule +weight words; …'
);
CREATE TABLE analysis.segment (session INTEGER NOT NULL, segment INTEGER NOT NULL, address INTEGER, agent INTEGER, app INTEGER,
  started_at TIMESTAMP, ended_at TIMESTAMP, events BIGINT NOT NULL);
-- every event belongs to one session; ambiguous ones have several rows with certain = false
CREATE TABLE analysis.attribution (event BIGINT NOT NULL, session INTEGER NOT NULL, segment INTEGER, how VARCHAR NOT NULL, -- login key, session key, request, job, report, account and time, …
  certain BOOLEAN NOT NULL);
-- what the score is made of: one row per session and rule, with the log lines that show it
CREATE TABLE analysis.finding (session INTEGER NOT NULL, rule VARCHAR NOT NULL, weight DOUBLE NOT NULL, words VARCHAR NOT NULL, events BIGINT[] NOT NULL,
  words_ko VARCHAR NOT NULL DEFAULT '', fired_at TIMESTAMP);  -- fired_at: when the rule would have spoken, had it been watched
-- one row per session that is no failed login: what rules are written over, explained in assets/rules/README.md
CREATE TABLE analysis.trait (session INTEGER PRIMARY KEY, account INTEGER, account_kind VARCHAR, kind VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP,
  local_hour INTEGER, address VARCHAR, network VARCHAR, country VARCHAR, asn BIGINT, holder VARCHAR, class VARCHAR, agent VARCHAR, family VARCHAR,
  program BOOLEAN, app VARCHAR, own_sessions BIGINT, own_network BIGINT, own_holder BIGINT, own_country BIGINT, own_agent BIGINT, own_app BIGINT,
  own_hour BIGINT, own_api BIGINT, home_country VARCHAR, home_holder BOOLEAN, settled BOOLEAN, network_homes BIGINT, holder_homes BIGINT,
  country_homes BIGINT, network_accounts BIGINT, agent_accounts BIGINT, app_accounts BIGINT, failed_before BIGINT, sprayed BIGINT, abroad BOOLEAN,
  hijack BOOLEAN, login BOOLEAN, mfa VARCHAR, mfa_usual DOUBLE, events BIGINT, rows BIGINT, rows_own BIGINT, rows_usual BIGINT, bytes BIGINT,
  records BIGINT, described BIGINT, counted BIGINT, sampled BIGINT, queries BIGINT, exports BIGINT, own_exports BIGINT, pages BIGINT, jobs BIGINT,
  jobs_deleted BIGINT, objects_new BIGINT, app_installed BIGINT, changed BIGINT, ioc_address VARCHAR, ioc_network VARCHAR, ioc_agent VARCHAR,
  ioc_agent_confidence VARCHAR, ioc_app VARCHAR, ioc_query VARCHAR,
  mobile BOOLEAN, -- mobile: a telephone, or a mobile carrier's network
  given VARCHAR, -- the investigator's word for the network: office, vpn, allow-list, ''
  -- accounts refused from the network that never got in from it; other accounts that came from it on more than one day;
  -- whether the account came from it before anybody was refused there
  in_vain BIGINT, network_regulars BIGINT, known_before BOOLEAN,
  after_logout BIGINT, woken BIGINT); -- rows of a session key after its logout; times one came back after a day's silence
-- log rows that show what rules find in a session; of sessions no rule speaks of there is none
CREATE TABLE analysis.proof (session INTEGER PRIMARY KEY, ev_first BIGINT[] NOT NULL, ev_recon BIGINT[] NOT NULL, ev_record BIGINT[] NOT NULL,
  ev_export BIGINT[] NOT NULL, ev_volume BIGINT[] NOT NULL, ev_deleted BIGINT[] NOT NULL, ev_failed BIGINT[] NOT NULL, ev_setup BIGINT[] NOT NULL,
  ev_again BIGINT[] NOT NULL DEFAULT []);
-- what the lists show of a session, spelled out once: several values with ';'
CREATE TABLE analysis.session_text (session INTEGER PRIMARY KEY, account_id VARCHAR NOT NULL, account_name VARCHAR NOT NULL,
  person VARCHAR NOT NULL, ip VARCHAR NOT NULL, countries VARCHAR NOT NULL, user_agent VARCHAR NOT NULL, app VARCHAR NOT NULL,
  login_key VARCHAR NOT NULL, session_keys VARCHAR NOT NULL, haystack VARCHAR NOT NULL, -- haystack: lower case, to search in
  reasons_ko VARCHAR NOT NULL DEFAULT ''); -- session.reasons in Korean
-- refilled from the journal after sessions were derived again
CREATE TABLE analysis.verdict (session INTEGER NOT NULL, verdict VARCHAR NOT NULL, reason VARCHAR NOT NULL, entry BIGINT NOT NULL);

-- analysis: replay -----------------------------------------------------------------------------------------------------

-- record of the snapshot, or one that only a log names (present = false)
CREATE TABLE analysis.record (id INTEGER NOT NULL, object VARCHAR NOT NULL, record_id VARCHAR NOT NULL, present BOOLEAN NOT NULL,
  file INTEGER, line BIGINT);
CREATE TABLE analysis.query (
  id            INTEGER PRIMARY KEY,
  query_id      VARCHAR NOT NULL,     -- UUIDv5 of session, time, carrier and text
  session       INTEGER NOT NULL,
  "at"            TIMESTAMP,
  carrier       VARCHAR NOT NULL,     -- soql, report, listview, search, sosl, record, fetchxml
  text          VARCHAR NOT NULL,
  object        VARCHAR NOT NULL,
  fields        VARCHAR[] NOT NULL,   -- API names; those of other objects as Object.Field
  act           VARCHAR NOT NULL,     -- viewed, acquired, '' for reconnaissance
  rows_logged   BIGINT,
  bytes_logged  BIGINT,
  rows_certain  BIGINT,               -- rows that matched whatever was edited since
  rows_replayed BIGINT,               -- certain and uncertain rows
  rows_extra    BIGINT,               -- rows of child objects returned with them
  missing       BIGINT,               -- logged rows that no record of the snapshot explains
  outcome       VARCHAR NOT NULL,     -- matches, superset, subset, undefined-subset, recorded, count-only, no-count, not-understood
  why           VARCHAR NOT NULL,     -- one sentence a lawyer understands
  sql           VARCHAR NOT NULL,
  certain       BOOLEAN NOT NULL,     -- its rows belong to the session beyond doubt
  excluded      BOOLEAN NOT NULL,     -- declared out by the investigator
  columns_logged   BIGINT,
  columns_replayed BIGINT,            -- columns the query as it was read shows
  bytes_estimated  BIGINT             -- of the values of its rows, by the average lengths of the snapshot
);
CREATE TABLE analysis.query_event (query INTEGER NOT NULL, event BIGINT NOT NULL);
CREATE TABLE analysis.query_field (query INTEGER NOT NULL, object VARCHAR NOT NULL, field VARCHAR NOT NULL);
-- a query of an attacker session touched a record, on one of a few grounds. Rows that several queries returned alike are
-- kept once, as an answer in two parts (1: matched for certain, 2: may have matched), each on a ground of the query's own,
-- and records that the same answers hold are one lot. All of it is read as analysis.access
CREATE TABLE analysis.ground (id INTEGER PRIMARY KEY, grade VARCHAR NOT NULL, why VARCHAR NOT NULL);
CREATE TABLE analysis.touch (query INTEGER NOT NULL, record INTEGER NOT NULL, ground INTEGER NOT NULL);
CREATE TABLE analysis.lot (lot INTEGER NOT NULL, record INTEGER NOT NULL);
CREATE TABLE analysis.answer (answer INTEGER NOT NULL, lot INTEGER NOT NULL, part INTEGER NOT NULL);
CREATE TABLE analysis.query_answer (query INTEGER NOT NULL, answer INTEGER NOT NULL, part INTEGER NOT NULL, ground INTEGER NOT NULL);
CREATE VIEW analysis.access AS SELECT t.query, t.record, g.grade, g.why, g.id AS ground
  FROM (FROM analysis.touch UNION ALL SELECT q.query, l.record, q.ground FROM analysis.query_answer q JOIN analysis.answer a USING (answer, part)
    JOIN analysis.lot l USING (lot)) t
  JOIN analysis.ground g ON g.id = t.ground;

-- analysis: scope, persons ------------------------------------------------------------------------------------------------

-- what is said of records on a list; many records are alike
CREATE TABLE analysis.listing (id INTEGER NOT NULL, list VARCHAR NOT NULL, grade VARCHAR NOT NULL, act VARCHAR NOT NULL,
  fields VARCHAR[] NOT NULL,     -- non-empty ones of the accesses that put it on its list
  possible_fields VARCHAR[] NOT NULL, -- further ones of weaker accesses
  sessions INTEGER[] NOT NULL, queries INTEGER[] NOT NULL, first_at TIMESTAMP, last_at TIMESTAMP, why VARCHAR NOT NULL);
CREATE TABLE analysis.listed (record INTEGER NOT NULL, listing INTEGER NOT NULL);
-- one row per record that is on a list
CREATE VIEW analysis.exposure AS SELECT r.record, l.* EXCLUDE (id) FROM analysis.listed r JOIN analysis.listing l ON l.id = r.listing;
-- corrections of the investigator, refilled from the journal before queries are replayed: exclude and include (query_id),
-- add (session, at, text, rows), clock (seconds the logs' clock is behind the snapshot's), snapshot (file to leave out)
CREATE TABLE analysis.correction (kind VARCHAR NOT NULL, query_id VARCHAR, session INTEGER, "at" TIMESTAMP, text VARCHAR, rows BIGINT,
  seconds BIGINT, file INTEGER, reason VARCHAR NOT NULL, entry BIGINT NOT NULL);
-- the lists as they were before the last corrections, to show the difference
CREATE TABLE analysis.exposure_before (object VARCHAR NOT NULL, record_id VARCHAR NOT NULL, list VARCHAR NOT NULL, grade VARCHAR NOT NULL);
CREATE TABLE analysis.person (id INTEGER PRIMARY KEY, person_id VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, -- person, company, employee, test
  residence VARCHAR NOT NULL, residence_from VARCHAR NOT NULL, birth DATE, records BIGINT NOT NULL,
  cluster INTEGER NOT NULL,      -- one number for all who may be one person
  residences VARCHAR[] NOT NULL, -- every country that one of the records names
  region VARCHAR NOT NULL DEFAULT ''); -- state or province of the residence (ISO 3166-2), where laws differ by it; '' unknown
-- two records that are, or may be, one person's; certain: the CRM says so, likely: persons are merged by it, possible: they are not
CREATE TABLE analysis.merge (a INTEGER NOT NULL, b INTEGER NOT NULL, reason VARCHAR NOT NULL, strength VARCHAR NOT NULL);
-- record ids that the investigator keeps apart; refilled from the journal before persons are derived
CREATE TABLE analysis.apart (a VARCHAR NOT NULL, b VARCHAR NOT NULL, reason VARCHAR NOT NULL, entry BIGINT NOT NULL);
CREATE TABLE analysis.person_record (person INTEGER NOT NULL, record INTEGER NOT NULL, reason VARCHAR NOT NULL,
  holding VARCHAR NOT NULL);     -- own: the record is the person's own; linked: it hangs on one (Case, Order, Asset)
-- one row per person on a list
CREATE TABLE analysis.affected (person INTEGER NOT NULL, list VARCHAR NOT NULL, grade VARCHAR NOT NULL, act VARCHAR NOT NULL,
  categories VARCHAR[] NOT NULL, fields VARCHAR[] NOT NULL, -- Object.Field
  records BIGINT NOT NULL, first_at TIMESTAMP, last_at TIMESTAMP,
  possible_categories VARCHAR[] NOT NULL, possible_fields VARCHAR[] NOT NULL, -- further ones, of weaker accesses
  age INTEGER,                   -- in full years at first_at, NULL when the birth date is unknown
  most BIGINT NOT NULL DEFAULT 1,      -- persons she is if no link between records holds: her own records on her list, at least 1
  most_any BIGINT NOT NULL DEFAULT 1); -- the same of her own records on any list but cleared

-- journal -----------------------------------------------------------------------------------------------------------

CREATE TABLE journal.entry (seq BIGINT PRIMARY KEY, "at" TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, action VARCHAR NOT NULL,
  arguments VARCHAR NOT NULL, previous VARCHAR NOT NULL, hash VARCHAR NOT NULL);

-- the lists as they were frozen under a number, and those of earlier incidents; never derived again
CREATE TABLE journal.list_version (version INTEGER PRIMARY KEY, "at" TIMESTAMP NOT NULL, reason VARCHAR NOT NULL,
  incident VARCHAR NOT NULL,     -- '' for this case, else the name of an earlier incident
  entry BIGINT NOT NULL);        -- of the journal
CREATE TABLE journal.list_entry (version INTEGER NOT NULL, person_id VARCHAR NOT NULL, list VARCHAR NOT NULL, grade VARCHAR NOT NULL, act VARCHAR NOT NULL,
  residence VARCHAR NOT NULL, fields VARCHAR[] NOT NULL, possible_fields VARCHAR[] NOT NULL,
  records VARCHAR[] NOT NULL);   -- ids of the person's own records, by which two versions are compared

-- identifiers -------------------------------------------------------------------------------------------------------
-- A CRM id has 15 case-sensitive characters; the 18-character form adds one check character per five.

-- Check character of the five characters from p on: bit n of its place in the alphabet says that the nth is a capital.
-- Letters and digits that are none have bit 5 of their byte set; 137977929760 (hexadecimal 2020202020) leaves those bits
-- and % 511 gathers them: 2^9 is 1 there, so that bits 8 apart come to lie side by side, the first lowest.
CREATE MACRO id_check(t, p) AS ['5','4','3','2','1','0','Z','Y','X','W','V','U','T','S','R','Q','P','O','N','M','L','K','J','I','H','G','F','E','D','C',
  'B','A'][1 + ((try_cast('0x' || hex(t[p:p + 4]) AS BIGINT) & 137977929760) >> 1) % 511];
-- 18-character form of an id of 15 or 18 characters; any other text unchanged
CREATE MACRO id18(t) AS CASE WHEN length(t) = 15 AND regexp_full_match(t, '[A-Za-z0-9]{15}')
  THEN t || id_check(t, 1) || id_check(t, 6) || id_check(t, 11) ELSE t END;
-- whether a text is an id: 15 characters, or 18 with the right check characters
CREATE MACRO is_id(t) AS coalesce(CASE WHEN length(t) = 18 AND regexp_full_match(t, '[A-Za-z0-9]{15}[A-Z0-5]{3}')
  THEN t[16:] = id_check(t, 1) || id_check(t, 6) || id_check(t, 11) ELSE length(t) = 15 AND regexp_full_match(t, '[A-Za-z0-9]{15}') END, false);
-- a whole number with its thousands set apart
CREATE MACRO num(n) AS format('{:,}', n::BIGINT);
