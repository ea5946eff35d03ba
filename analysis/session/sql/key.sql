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
CREATE OR REPLACE TEMP TABLE keyed AS
  SELECT e.id, e."at", CASE WHEN e.login IS NOT NULL THEN e.login * 2::BIGINT WHEN t.login IS NOT NULL THEN t.login * 2::BIGINT
      ELSE e.token * 2::BIGINT + 1 END AS grp,
    e.login IS NOT NULL AS own, coalesce(d.delegate, e.account) AS account, CASE WHEN a.public THEN e.address END AS address,
    CASE WHEN g.family <> '' THEN e.agent END AS agent
  FROM analysis.event e
  LEFT JOIN temp.token_login t ON e.login IS NULL AND t.token = e.token
  LEFT JOIN temp.delegated d ON d.grp = coalesce(e.login, t.login) * 2::BIGINT
  LEFT JOIN analysis.address a ON a.id = e.address
  LEFT JOIN analysis.agent g ON g.id = e.agent
  WHERE (e.login IS NOT NULL OR e.token IS NOT NULL) AND e.action <> 'failed';
-- one row per account, address and agent seen under a group
CREATE OR REPLACE TEMP TABLE client_cell AS
  SELECT grp, account, address, agent, min("at") AS first_at, max("at") AS last_at, count(*) AS events FROM temp.keyed GROUP BY ALL;
-- groups that may hold more than one client
CREATE OR REPLACE TEMP TABLE several AS
  SELECT grp FROM temp.client_cell GROUP BY grp HAVING count(DISTINCT address) > 1 OR count(DISTINCT account) > 1
