-- a user id with the name most logs give it
CREATE OR REPLACE TEMP TABLE account_known AS
  SELECT organisation, user_id, coalesce(min(nullif(username, '')), '') AS username FROM temp.who
  WHERE user_id <> '' GROUP BY organisation, user_id;
-- a name without an id is the account of that user name, else of that e-mail address, federation id or full name, as
-- long as just one account answers to it
CREATE OR REPLACE TEMP TABLE account_name AS
  SELECT name, min(user_id) AS user_id FROM (
    SELECT lower(username) AS name, user_id, 1 AS rank FROM temp.person WHERE username <> ''
    UNION SELECT username, user_id, 1 FROM temp.account_known WHERE username <> ''
    UNION SELECT lower(email), user_id, 2 FROM temp.person WHERE email <> ''
    UNION SELECT lower(federation), user_id, 2 FROM temp.person WHERE federation <> ''
    UNION SELECT lower(name), user_id, 3 FROM temp.person WHERE name <> '')
  GROUP BY name, rank HAVING count(DISTINCT user_id) = 1
  QUALIFY row_number() OVER (PARTITION BY name ORDER BY rank) = 1;
-- which organisation a user id belongs to, for names from sources that do not say
CREATE OR REPLACE TEMP TABLE account_home AS
  SELECT user_id, min(organisation) AS organisation FROM temp.account_known GROUP BY user_id HAVING count(DISTINCT organisation) = 1;
CREATE OR REPLACE TEMP TABLE account_who AS
  SELECT w.organisation, w.user_id, w.username,
    coalesce(h.organisation, w.organisation) AS whole_organisation,
    CASE WHEN w.user_id <> '' THEN w.user_id ELSE coalesce(n.user_id, '') END AS whole_id,
    CASE WHEN w.user_id <> '' OR n.user_id IS NOT NULL THEN '' ELSE w.username END AS bare_name
  FROM (SELECT DISTINCT * FROM temp.who WHERE user_id <> '' OR username <> '') w
  LEFT JOIN temp.account_name n ON n.name = CASE WHEN w.user_id = '' THEN w.username END
  LEFT JOIN temp.account_home h ON h.user_id = CASE WHEN w.organisation <> '' THEN NULL WHEN w.user_id <> '' THEN w.user_id ELSE n.user_id END;
DELETE FROM analysis.account;
INSERT INTO analysis.account
  SELECT row_number() OVER (ORDER BY w.whole_organisation, w.whole_id, w.bare_name), w.whole_organisation, w.whole_id,
    CASE WHEN coalesce(p.username, '') <> '' THEN lower(p.username) WHEN w.bare_name <> '' THEN w.bare_name ELSE coalesce(k.username, '') END AS username,
    CASE WHEN coalesce(p.name, '') <> '' THEN p.name ELSE coalesce(trim(concat_ws(' ', p.first, p.last)), '') END,
    coalesce(p.role, ''),
    CASE
      WHEN regexp_matches(lower(concat_ws(' ', p.role, p.type, p.username, k.username)), 'automated.?process|autoproc|cloudintegrationuser|platform integration|insights (integration|security)|license.?manager') THEN 'system'
      WHEN regexp_matches(lower(concat_ws(' ', p.role, p.type)), 'integration|api.?only|interface|connector|middleware|batch|연동|통합|인터페이스|連携|集成|接口')
        OR regexp_matches(lower(CASE WHEN coalesce(p.username, '') <> '' THEN p.username ELSE coalesce(nullif(w.bare_name, ''), k.username, '') END), '^(svc|service|api|int|integration|batch|sync|etl)[-._]|[-._](svc|api|integration|sync|etl)@') THEN 'integration'
      WHEN regexp_matches(lower(coalesce(p.role, '')), 'admin|관리자|管理者|管理员|管理員|システム') THEN 'admin'
      WHEN p.user_id IS NOT NULL THEN 'employee'
      ELSE 'unknown' END,
    coalesce(p.timezone, ''), coalesce(p.locale, '')
  FROM (SELECT DISTINCT whole_organisation, whole_id, bare_name FROM temp.account_who) w
  LEFT JOIN temp.account_known k ON k.user_id = w.whole_id AND k.user_id <> '' AND k.organisation = w.whole_organisation
  LEFT JOIN temp.person p ON p.user_id = w.whole_id AND p.user_id <> '';
CREATE OR REPLACE TEMP TABLE account_of AS
  SELECT w.organisation, w.user_id, w.username, a.id FROM temp.account_who w JOIN analysis.account a
    ON a.organisation = w.whole_organisation AND a.user_id = w.whole_id AND (w.whole_id <> '' OR a.username = w.bare_name);
DROP TABLE temp.account_known;
DROP TABLE temp.account_name;
DROP TABLE temp.account_home;
DROP TABLE temp.account_who;
