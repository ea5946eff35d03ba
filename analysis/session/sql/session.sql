-- what a session was seen with, and when first
CREATE OR REPLACE TEMP TABLE face AS
  SELECT grp, client, address, agent, app, token, min("at") FILTER (certain) AS first_at FROM temp.spread GROUP BY ALL;
-- what only few rows say
CREATE OR REPLACE TEMP TABLE remark AS
  SELECT s.grp, s.client, max(s."at") FILTER (s.certain AND s.action = 'logout') AS logout_at, bool_or(s.action = 'login') AS login,
    bool_or(s.action = 'loginas') AS login_as, count(*) FILTER (s.sort = 'described') AS described, count(*) FILTER (s.sort = 'counted') AS counted,
    count(*) FILTER (s.sort = 'sampled') AS sampled, count(*) FILTER (s.sort = 'deleted') AS deleted, count(*) FILTER (n.export AND n.files) AS exports,
    count(*) FILTER (s.record) AS records, min(s.mfa) AS mfa
  FROM temp.spread s JOIN temp.nature n ON n.no = s.kind
  WHERE s.action IN ('login', 'loginas', 'logout') OR s.sort IS NOT NULL OR s.record OR n.export OR s.mfa IS NOT NULL GROUP BY s.grp, s.client;
-- what each session did, in one pass over all rows. A real-time event tells of a call that a log file counts too: its
-- rows count only where the log files say nothing. A bulk job repeats its count from state to state.
CREATE OR REPLACE TEMP TABLE deed AS
  SELECT d.*, coalesce(i.inferred, 0) AS inferred, r.logout_at, coalesce(r.login, false) AS login, coalesce(r.login_as, false) AS login_as,
    coalesce(r.described, 0) AS described, coalesce(r.counted, 0) AS counted, coalesce(r.sampled, 0) AS sampled, coalesce(r.deleted, 0) AS deleted,
    coalesce(r.exports, 0) AS exports, coalesce(r.records, 0) AS records, r.mfa
  FROM (SELECT s.grp, s.client, min(s.file) AS file, min(s.account) AS account, max(s.account) AS other,
      min(CASE WHEN s.certain THEN s."at" END) AS first_at, max(CASE WHEN s.certain THEN s."at" END) AS last_at,
      bool_or(n.nature = 'api') AS api, bool_or(n.nature = 'screen') AS screen, count(*) AS events, coalesce(sum(s.bytes), 0)::BIGINT AS bytes,
      coalesce(sum(CASE WHEN n.files AND s.job IS NULL AND s.sort IS DISTINCT FROM 'counted' THEN s.rows END), 0)::BIGINT AS rows_files,
      coalesce(sum(CASE WHEN NOT n.files AND s.sort IS DISTINCT FROM 'counted' THEN s.rows END), 0)::BIGINT AS rows_other,
      count(CASE WHEN s.action IN ('query', 'bulk') THEN 1 END) AS queries, count(CASE WHEN s.action IN ('page', 'record', 'listview') THEN 1 END) AS pages
    FROM temp.spread s JOIN temp.nature n ON n.no = s.kind GROUP BY s.grp, s.client) d
  LEFT JOIN temp.remark r ON r.grp = d.grp AND r.client = d.client
  LEFT JOIN (SELECT grp, client, count(*) AS inferred FROM temp.settled WHERE inferred GROUP BY ALL) i ON i.grp = d.grp AND i.client = d.client;
-- of several accounts under one client the one most rows are of
CREATE OR REPLACE TEMP TABLE mostly AS
  SELECT grp, client, arg_max(account, (events, -account)) AS account FROM (
    SELECT s.grp, s.client, s.account, count(*) AS events FROM temp.spread s SEMI JOIN (SELECT grp, client FROM temp.deed WHERE account <> other) m
      ON m.grp = s.grp AND m.client = s.client WHERE s.account IS NOT NULL GROUP BY ALL)
  GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE job AS
  SELECT grp, client, count(*) AS jobs, sum(most)::BIGINT AS rows FROM (
    SELECT grp, client, job, max(rows) AS most FROM temp.spread WHERE job IS NOT NULL GROUP BY ALL) GROUP BY ALL;
-- two logs of one failure count once
CREATE OR REPLACE TEMP TABLE refusal AS
  SELECT grp, client, max(events) AS failed FROM (
    SELECT grp, client, kind, count(*) AS events FROM temp.spread WHERE action = 'failed' GROUP BY ALL) GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE logs_end AS
  SELECT f.organisation, max(e."at") AS last_at FROM (SELECT file, max("at") AS "at" FROM temp.base GROUP BY file) e
  JOIN evidence.file f ON f.id = e.file GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE whole AS
  SELECT d.grp, d.client, f.organisation AS file_organisation, coalesce(m.account, d.account) AS account, d.first_at AS started_at, d.last_at AS ended_at, d.login AS has_login, d.logout_at,
    d.login_as, d.api, d.screen, d.events, coalesce(r.failed, 0) AS failed, d.inferred, d.bytes,
    CASE WHEN d.rows_files + coalesce(j.rows, 0) > 0 THEN d.rows_files + coalesce(j.rows, 0) ELSE d.rows_other END AS rows
  FROM temp.deed d JOIN evidence.file f ON f.id = d.file LEFT JOIN temp.job j ON j.grp = d.grp AND j.client = d.client
  LEFT JOIN temp.refusal r ON r.grp = d.grp AND r.client = d.client LEFT JOIN temp.mostly m ON m.grp = d.grp AND m.client = d.client;
-- Addresses, agents and apps in order of first appearance; an address that says nothing comes after those that do, a code
-- after whole user agents. Most sessions were seen with one of each: only the others have to be put in order.
CREATE OR REPLACE TEMP TABLE single AS
  SELECT grp, client, min(address) AS address, max(address) AS other_address, min(agent) AS agent, max(agent) AS other_agent,
    min(app) AS app, max(app) AS other_app, min(token) AS token, max(token) AS other_token FROM temp.face GROUP BY grp, client;
CREATE OR REPLACE TEMP TABLE mixed AS
  SELECT c.* FROM temp.face c SEMI JOIN (SELECT grp, client FROM temp.single
    WHERE address <> other_address OR agent <> other_agent OR app <> other_app OR token <> other_token) m ON m.grp = c.grp AND m.client = c.client;
CREATE OR REPLACE TEMP TABLE seen_with AS
  SELECT s.grp, s.client,
    CASE WHEN s.address = s.other_address THEN [s.address] ELSE coalesce(w.list, []) END AS addresses,
    CASE WHEN s.agent = s.other_agent THEN [s.agent] ELSE coalesce(g.list, []) END AS agents,
    CASE WHEN s.app = s.other_app THEN [s.app] ELSE coalesce(p.list, []) END AS apps,
    CASE WHEN s.token = s.other_token THEN [s.token] ELSE coalesce(t.list, []) END AS tokens
  FROM temp.single s
  LEFT JOIN (SELECT grp, client, list(address ORDER BY silent, first_at, address) AS list FROM (
      SELECT c.grp, c.client, c.address, NOT a.public AS silent, min(c.first_at) AS first_at FROM temp.mixed c JOIN analysis.address a ON a.id = c.address GROUP BY ALL)
    GROUP BY ALL) w ON w.grp = s.grp AND w.client = s.client
  LEFT JOIN (SELECT grp, client, list(agent ORDER BY code, first_at, agent) AS list FROM (
      SELECT c.grp, c.client, c.agent, g.code, min(c.first_at) AS first_at FROM temp.mixed c JOIN analysis.agent g ON g.id = c.agent GROUP BY ALL)
    GROUP BY ALL) g ON g.grp = s.grp AND g.client = s.client
  LEFT JOIN (SELECT grp, client, list(app ORDER BY first_at, app) AS list FROM (
      SELECT grp, client, app, min(first_at) AS first_at FROM temp.mixed WHERE app IS NOT NULL GROUP BY ALL) GROUP BY ALL) p ON p.grp = s.grp AND p.client = s.client
  LEFT JOIN (SELECT grp, client, list_sort(list(DISTINCT token)) AS list FROM temp.mixed WHERE token IS NOT NULL GROUP BY ALL) t ON t.grp = s.grp AND t.client = s.client;
-- Of several clients under one key the owner is the one that logged in, else the one whose network the account uses
-- elsewhere too, else the first; the others took the key over.
CREATE OR REPLACE TEMP TABLE hijacker AS
  WITH home AS (
    SELECT w.account, a.network, count(DISTINCT w.grp) AS times FROM temp.whole w JOIN temp.face c USING (grp, client) JOIN analysis.address a ON a.id = c.address
    WHERE a.public AND w.grp > 0 AND w.account IN (SELECT account FROM temp.whole JOIN temp.shared USING (grp)) GROUP BY ALL),
  ranked AS (
    SELECT w.grp, w.client, row_number() OVER (PARTITION BY w.grp ORDER BY w.has_login DESC,
      coalesce((SELECT max(h.times) FROM home h JOIN temp.face c ON c.grp = w.grp AND c.client = w.client JOIN analysis.address a ON a.id = c.address
        WHERE h.account = w.account AND h.network = a.network), 0) DESC, w.started_at, w.client) AS rank
    FROM temp.whole w JOIN temp.shared USING (grp))
  SELECT grp, client FROM ranked WHERE rank > 1;
-- an access ended from outside: the platform or an admin revoked it. The audit trail says so in words
CREATE OR REPLACE TEMP TABLE revoked AS
  SELECT u.id AS account, e."at" FROM analysis.event e JOIN analysis.account u ON u.username <> '' AND contains(lower(e.text), u.username)
  WHERE e.action = 'setup' AND regexp_matches(e.text, '(?i)froze|deactivat|revok|block|reset|동결|비활성|차단|취소|재설정');
CREATE OR REPLACE TEMP TABLE numbered AS
  SELECT w.*, row_number() OVER (ORDER BY w.started_at, o.organisation, w.account, w.grp, w.client) AS session,
    CASE WHEN w.grp > 0 AND w.grp % 2 = 0 THEN w.grp // 2 END AS login, o.organisation,
    CASE WHEN w.failed > 0 AND w.grp < 0 THEN 'failed' WHEN w.login_as THEN 'login-as'
      WHEN w.api AND w.screen THEN 'mixed' WHEN w.api THEN 'api' ELSE 'browser' END AS kind,
    h.grp IS NOT NULL AS hijack
  FROM (SELECT w.*, coalesce(u.organisation, w.file_organisation) AS organisation FROM temp.whole w LEFT JOIN analysis.account u ON u.id = w.account) o
  JOIN temp.whole w USING (grp, client) LEFT JOIN temp.hijacker h USING (grp, client);
CREATE OR REPLACE TEMP TABLE identity AS
  SELECT session, sha1(unhex('8f1d1b8f5c0e5b5e9d0a6f1e0c9a4b7d') || encode(name || CASE WHEN twin > 1 THEN '|' || twin ELSE '' END)) AS h FROM (
    SELECT session, name, row_number() OVER (PARTITION BY name ORDER BY session) AS twin FROM (
      SELECT n.session, concat_ws('|', n.organisation, coalesce(nullif(u.user_id, ''), u.username, ''), coalesce(l.login_key, t.session_key, ''), n.kind = 'failed',
        -- a login that is one session is known by its key, so that evidence added later leaves its id as it is
        CASE WHEN n.login IS NULL OR s.grp IS NOT NULL THEN concat_ws('|', coalesce(a.address, ''), coalesce(g.agent, ''),
          CASE WHEN n.login IS NULL THEN coalesce(strftime(n.started_at, '%Y-%m-%dT%H:%M:%S.%g'), '') END) END) AS name
      FROM temp.numbered n LEFT JOIN temp.shared s ON s.grp = n.grp LEFT JOIN analysis.account u ON u.id = n.account LEFT JOIN analysis.login l ON l.id = n.login
      LEFT JOIN analysis.token t ON t.id = CASE WHEN n.grp > 0 AND n.grp % 2 = 1 THEN n.grp // 2 END
      LEFT JOIN temp.seen_with w ON w.grp = n.grp AND w.client = n.client LEFT JOIN analysis.address a ON a.id = w.addresses[1]
      LEFT JOIN analysis.agent g ON g.id = w.agents[1]));
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
    n.organisation, n.account, n.login, w.tokens, n.started_at, n.ended_at,
    CASE WHEN n.logout_at IS NOT NULL AND n.logout_at >= n.ended_at - INTERVAL 1 MINUTE THEN 'logout'
      WHEN n.session IN (SELECT session FROM temp.ended_from_outside) THEN 'revocation'
      WHEN n.ended_at >= x.last_at - INTERVAL 2 HOUR THEN 'end of the logs' ELSE 'silence' END,
    w.addresses, w.agents, w.apps,
    n.kind, n.events, n.failed, n.inferred, n.rows, n.bytes,
    n.session IN (SELECT session FROM temp.in_gap),
    n.hijack, 0, ''
  FROM temp.numbered n JOIN temp.identity i USING (session)
  JOIN temp.seen_with w USING (grp, client)
  LEFT JOIN temp.logs_end x ON x.organisation = n.file_organisation
