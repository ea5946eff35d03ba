INSERT INTO analysis.session_text
WITH spoken AS (
  SELECT session, string_agg(rule || ' +' || format('{:g}', weight) || ' ' || CASE WHEN words_ko = '' THEN words ELSE words_ko END, '; ' ORDER BY weight DESC, rule) AS text
  FROM analysis.finding GROUP BY session),
ip AS (
  SELECT u.id, string_agg(a.address, ';' ORDER BY place) AS text, string_agg(DISTINCT nullif(a.country, ''), ';' ORDER BY nullif(a.country, '')) AS countries
  FROM (SELECT id, unnest(addresses) AS dimension, generate_subscripts(addresses, 1) AS place FROM analysis.session) u
  JOIN analysis.address a ON a.id = u.dimension GROUP BY u.id),
agent AS (
  SELECT u.id, string_agg(a.agent, ';' ORDER BY place) AS text, string_agg(DISTINCT nullif(a.words, ''), ';' ORDER BY nullif(a.words, '')) AS words
  FROM (SELECT id, unnest(agents) AS dimension, generate_subscripts(agents, 1) AS place FROM analysis.session) u
  JOIN analysis.agent a ON a.id = u.dimension GROUP BY u.id),
app AS (
  SELECT u.id, string_agg(coalesce(nullif(a.name, ''), a.app), ';' ORDER BY place) AS text
  FROM (SELECT id, unnest(apps) AS dimension, generate_subscripts(apps, 1) AS place FROM analysis.session) u
  JOIN analysis.app a ON a.id = u.dimension GROUP BY u.id),
token AS (
  SELECT u.id, string_agg(t.session_key, ';' ORDER BY place) AS text
  FROM (SELECT id, unnest(tokens) AS dimension, generate_subscripts(tokens, 1) AS place FROM analysis.session) u
  JOIN analysis.token t ON t.id = u.dimension GROUP BY u.id)
SELECT s.id, coalesce(a.user_id, ''), coalesce(a.username, ''), coalesce(a.name, ''), coalesce(ip.text, ''), coalesce(ip.countries, ''),
  coalesce(agent.text, ''), coalesce(app.text, ''), coalesce(l.login_key, ''), coalesce(token.text, ''),
  lower(concat_ws(' ', s.session_id, a.user_id, a.username, a.name, ip.text, ip.countries, agent.text, agent.words, app.text, l.login_key,
    token.text, s.kind, s.reasons, spoken.text)), coalesce(spoken.text, '')
FROM analysis.session s
LEFT JOIN analysis.account a ON a.id = s.account
LEFT JOIN analysis.login l ON l.id = s.login
LEFT JOIN ip ON ip.id = s.id
LEFT JOIN agent ON agent.id = s.id
LEFT JOIN app ON app.id = s.id
LEFT JOIN token ON token.id = s.id
LEFT JOIN spoken ON spoken.session = s.id
