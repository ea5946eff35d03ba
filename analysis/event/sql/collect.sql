CREATE OR REPLACE TEMP TABLE who AS
  SELECT DISTINCT organisation, id18(user_id) AS user_id, lower(trim(username)) AS username FROM (
    SELECT organisation, coalesce("user", '') AS user_id, coalesce(username, '') AS username FROM temp.client
    UNION SELECT organisation, coalesce(delegate, ''), coalesce(delegate_name, '') FROM temp.client);
CREATE OR REPLACE TEMP TABLE seen_address AS SELECT DISTINCT coalesce(address, '') AS address, coalesce(forwarded, '') AS forwarded FROM temp.client;
CREATE OR REPLACE TEMP TABLE seen_agent AS SELECT DISTINCT agent FROM temp.client;
CREATE OR REPLACE TEMP TABLE seen_app AS SELECT DISTINCT coalesce(app, '') AS app, coalesce(app_name, '') AS name FROM temp.client;
CREATE OR REPLACE TEMP TABLE seen_login AS SELECT DISTINCT organisation, login AS login_key FROM temp.client;
CREATE OR REPLACE TEMP TABLE seen_token AS SELECT DISTINCT organisation, token AS session_key FROM temp.client
