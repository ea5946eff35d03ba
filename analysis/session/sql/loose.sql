-- Rows without a key. "loose" holds them; "tie" collects which (group, client) each belongs to, rung by rung.
CREATE OR REPLACE TEMP TABLE loose AS
  SELECT e.id, e."at", e.account, CASE WHEN a.public THEN e.address END AS address, CASE WHEN g.family <> '' THEN e.agent END AS agent,
    nullif(e.request, '') AS request, nullif(e.job, '') AS job, e.kind, e.action, f.organisation, u.organisation AS home
  FROM analysis.event e JOIN evidence.file f ON f.id = e.file
  LEFT JOIN analysis.address a ON a.id = e.address LEFT JOIN analysis.agent g ON g.id = e.agent LEFT JOIN analysis.account u ON u.id = e.account
  WHERE e.login IS NULL AND e.token IS NULL AND e.action <> 'failed';
-- what every client of every group did when: account, address, first and last row, and whether on a screen or by API
CREATE OR REPLACE TEMP TABLE nature AS
  SELECT kind, CASE WHEN regexp_matches(kind, '(?i)api|bulk|soap|composite') AND NOT regexp_matches(kind, '(?i)TotalUsage') THEN 'api'
    WHEN regexp_matches(kind, '(?i)lightning|aura|\.uri|visualforce|search|dashboard|listview|console|knowledge|content|attachment|setupaudit') THEN 'screen' ELSE '' END AS nature
  FROM (SELECT DISTINCT kind FROM analysis.event);
CREATE OR REPLACE TEMP TABLE reach AS
  SELECT p.grp, p.client, k.account, k.address, min(k."at") AS first_at, max(k."at") AS last_at,
    bool_or(n.nature = 'api') AS api, bool_or(n.nature = 'screen') AS screen
  FROM temp.placed p JOIN temp.keyed k ON k.id = p.id JOIN analysis.event e ON e.id = p.id JOIN temp.nature n ON n.kind = e.kind
  WHERE p.certain AND k."at" IS NOT NULL GROUP BY ALL;
-- rung 1: a row with a key shares the request id (and the account: clients may set the id themselves)
CREATE OR REPLACE TEMP TABLE tie AS
  WITH shared AS (
    SELECT l.id, p.grp, p.client, min(abs(epoch_ms(l."at") - epoch_ms(e."at"))) AS apart
    FROM temp.loose l JOIN analysis.event e ON e.request = l.request
      AND (l.account IS NULL OR e.account IS NULL OR e.account = l.account)
    JOIN temp.placed p ON p.id = e.id
    LEFT JOIN analysis.address a ON a.id = e.address
    WHERE l.request IS NOT NULL AND (l.address IS NULL OR NOT coalesce(a.public, false) OR e.address = l.address) GROUP BY ALL)
  SELECT id, grp, client, 'request' AS how FROM shared QUALIFY apart <= 300000 OR min(apart) OVER (PARTITION BY id) > 300000;
-- rung 2: the same bulk job, or the same report run within ten seconds
INSERT INTO temp.tie
  SELECT DISTINCT l.id, p.grp, p.client, CASE WHEN l.job[1:3] = '750' THEN 'job' ELSE 'report' END
  FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id
  JOIN analysis.event e ON e.job = l.job AND (l.account IS NULL OR e.account = l.account)
    AND (l.job[1:3] = '750' OR e."at" BETWEEN l."at" - INTERVAL 10 SECOND AND l."at" + INTERVAL 10 SECOND)
  JOIN temp.placed p ON p.id = e.id
  LEFT JOIN analysis.address a ON a.id = e.address
  WHERE l.job IS NOT NULL AND (l.address IS NULL OR NOT coalesce(a.public, false) OR e.address = l.address);
-- rung 3: another log of the same login: same account within two seconds, no other address
INSERT INTO temp.tie
  WITH login AS (
    SELECT l.id, p.grp, p.client, abs(epoch_ms(l."at") - epoch_ms(e."at")) AS apart
    FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id
    JOIN analysis.event e ON e.account = l.account AND e.action = 'login' AND e."at" BETWEEN l."at" - INTERVAL 2 SECOND AND l."at" + INTERVAL 2 SECOND
    JOIN temp.placed p ON p.id = e.id
    LEFT JOIN analysis.address a ON a.id = e.address
    WHERE l.action = 'login' AND l.kind LIKE 'salesforce.%' AND (l.address IS NULL OR NOT coalesce(a.public, false) OR e.address = l.address))
  SELECT DISTINCT id, grp, client, 'login' FROM login QUALIFY apart = min(apart) OVER (PARTITION BY id);
-- rung 4: a login at the identity provider opened the CRM session: same account and address, at most five minutes before
INSERT INTO temp.tie
  WITH opened AS (
    SELECT l.id, p.grp, p.client, e."at" - l."at" AS later
    FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id
    JOIN analysis.event e ON e.account = l.account AND e.action = 'login' AND e.kind LIKE 'salesforce.%'
      AND e."at" BETWEEN l."at" - INTERVAL 30 SECOND AND l."at" + INTERVAL 5 MINUTE
    JOIN temp.placed p ON p.id = e.id
    LEFT JOIN analysis.address a ON a.id = e.address
    WHERE l.kind NOT LIKE 'salesforce.%' AND l.action IN ('login', 'other') AND (l.address IS NULL OR NOT coalesce(a.public, false) OR e.address = l.address))
  SELECT DISTINCT id, grp, client, 'identity provider' FROM opened QUALIFY later = min(later) OVER (PARTITION BY id);
-- rung 5: account, address and time. Sessions are laid out by the hour so that the join has an equality to run on.
CREATE OR REPLACE TEMP TABLE reach_hour AS
  SELECT row_number() OVER () AS no, *, unnest(generate_series(date_trunc('hour', first_at - INTERVAL 5 MINUTE), last_at + INTERVAL 15 MINUTE, INTERVAL 1 HOUR)) AS hour
  FROM temp.reach WHERE account IS NOT NULL;
CREATE OR REPLACE TEMP TABLE still_loose AS SELECT l.* FROM temp.loose l ANTI JOIN temp.tie t ON t.id = l.id;
INSERT INTO temp.tie
  SELECT DISTINCT l.id, r.grp, r.client, 'account, address and time'
  FROM temp.still_loose l JOIN temp.reach_hour r ON r.account = l.account AND r.address = l.address AND r.hour = date_trunc('hour', l."at")
  WHERE l.address IS NOT NULL AND l."at" BETWEEN r.first_at - INTERVAL 5 MINUTE AND r.last_at + INTERVAL 15 MINUTE;
-- without an address: what is done on a screen belongs to sessions with a screen, calls to sessions that call
INSERT INTO temp.tie
  WITH fit AS (
    SELECT l.id, r.grp, r.client, max(CASE WHEN (n.nature = 'screen' AND r.screen) OR (n.nature = 'api' AND r.api) THEN 1
        WHEN n.nature = '' OR (NOT r.screen AND NOT r.api) THEN 0 ELSE -1 END) AS fits
    FROM temp.still_loose l JOIN temp.nature n USING (kind)
    JOIN temp.reach_hour r ON r.account = l.account AND r.hour = date_trunc('hour', l."at")
    WHERE l.address IS NULL AND l."at" BETWEEN r.first_at - INTERVAL 5 MINUTE AND r.last_at + INTERVAL 15 MINUTE GROUP BY ALL)
  SELECT id, grp, client, 'account and time' FROM fit QUALIFY fits = max(fits) OVER (PARTITION BY id);
-- Of several sessions those remain that have another row of the account within a minute, when there are such; not
-- inside a log gap, where that row may be the missing one.
CREATE OR REPLACE TEMP TABLE doubtful AS
  SELECT t.id, t.grp, t.client, date_trunc('minute', l."at") AS minute FROM temp.tie t JOIN temp.loose l USING (id)
  JOIN (SELECT id FROM temp.tie GROUP BY id HAVING count(*) > 1) m USING (id)
  LEFT JOIN (SELECT DISTINCT unnest(generate_series(from_at, to_at - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS hour FROM evidence.gap) g ON g.hour = date_trunc('hour', l."at")
  WHERE t.how LIKE '%time' AND g.hour IS NULL;
CREATE OR REPLACE TEMP TABLE busy_minute AS
  SELECT DISTINCT p.grp, p.client, date_trunc('minute', k."at") AS minute FROM temp.placed p JOIN temp.keyed k ON k.id = p.id
  SEMI JOIN temp.doubtful d ON d.grp = p.grp;
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
    min("at") AS first_at, max("at") AS last_at, list(id) AS ids
  FROM temp.island_row GROUP BY home, organisation, account, address, agent_class, island;
CREATE OR REPLACE TEMP TABLE follow AS
  SELECT i.no, r.grp, r.client FROM temp.island i
  ASOF JOIN (SELECT * FROM temp.reach WHERE address IS NOT NULL) r ON r.account = i.account AND r.address = i.address AND r.last_at <= i.first_at
  WHERE i.first_at - r.last_at <= INTERVAL 2 HOUR;
INSERT INTO temp.tie_kept
  SELECT unnest(i.ids), f.grp, f.client, 'account, address and time' FROM temp.island i JOIN temp.follow f USING (no);
-- islands of their own and failed logins count below zero as groups
INSERT INTO temp.placed
  SELECT unnest(i.ids), -2 * i.no, 0, 'account, client and time', true FROM temp.island i ANTI JOIN temp.follow f USING (no);
INSERT INTO temp.placed
  SELECT id, grp, client, how, count(*) OVER (PARTITION BY id) = 1 FROM (SELECT DISTINCT * FROM temp.tie_kept);
INSERT INTO temp.placed
  SELECT e.id, -2 * dense_rank() OVER (ORDER BY coalesce(u.organisation, f.organisation), e.account, e.address) - 1, 0, 'failed login', true
  FROM analysis.event e JOIN evidence.file f ON f.id = e.file LEFT JOIN analysis.account u ON u.id = e.account WHERE e.action = 'failed'
