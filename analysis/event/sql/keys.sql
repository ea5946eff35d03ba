DELETE FROM analysis.login;
INSERT INTO analysis.login SELECT row_number() OVER (ORDER BY organisation, login_key), * FROM
  (SELECT DISTINCT organisation, login_key FROM temp.seen_login WHERE login_key IS NOT NULL);
DELETE FROM analysis.token;
INSERT INTO analysis.token SELECT row_number() OVER (ORDER BY organisation, session_key), * FROM
  (SELECT DISTINCT organisation, session_key FROM temp.seen_token WHERE session_key IS NOT NULL);

-- an app that one log names and another gives the id of is one app, as long as neither stands for two
CREATE OR REPLACE TEMP TABLE app_pair AS
  SELECT DISTINCT app, name FROM temp.seen_app WHERE app <> '' AND name <> '';
CREATE OR REPLACE TEMP TABLE app_of AS
  SELECT s.app, s.name,
    CASE WHEN s.app <> '' THEN s.app ELSE coalesce((SELECT CASE WHEN count(*) = 1 THEN min(p.app) END FROM temp.app_pair p WHERE p.name = s.name), '') END AS whole_app,
    CASE WHEN s.name <> '' THEN s.name ELSE coalesce((SELECT CASE WHEN count(*) = 1 THEN min(p.name) END FROM temp.app_pair p WHERE p.app = s.app), '') END AS whole_name
  FROM (SELECT DISTINCT app, name FROM temp.seen_app WHERE app <> '' OR name <> '') s;
DELETE FROM analysis.app;
INSERT INTO analysis.app SELECT row_number() OVER (ORDER BY whole_name, whole_app), * FROM
  (SELECT DISTINCT whole_app, whole_name FROM temp.app_of);
CREATE OR REPLACE TEMP TABLE app_id AS
  SELECT o.app, o.name, a.id FROM temp.app_of o JOIN analysis.app a ON a.app = o.whole_app AND a.name = o.whole_name;
