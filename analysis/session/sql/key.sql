-- What follows works on groups: all events under one login key, or under one session key whose login nobody knows.
-- "grp" is the login's number doubled, or the token's doubled plus one.
CREATE OR REPLACE TEMP TABLE token_login AS
  SELECT token, min(login) AS login FROM analysis.event
  WHERE token IS NOT NULL AND login IS NOT NULL GROUP BY token HAVING min(login) = max(login);
-- the account acted for by a delegated admin: whatever stands under that login is the admin's doing
CREATE OR REPLACE TEMP TABLE delegated AS
  SELECT coalesce(e.login, t.login) * 2::BIGINT AS grp, min(e.account) AS account, min(e.delegate) AS delegate
  FROM analysis.event e LEFT JOIN temp.token_login t ON t.token = e.token
  WHERE e.action = 'loginas' AND e.delegate IS NOT NULL AND coalesce(e.login, t.login) IS NOT NULL GROUP BY ALL;
-- (conditions on one side of a join stand in its key: written beside it they turn it into a loop over both tables)
CREATE OR REPLACE TEMP TABLE keyed AS
  WITH grouped AS (
    SELECT e.id, e."at", CASE WHEN e.login IS NOT NULL THEN e.login * 2::BIGINT WHEN t.login IS NOT NULL THEN t.login * 2::BIGINT
        ELSE e.token * 2::BIGINT + 1 END AS grp,
      e.login IS NOT NULL AS own, e.account, e.address, e.agent
    FROM analysis.event e LEFT JOIN temp.token_login t ON t.token = CASE WHEN e.login IS NULL THEN e.token END
    WHERE (e.login IS NOT NULL OR e.token IS NOT NULL) AND e.action <> 'failed')
  SELECT k.id, k."at", k.grp, k.own, coalesce(d.delegate, k.account) AS account, CASE WHEN a.public THEN k.address END AS address,
    CASE WHEN g.family <> '' THEN k.agent END AS agent
  FROM grouped k LEFT JOIN temp.delegated d ON d.grp = k.grp
  LEFT JOIN analysis.address a ON a.id = k.address LEFT JOIN analysis.agent g ON g.id = k.agent;
-- one row per account, address and agent seen under a group
CREATE OR REPLACE TEMP TABLE client_cell AS
  SELECT grp, account, address, agent, min("at") AS first_at, max("at") AS last_at, count(*) AS events FROM temp.keyed GROUP BY ALL;
-- groups that may hold more than one client
CREATE OR REPLACE TEMP TABLE several AS
  SELECT grp FROM temp.client_cell GROUP BY grp HAVING count(DISTINCT address) > 1 OR count(DISTINCT account) > 1
