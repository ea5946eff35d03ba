-- Rows without a key: "tie" collects which (group, client) each belongs to, rung by rung. Rows linked to one of a key that
-- several clients share were settled with that one.
CREATE OR REPLACE TEMP TABLE linked AS
  SELECT k.id, k.grp, coalesce(s.client, 0) AS client, k.rung, min(k.apart) AS apart
  FROM temp.link k LEFT JOIN temp.settled s ON s.id = k.other LEFT JOIN analysis.address a ON a.id = k.address
  WHERE k.heard IS NULL OR NOT coalesce(a.public, false) OR k.address = k.heard GROUP BY ALL;
-- the best rung and, on it, how far apart in time: one number in front of the other
CREATE OR REPLACE TEMP TABLE nearest AS
  SELECT id, best // 10000000000000 AS rung, best % 10000000000000 AS apart FROM (SELECT id, min(rung * 10000000000000 + apart) AS best FROM temp.linked GROUP BY id);
CREATE OR REPLACE TEMP TABLE tie AS
  SELECT k.id, k.grp, k.client, CASE k.rung WHEN 1 THEN 'request' WHEN 2 THEN 'job' ELSE 'report' END AS how
  FROM temp.linked k JOIN temp.nearest n ON n.id = k.id AND n.rung = k.rung WHERE k.rung > 1 OR k.apart <= 300000 OR n.apart > 300000;
-- another log of the same login, within two seconds and from no other address; or the login at the identity provider
-- that opened the CRM session: same account and address, at most five minutes before. The provider's own session key does
-- not keep such a row: it is part of how the CRM session came about.
CREATE OR REPLACE TEMP TABLE entry AS
  SELECT s.grp, s.client, s.account, s."at", CASE WHEN s.public THEN s.address END AS address, date_trunc('minute', s."at") AS minute
  FROM temp.spread s WHERE s.sort = 'login' AND s.crm AND s."at" IS NOT NULL AND s.account IS NOT NULL;
CREATE OR REPLACE TEMP TABLE told AS
  SELECT id, "at", account, address, crm, kept, entered, unnest(CASE WHEN crm THEN [-1, 0, 1] ELSE [-1, 0, 1, 2, 3, 4, 5] END) * INTERVAL 1 MINUTE + date_trunc('minute', "at") AS minute FROM (
    SELECT l.id, l."at", l.account, l.address, l.crm, false AS kept, l.action = 'login' AS entered
    FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id WHERE (l.action = 'login' OR (NOT l.crm AND l.action = 'other')) AND l.account IS NOT NULL
    UNION ALL
    SELECT b.id, b."at", b.account, CASE WHEN b.public THEN b.address END, false, true, true
    FROM temp.base b WHERE NOT b.crm AND b.grp IS NOT NULL AND b.sort = 'login' AND b.account IS NOT NULL);
CREATE OR REPLACE TEMP TABLE opened AS
  SELECT l.id, e.grp, e.client, l.crm, l.kept, abs(epoch_ms(e."at") - epoch_ms(l."at")) AS apart FROM temp.told l JOIN temp.entry e ON e.account = l.account AND e.minute = l.minute
  WHERE (l.address IS NULL OR e.address IS NULL OR e.address = l.address)
    AND CASE WHEN l.crm THEN abs(epoch_ms(e."at") - epoch_ms(l."at")) <= 2000 ELSE epoch_ms(e."at") - epoch_ms(l."at") BETWEEN -30000 AND 300000 END
  QUALIFY apart = min(apart) OVER (PARTITION BY l.id);
INSERT INTO temp.tie SELECT DISTINCT id, grp, client, CASE WHEN crm THEN 'login' ELSE 'identity provider' END FROM temp.opened;
-- Clocks of two systems may be minutes apart: what is left of logins there and here, of one account and address within a
-- quarter of an hour, is taken for one another, the nearest, as a guess that says so.
CREATE OR REPLACE TEMP TABLE unopened AS
  SELECT DISTINCT t.id, t."at", t.account, t.address, t.kept FROM temp.told t ANTI JOIN temp.opened o ON o.id = t.id WHERE t.entered AND NOT t.crm AND t.address IS NOT NULL;
CREATE OR REPLACE TEMP TABLE apart AS
  SELECT u.id, e.grp, e.client, u.kept, abs(epoch_ms(e."at") - epoch_ms(u."at")) AS apart
  FROM (FROM temp.entry s ANTI JOIN (SELECT grp, client FROM temp.opened WHERE NOT crm) o ON o.grp = s.grp AND o.client = s.client) e
  JOIN temp.unopened u ON u.account = e.account AND u.address = e.address
  WHERE abs(epoch_ms(e."at") - epoch_ms(u."at")) <= 900000 QUALIFY apart = min(apart) OVER (PARTITION BY u.id);
INSERT INTO temp.tie SELECT DISTINCT id, grp, client, 'identity provider, clocks apart' FROM temp.apart;
CREATE OR REPLACE TEMP TABLE moved AS SELECT id FROM temp.opened WHERE kept UNION SELECT id FROM temp.apart WHERE kept;
UPDATE temp.base_row SET grp = NULL WHERE id IN (SELECT id FROM temp.moved);
DELETE FROM temp.settled WHERE id IN (SELECT id FROM temp.moved);
-- what every client of every group did when: account, address, first and last row, and whether on a screen or by API; rows
-- that are tied to one client already tell of it too
CREATE OR REPLACE TEMP TABLE reach AS
  SELECT grp, client, account, address, min(first_at) AS first_at, max(last_at) AS last_at, bool_or(api) AS api, bool_or(screen) AS screen, bool_or(crm) AS crm FROM (
    SELECT t.grp, t.client, t.account, t.heard AS address, t.first_at, t.last_at, t.api, t.screen, true AS crm FROM temp.tally t ANTI JOIN temp.plural p ON p.grp = t.grp
    UNION ALL
    SELECT s.grp, s.client, s.account, CASE WHEN s.public THEN s.address END, min(s."at"), max(s."at"), bool_or(n.nature = 'api'), bool_or(n.nature = 'screen'), bool_or(n.crm)
    FROM temp.spread s JOIN temp.plural p ON p.grp = s.grp JOIN temp.nature n ON n.no = s.kind WHERE s.certain GROUP BY ALL
    UNION ALL
    SELECT t.grp, t.client, l.account, l.address, min(l."at"), max(l."at"), bool_or(l.nature = 'api'), bool_or(l.nature = 'screen'), bool_or(l.crm)
    FROM (SELECT id, min(grp) AS grp, min(client) AS client FROM temp.tie GROUP BY id HAVING count(*) = 1 AND min(how) <> 'identity provider, clocks apart') t JOIN temp.loose l ON l.id = t.id GROUP BY ALL)
  WHERE first_at IS NOT NULL GROUP BY ALL;
-- who acts for another does so under that one's name where a row has no key
INSERT INTO temp.reach SELECT r.* REPLACE (f.account AS account) FROM temp.reach r JOIN temp.acted_for f ON f.grp = r.grp WHERE f.account <> r.account;
-- rung 5: account, address and time; what the CRM logs is never part of a session at the identity provider. Sessions
-- are laid out by the hour so that the join has an equality to run on.
CREATE OR REPLACE TEMP TABLE still_loose AS SELECT l.* FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id;
CREATE OR REPLACE TEMP TABLE searching AS SELECT DISTINCT account FROM temp.still_loose WHERE account IS NOT NULL;
CREATE OR REPLACE TEMP TABLE reach_hour AS
  SELECT r.*, unnest(generate_series(date_trunc('hour', first_at - INTERVAL 5 MINUTE), last_at + INTERVAL 15 MINUTE, INTERVAL 1 HOUR)) AS hour
  FROM temp.reach r JOIN temp.searching s ON s.account = r.account;
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
    SELECT l.* REPLACE (f.organisation AS organisation), u.organisation AS home, g.engine AS agent_class, CASE WHEN l."at" - lag(l."at") OVER way <= INTERVAL 2 HOUR THEN 0
        WHEN l."at" IS NULL AND lag(l.id) OVER way IS NOT NULL AND lag(l."at") OVER way IS NULL THEN 0 ELSE 1 END AS fresh
    FROM temp.still_loose l ANTI JOIN temp.tie_kept t ON t.id = l.id JOIN evidence.file f ON f.id = l.file
    LEFT JOIN analysis.account u ON u.id = l.account LEFT JOIN analysis.agent g ON g.id = l.agent
    WINDOW way AS (PARTITION BY u.organisation, f.organisation, l.account, l.address, g.engine ORDER BY l."at", l.id));
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
CREATE OR REPLACE TEMP TABLE torn AS SELECT id FROM temp.tie_kept GROUP BY id HAVING count(*) > 1;
INSERT INTO temp.placed SELECT t.id, t.grp, t.client, t.how, r.id IS NULL AND t.how <> 'identity provider, clocks apart' FROM temp.tie_kept t LEFT JOIN temp.torn r ON r.id = t.id;
INSERT INTO temp.placed
  SELECT e.id, -2 * dense_rank() OVER (ORDER BY coalesce(u.organisation, f.organisation), e.account, e.address) - 1, 0, 'failed login', true
  FROM (SELECT * FROM temp.base WHERE sort = 'failed') e JOIN evidence.file f ON f.id = e.file LEFT JOIN analysis.account u ON u.id = e.account;
INSERT INTO temp.settled
  WITH whole AS MATERIALIZED (
    SELECT b.* EXCLUDE (grp, own), p.grp, p.client, p.how, p.certain, b.sort IS DISTINCT FROM 'failed' FROM temp.base b JOIN temp.placed p ON p.id = b.id WHERE b.grp IS NULL)
  FROM whole
