-- what every client is known as
CREATE OR REPLACE TEMP TABLE client_of AS
  SELECT w.*, u.id AS account_id, d.id AS delegate_id, a.id AS address_id, g.id AS agent_id, p.id AS app_id, l.id AS login_id, t.id AS token_id
  FROM temp.client w
  LEFT JOIN temp.account_of u ON u.organisation = w.organisation AND u.user_id = id18(coalesce(w."user", '')) AND u.username = lower(trim(coalesce(w.username, '')))
  LEFT JOIN temp.account_of d ON d.organisation = w.organisation AND d.user_id = id18(coalesce(w.delegate, '')) AND d.username = lower(trim(coalesce(w.delegate_name, '')))
  LEFT JOIN temp.address_of a ON a.address = coalesce(w.address, '') AND a.forwarded = coalesce(w.forwarded, '')
  LEFT JOIN analysis.agent g ON g.agent = w.agent
  LEFT JOIN temp.app_id p ON p.app = coalesce(w.app, '') AND p.name = coalesce(w.app_name, '')
  LEFT JOIN analysis.login l ON l.organisation = w.organisation AND l.login_key = w.login
  LEFT JOIN analysis.token t ON t.organisation = w.organisation AND t.session_key = w.token;
DROP TABLE temp.client
