-- What follows works on groups: all events under one login key, or under one session key whose login nobody knows.
-- "grp" is the login's number doubled, or the token's doubled plus one; NULL where a row has no key.
--
-- All of it runs inside the transaction that made the events, where the optimizer takes every table for an empty one:
-- joins are written so that they can only become hash joins, with every condition on one side inside the join's key, and
-- so that the hash table is built over the small side: it stands on the right, and is a table rather than a subquery,
-- which would be taken for one row more than none. Such a table is also read by one core, however large it is. Two things
-- give it more: a large one that is counted or looked up is read in parts, each by a core of its own (parts), and one that
-- a table is filled from goes through a materialized CTE, which is filled and read by all.
SET VARIABLE quarter = (SELECT coalesce(max(id), 0) // 4 + 1 FROM analysis.event);
CREATE OR REPLACE TEMP MACRO parts(whole) AS TABLE
  FROM query_table(whole) WHERE id < getvariable('quarter')
  UNION ALL FROM query_table(whole) WHERE id >= getvariable('quarter') AND id < 2 * getvariable('quarter')
  UNION ALL FROM query_table(whole) WHERE id >= 2 * getvariable('quarter') AND id < 3 * getvariable('quarter')
  UNION ALL FROM query_table(whole) WHERE id >= 3 * getvariable('quarter');
CREATE OR REPLACE TEMP VIEW event AS FROM parts('analysis.event');
CREATE OR REPLACE TEMP TABLE token_login AS
  SELECT token, min(login) AS login FROM temp.event
  WHERE token IS NOT NULL AND login IS NOT NULL GROUP BY token HAVING min(login) = max(login);
-- the account acted for by a delegated admin: whatever stands under that login is the admin's doing
CREATE OR REPLACE TEMP TABLE acted_for AS
  SELECT DISTINCT coalesce(coalesce(e.login, t.login) * 2::BIGINT, e.token * 2::BIGINT + 1) AS grp, e.account, e.delegate
  FROM (SELECT login, token, account, delegate FROM temp.event WHERE action = 'loginas' AND delegate IS NOT NULL) e LEFT JOIN temp.token_login t ON t.token = e.token
  WHERE coalesce(e.login, e.token) IS NOT NULL;
CREATE OR REPLACE TEMP TABLE delegated AS SELECT grp, min(delegate) AS delegate FROM temp.acted_for GROUP BY grp;
-- kinds by number: whether they tell of a screen or of calls, and whether they are log files, which other dialects repeat
CREATE OR REPLACE TEMP TABLE nature AS
  SELECT (row_number() OVER (ORDER BY kind))::INTEGER AS no, kind,
    CASE WHEN regexp_matches(kind, '(?i)api|bulk|soap|composite') AND NOT regexp_matches(kind, '(?i)TotalUsage') THEN 'api'
      WHEN regexp_matches(kind, '(?i)lightning|aura|\.uri|visualforce|search|dashboard|listview|console|knowledge|content|attachment|setupaudit') THEN 'screen' ELSE '' END AS nature,
    NOT regexp_matches(kind, '^salesforce\.(rtem|elo)\.') AS files, regexp_matches(kind, 'ReportExport') AS export, starts_with(kind, 'salesforce.') AS crm
  FROM (SELECT DISTINCT kind FROM evidence.file);
-- whose each file is, '' where it holds rows of several organisations or does not say
CREATE OR REPLACE TEMP TABLE source AS SELECT f.id AS file, f.organisation, n.* FROM evidence.file f JOIN temp.nature n ON n.kind = f.kind;
-- agents: whether one says what it is, and browsers by engine and system, which no update of one changes
CREATE OR REPLACE TEMP TABLE tool AS
  SELECT id AS agent, family <> '' AS known, (CASE WHEN NOT code AND family <> '' AND engine <> '' AND system <> '' THEN dense_rank() OVER (ORDER BY engine, system) END)::INTEGER AS kin
  FROM analysis.agent;
-- every event with what the steps below need of it, kept narrow: what they do is read it again and again. A
-- quarter at a time, since it is held twice for the while
CREATE OR REPLACE TEMP MACRO condensed(nth) AS TABLE
  WITH half AS (
    FROM analysis.event WHERE id >= nth * getvariable('quarter') AND id < nth * getvariable('quarter') + getvariable('quarter') // 2
    UNION ALL FROM analysis.event WHERE id >= nth * getvariable('quarter') + getvariable('quarter') // 2 AND id < (nth + 1) * getvariable('quarter')),
  grouped AS (
    SELECT e.*, CASE WHEN e.action = 'failed' THEN NULL WHEN e.login IS NOT NULL THEN e.login * 2::BIGINT WHEN t.login IS NOT NULL THEN t.login * 2::BIGINT
        ELSE e.token * 2::BIGINT + 1 END AS grp
    FROM half e LEFT JOIN temp.token_login t ON t.token = CASE WHEN e.login IS NULL THEN e.token END),
  whole AS MATERIALIZED (
    SELECT e.id, e."at", e.grp, e.login IS NOT NULL AS own, coalesce(d.delegate, e.account) AS account, e.address, coalesce(a.public, false) AS public,
      e.agent, coalesce(g.known, false) AS known, g.kin, e.app, e.token, e.file, k.no AS kind, k.crm,
      e.action IN ('query', 'bulk') AS asks, e.action IN ('page', 'record', 'listview') AS shows,
      CASE WHEN starts_with(e.job, '75') THEN e.job END AS job, e.object, greatest(e.rows, 0) AS rows, greatest(e.bytes, 0) AS bytes, nullif(e.mfa, '') AS mfa,
      e.record IS NOT NULL AND e.action IN ('record', 'page') AS record,
      CASE WHEN e.action IN ('login', 'failed', 'loginas', 'logout') THEN e.action
        WHEN e.action = 'bulk' AND (e.status ILIKE '%delete%' OR (e.method = 'DELETE' AND contains(e.target, '/jobs/'))) THEN 'deleted'
        WHEN e.action = 'describe' THEN 'described'
        WHEN e.text IS NULL THEN CASE WHEN k.export THEN 'export' END
        WHEN regexp_matches(e.text, '(?i)^\s*select\s+count\(') THEN 'counted'
        WHEN regexp_matches(right(e.text, 40), '(?i)\blimit\s+\d{1,3}\s*$') THEN 'sampled'
        WHEN k.export THEN 'export' END::ENUM('login', 'failed', 'loginas', 'logout', 'deleted', 'described', 'counted', 'sampled', 'export') AS sort
    FROM grouped e LEFT JOIN temp.source k ON k.file = e.file LEFT JOIN temp.delegated d ON d.grp = e.grp
    LEFT JOIN analysis.address a ON a.id = e.address LEFT JOIN temp.tool g ON g.agent = e.agent)
  FROM whole;
CREATE OR REPLACE TEMP TABLE base_row AS FROM condensed(0);
INSERT INTO temp.base_row FROM condensed(1);
INSERT INTO temp.base_row FROM condensed(2);
INSERT INTO temp.base_row FROM condensed(3);
CREATE OR REPLACE TEMP VIEW base AS FROM parts('base_row');
-- rows without a key
CREATE OR REPLACE TEMP TABLE loose AS
  WITH whole AS MATERIALIZED (
    SELECT e.id, e."at", e.account, CASE WHEN a.public THEN e.address END AS address, CASE WHEN g.family <> '' THEN e.agent END AS agent,
      nullif(e.request, '') AS request, nullif(e.job, '') AS job, e.file, n.no AS kind, e.action, n.crm, n.nature, n.organisation
    FROM (SELECT * FROM temp.event WHERE login IS NULL AND token IS NULL AND action <> 'failed') e LEFT JOIN temp.source n ON n.file = e.file
    LEFT JOIN analysis.address a ON a.id = e.address LEFT JOIN analysis.agent g ON g.id = e.agent)
  FROM whole;
-- whether two things may be of one organisation: of what nothing tells whose it is ('') none is ruled out
CREATE OR REPLACE TEMP MACRO one_house(mine, yours) AS mine = yours OR mine = '' OR yours = '';
-- rows with a key that share the request id of one without, in one organisation (and the account: clients may set the id themselves), or its
-- bulk job, or its report within ten seconds
CREATE OR REPLACE TEMP TABLE link AS
  WITH whole AS MATERIALIZED (
    SELECT k.id, k.mine, k.heard, k.other, coalesce(coalesce(k.login, t.login) * 2::BIGINT, k.token * 2::BIGINT + 1) AS grp, k.account, k.address, k.rung, k.apart FROM (
      SELECT l.id, l.account AS mine, l.address AS heard, e.id AS other, e.login, e.token, e.account, e.address, 1 AS rung,
        abs(epoch_ms(l."at") - epoch_ms(e."at")) AS apart
      FROM temp.event e JOIN temp.loose l ON l.request = e.request JOIN temp.source n ON n.file = e.file
      WHERE one_house(l.organisation, n.organisation) AND (e.login IS NOT NULL OR e.token IS NOT NULL) AND e.action <> 'failed' AND (l.account IS NULL OR e.account IS NULL OR e.account = l.account)
      UNION ALL
      SELECT l.id, l.account, l.address, e.id, e.login, e.token, e.account, e.address, CASE WHEN starts_with(l.job, '75') THEN 2 ELSE 3 END, 0
      FROM temp.event e JOIN temp.loose l ON l.job = e.job JOIN temp.source n ON n.file = e.file
      WHERE one_house(l.organisation, n.organisation) AND (e.login IS NOT NULL OR e.token IS NOT NULL) AND e.action <> 'failed' AND (l.account IS NULL OR e.account = l.account)
        AND (starts_with(l.job, '75') OR abs(epoch_ms(e."at") - epoch_ms(l."at")) <= 10000)) k
    LEFT JOIN temp.token_login t ON t.token = CASE WHEN k.login IS NULL THEN k.token END)
  FROM whole;
-- some logs tell the keys of a request and no address, others its address and no keys: the one lends to the other
CREATE OR REPLACE TEMP TABLE lent AS
  SELECT other AS id, any_value(grp) AS grp, min(mine) AS account, min(heard) AS address FROM temp.link
  WHERE rung = 1 AND address IS NULL AND heard IS NOT NULL AND apart <= 300000 AND coalesce(account = mine, true)
  GROUP BY other HAVING min(heard) = max(heard) AND min(mine) = max(mine);
-- what the rows of a view say as a whole, by group and client
CREATE OR REPLACE TEMP MACRO tallied(part) AS TABLE
  SELECT b.grp, b.client, min(b.file) AS file, min(b.account) AS account, max(b.account) AS other_account,
    min(CASE WHEN b.certain THEN b."at" END) AS first_at, max(CASE WHEN b.certain THEN b."at" END) AS last_at,
    min(CASE WHEN b.public THEN b.address END) AS heard, max(CASE WHEN b.public THEN b.address END) AS other_heard,
    min(b.address) AS address, max(b.address) AS other_address, min(b.agent) AS agent, max(b.agent) AS other_agent, min(b.kin) AS kin, max(b.kin) AS other_kin,
    min(b.app) AS app, max(b.app) AS other_app, min(b.token) AS token, max(b.token) AS other_token,
    bool_or(n.nature = 'api') AS api, bool_or(n.nature = 'screen') AS screen, count(*) AS events, sum(b.bytes) AS bytes,
    -- A real-time event tells of a call that a log file counts too; a bulk job repeats its count from state to state.
    sum(CASE WHEN n.files AND b.job IS NULL AND b.sort IS DISTINCT FROM 'counted' THEN b.rows END) AS rows_files,
    sum(CASE WHEN NOT n.files AND b.sort IS DISTINCT FROM 'counted' THEN b.rows END) AS rows_other,
    count(CASE WHEN b.asks THEN 1 END) AS queries, count(CASE WHEN b.shows THEN 1 END) AS pages
  FROM query_table(part) b JOIN temp.nature n ON n.no = b.kind GROUP BY b.grp, b.client;
-- The same of every key in one pass. Identity providers are left out: their rows may still go to the CRM session they opened.
CREATE OR REPLACE TEMP VIEW under_key AS SELECT *, 0::BIGINT AS client, true AS certain FROM temp.base WHERE grp IS NOT NULL AND crm;
CREATE OR REPLACE TEMP TABLE tally AS FROM tallied('under_key');
CREATE OR REPLACE TEMP VIEW keyed AS
  SELECT b.id, b."at", b.grp, b.own, coalesce(b.account, l.account) AS account, coalesce(CASE WHEN b.public THEN b.address END, l.address) AS address,
    CASE WHEN b.known THEN b.agent END AS agent, b.kin
  FROM temp.base b LEFT JOIN temp.lent l ON l.id = b.id WHERE b.grp IS NOT NULL;
-- groups to be looked at row by row: of several accounts, addresses or browsers, or of an identity provider
CREATE OR REPLACE TEMP TABLE plural AS
  SELECT grp FROM (
    SELECT grp, account, other_account, heard, other_heard FROM temp.tally UNION ALL SELECT grp, account, account, address, address FROM temp.lent)
  GROUP BY grp HAVING min(account) <> max(other_account) OR min(heard) <> max(other_heard)
  UNION SELECT grp FROM temp.tally WHERE kin <> other_kin
  UNION SELECT grp FROM temp.base WHERE grp IS NOT NULL AND NOT crm;
-- one row per account, address and agent seen under one of them
CREATE OR REPLACE TEMP TABLE client_cell AS
  SELECT k.grp, k.account, k.address, k.agent, k.kin, min(k."at") AS first_at, max(k."at") AS last_at, count(*) AS events
  FROM temp.keyed k JOIN temp.plural p ON p.grp = k.grp GROUP BY ALL;
-- two browsers in turn at one address, as behind one NAT: who moves to another browser does not keep coming back
CREATE OR REPLACE TEMP TABLE in_turn AS
  SELECT grp, account, address FROM (
    SELECT k.grp, k.account, k.address, k.kin, lag(k.kin) OVER (PARTITION BY k.grp, k.account, k.address ORDER BY k."at", k.id) AS before
    FROM temp.keyed k JOIN (SELECT grp, account, address FROM temp.client_cell GROUP BY ALL HAVING min(kin) <> max(kin)) c
      ON c.grp = k.grp AND c.account = k.account AND c.address = k.address WHERE k.kin IS NOT NULL AND k."at" IS NOT NULL)
  WHERE kin <> before GROUP BY ALL HAVING count(*) >= 3;
-- groups that may hold more than one client
CREATE OR REPLACE TEMP TABLE several AS
  SELECT grp FROM temp.client_cell GROUP BY grp HAVING min(address) <> max(address) OR min(account) <> max(account)
  UNION SELECT grp FROM temp.in_turn
