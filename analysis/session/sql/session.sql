-- what only few rows say; every row of an export has a sort
CREATE OR REPLACE TEMP TABLE remark AS
  SELECT s.grp, s.client, max(s."at") FILTER (s.certain AND s.sort = 'logout') AS logout_at, min(s."at") FILTER (s.certain AND s.sort = 'logout') AS first_logout_at, bool_or(s.sort = 'login') AS login,
    bool_or(s.sort = 'loginas') AS login_as, count(*) FILTER (s.sort = 'described') AS described, count(*) FILTER (s.sort = 'counted') AS counted,
    count(*) FILTER (s.sort = 'sampled') AS sampled, count(*) FILTER (s.sort = 'deleted') AS deleted, count(*) FILTER (n.export AND n.files) AS exports,
    count(*) FILTER (s.record) AS records, min(s.mfa) AS mfa
  FROM temp.spread s JOIN temp.nature n ON n.no = s.kind
  WHERE s.sort IS NOT NULL OR s.record OR s.mfa IS NOT NULL GROUP BY s.grp, s.client;
-- What each session did and was seen with: the tally of its key, and of the rows that do not simply go with a key. A
-- real-time event's rows count only where the log files say nothing.
CREATE OR REPLACE TEMP VIEW beside AS
  SELECT id, "at", grp, client, certain, account, address, public, agent, kin, app, token, file, kind, job, rows, bytes, asks, shows, sort FROM temp.settled
  UNION ALL
  SELECT b.id, b."at", b.grp, 0, true, b.account, b.address, b.public, b.agent, b.kin, b.app, b.token, b.file, b.kind, b.job, b.rows, b.bytes, b.asks, b.shows, b.sort
  FROM temp.base b ANTI JOIN temp.shared s ON s.grp = b.grp WHERE b.grp IS NOT NULL AND NOT b.crm;
CREATE OR REPLACE TEMP TABLE deed AS
  SELECT d.*, coalesce(i.inferred, 0) AS inferred, r.logout_at, coalesce(r.login, false) AS login, coalesce(r.login_as, false) AS login_as,
    coalesce(r.described, 0) AS described, coalesce(r.counted, 0) AS counted, coalesce(r.sampled, 0) AS sampled, coalesce(r.deleted, 0) AS deleted,
    coalesce(r.exports, 0) AS exports, coalesce(r.records, 0) AS records, r.mfa
  FROM (SELECT grp, client, min(file) AS file, min(account) AS account, max(other_account) AS other_account, min(first_at) AS first_at, max(last_at) AS last_at,
      min(address) AS address, max(other_address) AS other_address, min(agent) AS agent, max(other_agent) AS other_agent,
      min(app) AS app, max(other_app) AS other_app, min(token) AS token, max(other_token) AS other_token,
      bool_or(api) AS api, bool_or(screen) AS screen, sum(events)::BIGINT AS events, coalesce(sum(bytes), 0)::BIGINT AS bytes,
      coalesce(sum(rows_files), 0)::BIGINT AS rows_files, coalesce(sum(rows_other), 0)::BIGINT AS rows_other,
      sum(queries)::BIGINT AS queries, sum(pages)::BIGINT AS pages
    FROM (SELECT t.* FROM temp.tally t ANTI JOIN temp.shared s ON s.grp = t.grp UNION ALL FROM tallied('beside')) GROUP BY grp, client) d
  LEFT JOIN temp.remark r ON r.grp = d.grp AND r.client = d.client
  LEFT JOIN (SELECT grp, client, count(*) AS inferred FROM temp.settled WHERE inferred GROUP BY ALL) i ON i.grp = d.grp AND i.client = d.client;
-- A session key at work again five minutes after its logout (which the platform writes late rather than early), or after more
-- silence than the longest time-out the platform knows: 24 hours.
CREATE OR REPLACE TEMP TABLE long_lived AS
  SELECT d.grp, d.client FROM temp.deed d LEFT JOIN temp.remark r ON r.grp = d.grp AND r.client = d.client
  WHERE d.grp > 0 AND (d.last_at - d.first_at > INTERVAL 24 HOUR OR d.last_at - r.first_logout_at > INTERVAL 5 MINUTE);
CREATE OR REPLACE TEMP TABLE again AS
  SELECT grp, client, count(*) FILTER (late) AS after_logout, count(*) FILTER (woken) AS woken, arg_min(id, ("at", id), 20) AS ids FROM (
    SELECT s.id, s.grp, s.client, s."at", s.sort IS DISTINCT FROM 'logout' AND s."at" > min(CASE WHEN s.sort = 'logout' THEN s."at" END) OVER key + INTERVAL 5 MINUTE AS late,
      s."at" - lag(s."at") OVER so_far > INTERVAL 24 HOUR AS woken
    FROM temp.spread s JOIN temp.long_lived l ON l.grp = s.grp AND l.client = s.client WHERE s.certain AND s.crm AND s.token IS NOT NULL AND s."at" IS NOT NULL
    WINDOW key AS (PARTITION BY s.grp, s.client, s.token), so_far AS (PARTITION BY s.grp, s.client, s.token ORDER BY s."at", s.id))
  WHERE late OR woken GROUP BY grp, client;
-- of several accounts under one client the one most rows are of
CREATE OR REPLACE TEMP TABLE joint AS SELECT grp, client FROM temp.deed WHERE account <> other_account;
CREATE OR REPLACE TEMP TABLE mostly AS
  SELECT grp, client, arg_max(account, (events, -account)) AS account FROM (
    SELECT s.grp, s.client, s.account, count(*) AS events FROM temp.spread s JOIN temp.joint m ON m.grp = s.grp AND m.client = s.client WHERE s.account IS NOT NULL GROUP BY ALL)
  GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE job AS
  SELECT grp, client, count(*) AS jobs, sum(most)::BIGINT AS rows FROM (
    SELECT grp, client, job, max(rows) AS most FROM temp.spread WHERE job IS NOT NULL GROUP BY ALL) GROUP BY ALL;
-- two logs of one failure count once
CREATE OR REPLACE TEMP TABLE refusal AS
  SELECT grp, client, max(events) AS failed FROM (
    SELECT grp, client, kind, count(*) AS events FROM temp.spread WHERE sort = 'failed' GROUP BY ALL) GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE logs_end AS
  SELECT f.organisation, max(e."at") AS last_at FROM (SELECT file, max("at") AS "at" FROM temp.base GROUP BY file) e
  JOIN evidence.file f ON f.id = e.file GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE whole AS
  SELECT d.grp, d.client, f.organisation AS file_organisation, coalesce(u.organisation, f.organisation) AS organisation, coalesce(m.account, d.account) AS account, d.first_at AS started_at, d.last_at AS ended_at, d.login AS has_login, d.logout_at,
    d.login_as, d.api, d.screen, d.events, coalesce(r.failed, 0) AS failed, d.inferred, d.bytes,
    CASE WHEN d.rows_files + coalesce(j.rows, 0) > 0 THEN d.rows_files + coalesce(j.rows, 0) ELSE d.rows_other END AS rows
  FROM temp.deed d JOIN evidence.file f ON f.id = d.file LEFT JOIN temp.job j ON j.grp = d.grp AND j.client = d.client
  LEFT JOIN temp.refusal r ON r.grp = d.grp AND r.client = d.client LEFT JOIN temp.mostly m ON m.grp = d.grp AND m.client = d.client
  LEFT JOIN analysis.account u ON u.id = coalesce(m.account, d.account);
-- Addresses, agents and apps in order of first appearance; an address that says nothing comes after those that do, a code
-- after whole user agents. Most sessions were seen with one of each: only the others have to be put in order.
CREATE OR REPLACE TEMP TABLE mixed AS
  SELECT grp, client FROM temp.deed WHERE address <> other_address OR agent <> other_agent OR app <> other_app OR token <> other_token;
CREATE OR REPLACE TEMP TABLE face AS
  SELECT s.grp, s.client, s.address, s.agent, s.app, s.token, min(CASE WHEN s.certain THEN s."at" END) AS first_at
  FROM temp.spread s JOIN temp.mixed m ON m.grp = s.grp AND m.client = s.client GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE seen_with AS
  SELECT s.grp, s.client,
    CASE WHEN s.address = s.other_address THEN [s.address] ELSE coalesce(w.list, []) END AS addresses,
    CASE WHEN s.agent = s.other_agent THEN [s.agent] ELSE coalesce(g.list, []) END AS agents,
    CASE WHEN s.app = s.other_app THEN [s.app] ELSE coalesce(p.list, []) END AS apps,
    CASE WHEN s.token = s.other_token THEN [s.token] ELSE coalesce(t.list, []) END AS tokens
  FROM temp.deed s
  LEFT JOIN (SELECT grp, client, list(address ORDER BY silent, first_at, address) AS list FROM (
      SELECT c.grp, c.client, c.address, NOT a.public AS silent, min(c.first_at) AS first_at FROM temp.face c JOIN analysis.address a ON a.id = c.address GROUP BY ALL)
    GROUP BY ALL) w ON w.grp = s.grp AND w.client = s.client
  LEFT JOIN (SELECT grp, client, list(agent ORDER BY code, first_at, agent) AS list FROM (
      SELECT c.grp, c.client, c.agent, g.code, min(c.first_at) AS first_at FROM temp.face c JOIN analysis.agent g ON g.id = c.agent GROUP BY ALL)
    GROUP BY ALL) g ON g.grp = s.grp AND g.client = s.client
  LEFT JOIN (SELECT grp, client, list(app ORDER BY first_at, app) AS list FROM (
      SELECT grp, client, app, min(first_at) AS first_at FROM temp.face WHERE app IS NOT NULL GROUP BY ALL) GROUP BY ALL) p ON p.grp = s.grp AND p.client = s.client
  LEFT JOIN (SELECT grp, client, list_sort(list(DISTINCT token)) AS list FROM temp.face WHERE token IS NOT NULL GROUP BY ALL) t ON t.grp = s.grp AND t.client = s.client;
-- Of several clients under one key the owner is the one that logged in, else the one whose network the account uses
-- elsewhere too, else the first; the others took the key over.
CREATE OR REPLACE TEMP TABLE hijacker AS
  WITH came AS (
    SELECT w.grp, w.client, w.account, a.network FROM (
      SELECT w.grp, w.client, w.account, unnest(s.addresses) AS address FROM temp.whole w JOIN (SELECT DISTINCT w.account FROM temp.whole w JOIN temp.shared h ON h.grp = w.grp) o ON o.account = w.account
      JOIN temp.seen_with s ON s.grp = w.grp AND s.client = w.client WHERE w.grp > 0) w
    JOIN analysis.address a ON a.id = w.address AND a.public),
  home AS (SELECT account, network, count(DISTINCT grp) AS times FROM came GROUP BY ALL),
  used AS (SELECT c.grp, c.client, max(h.times) AS times FROM came c JOIN home h ON h.account = c.account AND h.network = c.network GROUP BY ALL)
  SELECT grp, client FROM (
    SELECT w.grp, w.client, row_number() OVER (PARTITION BY w.grp ORDER BY w.has_login DESC, coalesce(u.times, 0) DESC, w.started_at, w.client) AS rank
    FROM temp.whole w JOIN temp.shared h ON h.grp = w.grp LEFT JOIN used u ON u.grp = w.grp AND u.client = w.client)
  WHERE rank > 1;
-- what was changed, in whose organisation ('' where nothing says), in small letters
CREATE OR REPLACE TEMP TABLE setup AS
  SELECT e.id, e."at", lower(e.text) AS text, coalesce(nullif(u.organisation, ''), n.organisation) AS organisation
  FROM (SELECT id, "at", file, account, text FROM temp.event WHERE action = 'setup' AND text IS NOT NULL) e JOIN temp.source n ON n.file = e.file LEFT JOIN analysis.account u ON u.id = e.account;
-- whether a text has a user name in it, as a whole: jane@house.kr is not in mary-jane@house.kr, nor in jane@house.kr.copy
CREATE OR REPLACE TEMP MACRO names(said, name) AS CASE WHEN contains(said, name)
  THEN regexp_matches(said, '(^|[^a-z0-9._%+@-])' || regexp_escape(name) || '($|[^a-z0-9._@-]|[.]($|[^a-z0-9]))') ELSE false END;
-- an access ended from outside: the platform or an admin revoked it. The audit trail says so in words
CREATE OR REPLACE TEMP TABLE revoked AS
  SELECT u.id AS account, e."at" FROM temp.setup e JOIN analysis.account u ON u.username <> '' AND one_house(e.organisation, u.organisation) AND names(e.text, u.username)
  WHERE regexp_matches(e.text, 'froze|deactivat|revok|block|reset|동결|비활성|차단|취소|재설정');
CREATE OR REPLACE TEMP TABLE numbered AS
  SELECT w.*, (row_number() OVER (ORDER BY w.started_at, w.organisation, w.account, w.grp, w.client))::INTEGER AS session,
    CASE WHEN w.grp > 0 AND w.grp % 2 = 0 THEN (w.grp // 2)::INTEGER END AS login,
    CASE WHEN w.failed > 0 AND w.grp < 0 THEN 'failed' WHEN w.login_as THEN 'login-as'
      WHEN w.api AND w.screen THEN 'mixed' WHEN w.api THEN 'api' ELSE 'browser' END AS kind,
    h.grp IS NOT NULL AS hijack
  FROM temp.whole w LEFT JOIN temp.hijacker h ON h.grp = w.grp AND h.client = w.client;
CREATE OR REPLACE TEMP TABLE identity AS
  WITH n AS MATERIALIZED (FROM temp.numbered)
  SELECT session, sha1(unhex('8f1d1b8f5c0e5b5e9d0a6f1e0c9a4b7d') || encode(name || CASE WHEN twin > 1 THEN '|' || twin ELSE '' END)) AS h FROM (
    SELECT session, name, row_number() OVER (PARTITION BY name ORDER BY session) AS twin FROM (
      SELECT n.session, concat_ws('|', n.organisation, coalesce(nullif(u.user_id, ''), u.username, ''), coalesce(l.login_key, t.session_key, ''), n.kind = 'failed',
        -- a login that is one session is known by its key, so that evidence added later leaves its id as it is
        CASE WHEN n.login IS NULL OR s.grp IS NOT NULL THEN concat_ws('|', coalesce(a.address, ''), coalesce(g.agent, ''),
          CASE WHEN n.login IS NULL THEN coalesce(strftime(n.started_at, '%Y-%m-%dT%H:%M:%S.%g'), '') END) END) AS name
      FROM n LEFT JOIN temp.shared s ON s.grp = n.grp LEFT JOIN analysis.account u ON u.id = n.account LEFT JOIN analysis.login l ON l.id = n.login
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
  FROM temp.seen_with w JOIN temp.numbered n ON n.grp = w.grp AND n.client = w.client JOIN temp.identity i ON i.session = n.session
  LEFT JOIN temp.logs_end x ON x.organisation = n.file_organisation
