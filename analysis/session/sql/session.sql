-- the one pass over all rows: what each session did, by kind, client and key
CREATE OR REPLACE TEMP TABLE cell AS
  SELECT grp, client, kind, action, account, address, agent, app, token, job, min(file) AS file,
    min("at") FILTER (certain) AS first_at, max("at") FILTER (certain) AS last_at, count(*) AS events, count(*) FILTER (inferred) AS inferred,
    sum(CASE WHEN sort = 'counted' THEN 0 ELSE rows END) AS rows, max(rows) AS most, sum(bytes) AS bytes, count(*) FILTER (sort = 'counted') AS counted,
    count(*) FILTER (sort = 'sampled') AS sampled, count(*) FILTER (record) AS records, count(*) FILTER (sort = 'deleted') AS deleted, min(mfa) AS mfa
  FROM temp.spread GROUP BY ALL;
-- Row counts: a bulk job repeats its count from state to state; a real-time event tells of a call that a log file
-- counts too, and counts only where the log files say nothing.
CREATE OR REPLACE TEMP TABLE volume AS
  SELECT grp, client, coalesce(CASE WHEN sum(rows) FILTER (files) > 0 THEN sum(rows) FILTER (files) ELSE sum(rows) FILTER (NOT files) END, 0)::BIGINT AS rows
  FROM (
    SELECT c.grp, c.client, n.files, sum(c.rows)::BIGINT AS rows FROM temp.cell c JOIN temp.nature n ON n.no = c.kind WHERE c.job IS NULL GROUP BY ALL
    UNION ALL
    SELECT grp, client, true, sum(most)::BIGINT FROM (SELECT grp, client, job, max(most) AS most FROM temp.cell WHERE job IS NOT NULL GROUP BY ALL) GROUP BY ALL)
  GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE logs_end AS
  SELECT f.organisation, max(e."at") AS last_at FROM (SELECT file, max("at") AS "at" FROM temp.base GROUP BY file) e
  JOIN evidence.file f ON f.id = e.file GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE whole AS
  SELECT c.grp, c.client, min(f.organisation) AS file_organisation,
    -- whose rows most are
    arg_max(c.account, (c.events, -c.account)) AS account,
    coalesce(list_sort(list(DISTINCT c.token) FILTER (c.token IS NOT NULL)), []) AS tokens,
    min(c.first_at) AS started_at, max(c.last_at) AS ended_at,
    arg_min(c.address, (c.first_at, c.address)) AS first_address, arg_min(c.agent, (c.first_at, c.agent)) AS first_agent,
    bool_or(c.action = 'login') AS has_login, max(c.last_at) FILTER (c.action = 'logout') AS logout_at,
    bool_or(c.action = 'loginas') AS login_as,
    bool_or(n.nature = 'api') AS api, bool_or(n.nature = 'screen') AS screen,
    sum(c.events)::BIGINT AS events, coalesce(max(x.failed), 0) AS failed, sum(c.inferred)::BIGINT AS inferred, sum(c.bytes)::BIGINT AS bytes
  FROM temp.cell c JOIN evidence.file f ON f.id = c.file JOIN temp.nature n ON n.no = c.kind
  LEFT JOIN (SELECT grp, client, max(events)::BIGINT AS failed FROM (  -- two logs of one failure count once
      SELECT grp, client, kind, sum(events) AS events FROM temp.cell WHERE action = 'failed' GROUP BY ALL) GROUP BY ALL) x ON x.grp = c.grp AND x.client = c.client
  GROUP BY c.grp, c.client;
-- what a session was seen with, in order of first appearance; an address that says nothing is left out when another is there
CREATE OR REPLACE TEMP TABLE seen_with AS
  SELECT grp, client,
    coalesce(list(address ORDER BY NOT public, at_address, address) FILTER (address IS NOT NULL), []) AS addresses FROM (
      SELECT c.grp, c.client, c.address, a.public, min(c.first_at) AS at_address FROM temp.cell c JOIN analysis.address a ON a.id = c.address GROUP BY ALL)
  GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE seen_agent AS
  SELECT grp, client, list(agent ORDER BY code, first_at, agent) AS agents FROM (
    SELECT c.grp, c.client, c.agent, g.code, min(c.first_at) AS first_at FROM temp.cell c JOIN analysis.agent g ON g.id = c.agent GROUP BY ALL)
  GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE seen_app AS
  SELECT grp, client, list(app ORDER BY first_at, app) AS apps FROM (
    SELECT grp, client, app, min(first_at) AS first_at FROM temp.cell WHERE app IS NOT NULL GROUP BY ALL)
  GROUP BY ALL;
-- Of several clients under one key the owner is the one that logged in, else the one whose network the account uses
-- elsewhere too, else the first; the others took the key over.
CREATE OR REPLACE TEMP TABLE hijacker AS
  WITH home AS (
    SELECT w.account, a.network, count(DISTINCT w.grp) AS times FROM temp.whole w JOIN temp.cell c USING (grp, client) JOIN analysis.address a ON a.id = c.address
    WHERE a.public AND w.grp > 0 AND w.account IN (SELECT account FROM temp.whole JOIN temp.shared USING (grp)) GROUP BY ALL),
  ranked AS (
    SELECT w.grp, w.client, row_number() OVER (PARTITION BY w.grp ORDER BY w.has_login DESC,
      coalesce((SELECT max(h.times) FROM home h JOIN temp.cell c ON c.grp = w.grp AND c.client = w.client JOIN analysis.address a ON a.id = c.address
        WHERE h.account = w.account AND h.network = a.network), 0) DESC, w.started_at, w.client) AS rank
    FROM temp.whole w JOIN temp.shared USING (grp))
  SELECT grp, client FROM ranked WHERE rank > 1;
-- an access ended from outside: the platform or an admin revoked it. The audit trail says so in words
CREATE OR REPLACE TEMP TABLE revoked AS
  SELECT u.id AS account, e."at" FROM analysis.event e JOIN analysis.account u ON u.username <> '' AND contains(lower(e.text), u.username)
  WHERE e.action = 'setup' AND regexp_matches(e.text, '(?i)froze|deactivat|revok|block|reset|동결|비활성|차단|취소|재설정');
CREATE OR REPLACE TEMP TABLE numbered AS
  SELECT w.*, row_number() OVER (ORDER BY w.started_at, o.organisation, w.account, w.grp, w.client) AS session,
    CASE WHEN w.grp > 0 AND w.grp % 2 = 0 THEN w.grp // 2 END AS login, o.organisation, v.rows,
    CASE WHEN w.failed > 0 AND w.grp < 0 THEN 'failed' WHEN w.login_as THEN 'login-as'
      WHEN w.api AND w.screen THEN 'mixed' WHEN w.api THEN 'api' ELSE 'browser' END AS kind,
    h.grp IS NOT NULL AS hijack
  FROM (SELECT w.*, coalesce(u.organisation, w.file_organisation) AS organisation FROM temp.whole w LEFT JOIN analysis.account u ON u.id = w.account) o
  JOIN temp.whole w USING (grp, client) JOIN temp.volume v USING (grp, client) LEFT JOIN temp.hijacker h USING (grp, client);
CREATE OR REPLACE TEMP TABLE identity AS
  SELECT session, sha1(unhex('8f1d1b8f5c0e5b5e9d0a6f1e0c9a4b7d') || encode(name || CASE WHEN twin > 1 THEN '|' || twin ELSE '' END)) AS h FROM (
    SELECT session, name, row_number() OVER (PARTITION BY name ORDER BY session) AS twin FROM (
      SELECT n.session, concat_ws('|', n.organisation, coalesce(nullif(u.user_id, ''), u.username, ''), coalesce(l.login_key, t.session_key, ''), n.kind = 'failed',
        -- a login that is one session is known by its key, so that evidence added later leaves its id as it is
        CASE WHEN n.login IS NULL OR s.grp IS NOT NULL THEN concat_ws('|', coalesce(a.address, ''), coalesce(g.agent, ''),
          CASE WHEN n.login IS NULL THEN coalesce(strftime(n.started_at, '%Y-%m-%dT%H:%M:%S.%g'), '') END) END) AS name
      FROM temp.numbered n LEFT JOIN temp.shared s ON s.grp = n.grp LEFT JOIN analysis.account u ON u.id = n.account LEFT JOIN analysis.login l ON l.id = n.login
      LEFT JOIN analysis.token t ON t.id = CASE WHEN n.grp > 0 AND n.grp % 2 = 1 THEN n.grp // 2 END
      LEFT JOIN analysis.address a ON a.id = n.first_address LEFT JOIN analysis.agent g ON g.id = n.first_agent));
CREATE OR REPLACE TEMP TABLE ended_from_outside AS
  SELECT DISTINCT n.session FROM temp.numbered n JOIN temp.revoked r ON r.account = n.account AND r."at" BETWEEN n.ended_at AND n.ended_at + INTERVAL 1 HOUR;
CREATE OR REPLACE TEMP TABLE in_gap AS
  SELECT DISTINCT n.session FROM temp.numbered n JOIN evidence.gap q ON q.organisation = n.organisation AND q.from_at < n.ended_at AND q.to_at > n.started_at
  WHERE q.covered_by = '';
DELETE FROM analysis.session;
INSERT INTO analysis.session
  SELECT n.session,
    substr(i.h, 1, 8) || '-' || substr(i.h, 9, 4) || '-5' || substr(i.h, 14, 3) || '-' ||
      substr('89ab', 1 + (('0x' || substr(i.h, 17, 1))::INTEGER % 4), 1) || substr(i.h, 18, 3) || '-' || substr(i.h, 21, 12),
    n.organisation, n.account, n.login, n.tokens, n.started_at, n.ended_at,
    CASE WHEN n.logout_at IS NOT NULL AND n.logout_at >= n.ended_at - INTERVAL 1 MINUTE THEN 'logout'
      WHEN n.session IN (SELECT session FROM temp.ended_from_outside) THEN 'revocation'
      WHEN n.ended_at >= x.last_at - INTERVAL 2 HOUR THEN 'end of the logs' ELSE 'silence' END,
    coalesce(w.addresses, []), coalesce(g.agents, []), coalesce(p.apps, []),
    n.kind, n.events, n.failed, n.inferred, n.rows, n.bytes,
    n.session IN (SELECT session FROM temp.in_gap),
    n.hijack, 0, ''
  FROM temp.numbered n JOIN temp.identity i USING (session)
  LEFT JOIN temp.seen_with w USING (grp, client) LEFT JOIN temp.seen_agent g USING (grp, client) LEFT JOIN temp.seen_app p USING (grp, client)
  LEFT JOIN temp.logs_end x ON x.organisation = n.file_organisation
