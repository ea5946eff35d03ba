-- Rows without a key. "loose" holds them; "tie" collects which (group, client) each belongs to, rung by rung.
CREATE OR REPLACE TEMP TABLE loose AS
  SELECT b.id, b."at", b.account, CASE WHEN b.public THEN b.address END AS address, CASE WHEN b.known THEN b.agent END AS agent,
    nullif(e.request, '') AS request, nullif(e.job, '') AS job, b.kind, b.action, f.organisation, u.organisation AS home, n.crm, n.nature
  FROM (SELECT * FROM temp.base WHERE grp IS NULL AND action <> 'failed') b
  JOIN (SELECT id, request, job FROM analysis.event WHERE login IS NULL AND token IS NULL) e ON e.id = b.id JOIN evidence.file f ON f.id = b.file
  JOIN temp.nature n ON n.no = b.kind LEFT JOIN analysis.account u ON u.id = b.account;
-- rows with a key that share the request id of one without (and the account: clients may set the id themselves), or its
-- bulk job, or its report within ten seconds
CREATE OR REPLACE TEMP TABLE link AS
  SELECT l.id, e.id AS other, 1 AS rung, abs(epoch_ms(l."at") - epoch_ms(e."at")) AS apart FROM temp.loose l JOIN analysis.event e ON e.request = l.request
  WHERE (e.login IS NOT NULL OR e.token IS NOT NULL) AND e.action <> 'failed' AND (l.account IS NULL OR e.account IS NULL OR e.account = l.account)
  UNION ALL
  SELECT l.id, e.id, CASE WHEN starts_with(l.job, '75') THEN 2 ELSE 3 END, 0 FROM temp.loose l JOIN analysis.event e ON e.job = l.job
  WHERE (e.login IS NOT NULL OR e.token IS NOT NULL) AND e.action <> 'failed' AND (l.account IS NULL OR e.account = l.account)
    AND (starts_with(l.job, '75') OR abs(epoch_ms(e."at") - epoch_ms(l."at")) <= 10000);
CREATE OR REPLACE TEMP TABLE linked AS
  SELECT k.id, s.grp, s.client, k.rung, min(k.apart) AS apart
  FROM temp.link k JOIN temp.spread s ON s.id = k.other JOIN temp.loose l ON l.id = k.id
  WHERE l.address IS NULL OR NOT s.public OR s.address = l.address GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE tie AS
  SELECT id, grp, client, CASE rung WHEN 1 THEN 'request' WHEN 2 THEN 'job' ELSE 'report' END AS how FROM (
    SELECT * FROM temp.linked QUALIFY rung = min(rung) OVER (PARTITION BY id))
  QUALIFY rung > 1 OR apart <= 300000 OR min(apart) OVER (PARTITION BY id) > 300000;
-- another log of the same login, within two seconds and from no other address; or the login at the identity provider
-- that opened the CRM session: same account and address, at most five minutes before. The provider's own session key does
-- not keep such a row: it is part of how the CRM session came about.
CREATE OR REPLACE TEMP TABLE entry AS
  SELECT s.grp, s.client, s.account, s."at", CASE WHEN s.public THEN s.address END AS address, date_trunc('minute', s."at") AS minute
  FROM temp.spread s JOIN temp.nature n ON n.no = s.kind WHERE s.action = 'login' AND n.crm AND s."at" IS NOT NULL AND s.account IS NOT NULL;
CREATE OR REPLACE TEMP TABLE told AS
  SELECT id, "at", account, address, crm, kept, unnest(CASE WHEN crm THEN [-1, 0, 1] ELSE [-1, 0, 1, 2, 3, 4, 5] END) * INTERVAL 1 MINUTE + date_trunc('minute', "at") AS minute FROM (
    SELECT l.id, l."at", l.account, l.address, l.crm, false AS kept
    FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id WHERE (l.action = 'login' OR (NOT l.crm AND l.action = 'other')) AND l.account IS NOT NULL
    UNION ALL
    SELECT b.id, b."at", b.account, CASE WHEN b.public THEN b.address END, false, true
    FROM temp.base b JOIN (SELECT no FROM temp.nature WHERE NOT crm) n ON n.no = b.kind WHERE b.grp IS NOT NULL AND b.action = 'login' AND b.account IS NOT NULL);
CREATE OR REPLACE TEMP TABLE opened AS
  SELECT l.id, e.grp, e.client, l.crm, l.kept, abs(epoch_ms(e."at") - epoch_ms(l."at")) AS apart FROM temp.told l JOIN temp.entry e ON e.account = l.account AND e.minute = l.minute
  WHERE (l.address IS NULL OR e.address IS NULL OR e.address = l.address)
    AND CASE WHEN l.crm THEN abs(epoch_ms(e."at") - epoch_ms(l."at")) <= 2000 ELSE epoch_ms(e."at") - epoch_ms(l."at") BETWEEN -30000 AND 300000 END
  QUALIFY apart = min(apart) OVER (PARTITION BY l.id);
INSERT INTO temp.tie SELECT DISTINCT id, grp, client, CASE WHEN crm THEN 'login' ELSE 'identity provider' END FROM temp.opened;
UPDATE temp.base SET grp = NULL WHERE id IN (SELECT id FROM temp.opened WHERE kept);
DELETE FROM temp.settled WHERE id IN (SELECT id FROM temp.opened WHERE kept);
-- what every client of every group did when: account, address, first and last row, and whether on a screen or by API; rows
-- that are tied to one client already tell of it too
CREATE OR REPLACE TEMP TABLE reach AS
  SELECT grp, client, account, address, min(first_at) AS first_at, max(last_at) AS last_at, bool_or(n.nature = 'api') AS api, bool_or(n.nature = 'screen') AS screen,
    bool_or(n.crm) AS crm FROM (
    SELECT grp, client, account, CASE WHEN public THEN address END AS address, kind, min("at") AS first_at, max("at") AS last_at
    FROM temp.spread WHERE certain AND "at" IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT t.grp, t.client, l.account, l.address, l.kind, min(l."at"), max(l."at")
    FROM (SELECT id, min(grp) AS grp, min(client) AS client FROM temp.tie GROUP BY id HAVING count(*) = 1) t JOIN temp.loose l ON l.id = t.id
    WHERE l."at" IS NOT NULL GROUP BY ALL) s
  JOIN temp.nature n ON n.no = s.kind GROUP BY ALL;
-- rung 5: account, address and time; what the CRM logs is never part of a session at the identity provider. Sessions
-- are laid out by the hour so that the join has an equality to run on.
CREATE OR REPLACE TEMP TABLE reach_hour AS
  SELECT row_number() OVER () AS no, *, unnest(generate_series(date_trunc('hour', first_at - INTERVAL 5 MINUTE), last_at + INTERVAL 15 MINUTE, INTERVAL 1 HOUR)) AS hour
  FROM temp.reach WHERE account IS NOT NULL;
CREATE OR REPLACE TEMP TABLE still_loose AS SELECT l.* FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id;
INSERT INTO temp.tie
  SELECT DISTINCT l.id, r.grp, r.client, 'account, address and time'
  FROM temp.still_loose l JOIN temp.reach_hour r ON r.account = l.account AND r.address = l.address AND r.hour = date_trunc('hour', l."at")
  WHERE l.address IS NOT NULL AND (r.crm OR NOT l.crm) AND l."at" BETWEEN r.first_at - INTERVAL 5 MINUTE AND r.last_at + INTERVAL 15 MINUTE;
-- without an address: what is done on a screen belongs to sessions with a screen, calls to sessions that call
INSERT INTO temp.tie
  WITH fit AS (
    SELECT l.id, r.grp, r.client, max(CASE WHEN (l.nature = 'screen' AND r.screen) OR (l.nature = 'api' AND r.api) THEN 1
        WHEN l.nature = '' OR (NOT r.screen AND NOT r.api) THEN 0 ELSE -1 END) AS fits
    FROM temp.still_loose l JOIN temp.reach_hour r ON r.account = l.account AND r.hour = date_trunc('hour', l."at")
    WHERE l.address IS NULL AND (r.crm OR NOT l.crm) AND l."at" BETWEEN r.first_at - INTERVAL 5 MINUTE AND r.last_at + INTERVAL 15 MINUTE GROUP BY ALL)
  SELECT id, grp, client, 'account and time' FROM fit QUALIFY fits = max(fits) OVER (PARTITION BY id);
-- Of several sessions those remain that have another row of the account within a minute, when there are such; not
-- inside a log gap, where that row may be the missing one.
CREATE OR REPLACE TEMP TABLE doubtful AS
  SELECT t.id, t.grp, t.client, date_trunc('minute', l."at") AS minute FROM temp.tie t JOIN temp.loose l USING (id)
  JOIN (SELECT id FROM temp.tie GROUP BY id HAVING count(*) > 1) m USING (id)
  LEFT JOIN (SELECT DISTINCT unnest(generate_series(from_at, to_at - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS hour FROM evidence.gap) g ON g.hour = date_trunc('hour', l."at")
  WHERE t.how LIKE '%time' AND g.hour IS NULL;
CREATE OR REPLACE TEMP TABLE busy_minute AS
  SELECT DISTINCT s.grp, s.client, date_trunc('minute', s."at") AS minute FROM temp.spread s SEMI JOIN temp.doubtful d ON d.grp = s.grp WHERE s.certain;
CREATE OR REPLACE TEMP TABLE doubtful_near AS
  SELECT DISTINCT d.id, d.grp, d.client FROM (SELECT *, unnest([minute - INTERVAL 1 MINUTE, minute, minute + INTERVAL 1 MINUTE]) AS near FROM temp.doubtful) d
  JOIN temp.busy_minute b ON b.grp = d.grp AND b.client = d.client AND b.minute = d.near;
CREATE OR REPLACE TEMP TABLE tie_kept AS
  SELECT t.* FROM temp.tie t ANTI JOIN temp.doubtful_near d ON d.id = t.id
  UNION ALL
  SELECT t.* FROM temp.tie t SEMI JOIN temp.doubtful_near d ON d.id = t.id AND d.grp = t.grp AND d.client = t.client;
-- rung 6: nobody with a key was there: islands of one account and client, two hours of silence ending one, as the
-- platform's own time-out would. An island that follows the last row of a session of that account and address within
-- those two hours goes on with it.
CREATE OR REPLACE TEMP TABLE island_row AS
  SELECT *, sum(fresh) OVER (PARTITION BY home, organisation, account, address, agent_class ORDER BY "at", id ROWS UNBOUNDED PRECEDING) AS island FROM (
    SELECT l.*, g.engine AS agent_class, CASE WHEN l."at" - lag(l."at") OVER way <= INTERVAL 2 HOUR THEN 0
        WHEN l."at" IS NULL AND lag(l.id) OVER way IS NOT NULL AND lag(l."at") OVER way IS NULL THEN 0 ELSE 1 END AS fresh
    FROM temp.still_loose l ANTI JOIN temp.tie_kept t ON t.id = l.id LEFT JOIN analysis.agent g ON g.id = l.agent
    WINDOW way AS (PARTITION BY l.home, l.organisation, l.account, l.address, g.engine ORDER BY l."at", l.id));
CREATE OR REPLACE TEMP TABLE island AS
  SELECT row_number() OVER (ORDER BY min(id)) AS no, coalesce(home, organisation) AS organisation, account, address, agent_class, island,
    min("at") AS first_at, max("at") AS last_at, bool_or(crm) AS crm, list(id) AS ids
  FROM temp.island_row GROUP BY home, organisation, account, address, agent_class, island;
CREATE OR REPLACE TEMP TABLE follow AS
  SELECT i.no, r.grp, r.client FROM temp.island i
  ASOF JOIN (SELECT *, unnest(CASE WHEN crm THEN [true, false] ELSE [false] END) AS serves FROM temp.reach WHERE address IS NOT NULL) r
    ON r.account = i.account AND r.address = i.address AND r.serves = i.crm AND r.last_at <= i.first_at
  WHERE i.first_at - r.last_at <= INTERVAL 2 HOUR;
INSERT INTO temp.tie_kept
  SELECT unnest(i.ids), f.grp, f.client, 'account, address and time' FROM temp.island i JOIN temp.follow f USING (no);
-- islands of their own and failed logins count below zero as groups
CREATE OR REPLACE TEMP TABLE placed AS
  SELECT unnest(i.ids) AS id, -2 * i.no AS grp, 0::BIGINT AS client, 'account, client and time' AS how, true AS certain FROM temp.island i ANTI JOIN temp.follow f USING (no);
INSERT INTO temp.placed
  SELECT id, grp, client, how, count(*) OVER (PARTITION BY id) = 1 FROM (SELECT DISTINCT * FROM temp.tie_kept);
INSERT INTO temp.placed
  SELECT e.id, -2 * dense_rank() OVER (ORDER BY coalesce(u.organisation, f.organisation), e.account, e.address) - 1, 0, 'failed login', true
  FROM (SELECT * FROM temp.base WHERE action = 'failed') e JOIN evidence.file f ON f.id = e.file LEFT JOIN analysis.account u ON u.id = e.account;
INSERT INTO temp.settled
  SELECT b.* EXCLUDE (grp, own), p.grp, p.client, p.how, p.certain, b.action <> 'failed' FROM temp.base b JOIN temp.placed p ON p.id = b.id WHERE b.grp IS NULL
