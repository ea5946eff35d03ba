-- What follows works on groups: all events under one login key, or under one session key whose login nobody knows.
-- "grp" is the login's number doubled, or the token's doubled plus one; NULL where a row has no key.
--
-- All of it runs inside the transaction that made the events, where the optimizer takes every table for an empty one:
-- joins are written so that they can only become hash joins, with every condition on one side inside the join's key.
CREATE OR REPLACE TEMP TABLE token_login AS
  SELECT token, min(login) AS login FROM analysis.event
  WHERE token IS NOT NULL AND login IS NOT NULL GROUP BY token HAVING min(login) = max(login);
-- the account acted for by a delegated admin: whatever stands under that login is the admin's doing
CREATE OR REPLACE TEMP TABLE delegated AS
  SELECT coalesce(e.login, t.login) * 2::BIGINT AS grp, min(e.account) AS account, min(e.delegate) AS delegate
  FROM analysis.event e LEFT JOIN temp.token_login t ON t.token = e.token
  WHERE e.action = 'loginas' AND e.delegate IS NOT NULL AND coalesce(e.login, t.login) IS NOT NULL GROUP BY ALL;
-- kinds by number: whether they tell of a screen or of calls, and whether they are log files, which other dialects repeat
CREATE OR REPLACE TEMP TABLE nature AS
  SELECT row_number() OVER (ORDER BY kind) AS no, kind,
    CASE WHEN regexp_matches(kind, '(?i)api|bulk|soap|composite') AND NOT regexp_matches(kind, '(?i)TotalUsage') THEN 'api'
      WHEN regexp_matches(kind, '(?i)lightning|aura|\.uri|visualforce|search|dashboard|listview|console|knowledge|content|attachment|setupaudit') THEN 'screen' ELSE '' END AS nature,
    NOT regexp_matches(kind, '^salesforce\.(rtem|elo)\.') AS files, regexp_matches(kind, 'ReportExport') AS export, starts_with(kind, 'salesforce.') AS crm
  FROM (SELECT DISTINCT kind FROM evidence.file);
-- every event with what the steps below need of it
CREATE OR REPLACE TEMP TABLE base AS
  WITH grouped AS (
    SELECT e.*, CASE WHEN e.action = 'failed' THEN NULL WHEN e.login IS NOT NULL THEN e.login * 2::BIGINT WHEN t.login IS NOT NULL THEN t.login * 2::BIGINT
        ELSE e.token * 2::BIGINT + 1 END AS grp
    FROM analysis.event e LEFT JOIN temp.token_login t ON t.token = CASE WHEN e.login IS NULL THEN e.token END)
  SELECT e.id, e."at", e.grp, e.login IS NOT NULL AS own, coalesce(d.delegate, e.account) AS account, e.address, coalesce(a.public, false) AS public,
    e.agent, coalesce(g.family, '') <> '' AS known, e.app, e.token, e.file, k.no::INTEGER AS kind, e.action,
    CASE WHEN starts_with(e.job, '75') THEN e.job END AS job, e.object, greatest(e.rows, 0) AS rows, greatest(e.bytes, 0) AS bytes, nullif(e.mfa, '') AS mfa,
    e.record IS NOT NULL AND e.action IN ('record', 'page') AS record,
    CASE WHEN e.action = 'bulk' AND (e.status ILIKE '%delete%' OR (e.method = 'DELETE' AND contains(e.target, '/jobs/'))) THEN 'deleted'
      WHEN e.action = 'describe' THEN 'described'
      WHEN e.text IS NULL THEN CASE WHEN k.export THEN 'export' END
      WHEN left(ltrim(e.text), 40) ILIKE 'select%count(%' AND regexp_matches(e.text, '(?i)^\s*select\s+count\(') THEN 'counted'
      WHEN right(e.text, 20) ILIKE '%limit%' AND regexp_matches(right(e.text, 20), '(?i)\blimit\s+\d{1,3}\s*$') THEN 'sampled'
      WHEN k.export THEN 'export' END AS sort
  FROM grouped e JOIN evidence.file f ON f.id = e.file JOIN temp.nature k ON k.kind = f.kind
  LEFT JOIN temp.delegated d ON d.grp = e.grp
  LEFT JOIN analysis.address a ON a.id = e.address LEFT JOIN analysis.agent g ON g.id = e.agent;
-- some logs tell the keys of a request and no address, others its address and no keys: the one lends to the other
CREATE OR REPLACE TEMP TABLE lent AS
  SELECT k.id, min(l.account) AS account, min(l.address) AS address
  FROM (SELECT id, request, account, "at" FROM analysis.event WHERE address IS NULL AND request <> '' AND (login IS NOT NULL OR token IS NOT NULL)) k
  JOIN (SELECT e.request, e.account, e.address, e."at" FROM analysis.event e JOIN analysis.address a ON a.id = e.address
    WHERE a.public AND e.request <> '' AND e.login IS NULL AND e.token IS NULL AND e.action <> 'failed') l ON l.request = k.request
  WHERE coalesce(k.account = l.account, true) AND abs(epoch_ms(k."at") - epoch_ms(l."at")) <= 300000
  GROUP BY k.id HAVING min(l.address) = max(l.address) AND min(l.account) = max(l.account);
CREATE OR REPLACE TEMP VIEW keyed AS
  SELECT b.id, b."at", b.grp, b.own, coalesce(b.account, l.account) AS account, coalesce(CASE WHEN b.public THEN b.address END, l.address) AS address,
    CASE WHEN b.known THEN b.agent END AS agent
  FROM temp.base b LEFT JOIN temp.lent l ON l.id = b.id WHERE b.grp IS NOT NULL;
-- one row per account, address and agent seen under a group
CREATE OR REPLACE TEMP TABLE client_cell AS
  SELECT grp, account, address, agent, min("at") AS first_at, max("at") AS last_at, count(*) AS events FROM temp.keyed GROUP BY ALL;
-- groups that may hold more than one client
CREATE OR REPLACE TEMP TABLE several AS
  SELECT grp FROM temp.client_cell GROUP BY grp HAVING min(address) <> max(address) OR min(account) <> max(account)
