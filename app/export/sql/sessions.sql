-- One row a session, the most suspicious first. Lists of dimension numbers become texts once per distinct list.
WITH address AS (
  SELECT l.addresses, array_to_string(list(a.address ORDER BY a.id) FILTER (a.address <> ''), ';') AS text,
    array_to_string(list_sort(list(DISTINCT a.country) FILTER (a.country <> '')), ';') AS countries,
    array_to_string(list_sort(list(DISTINCT a.holder) FILTER (a.holder <> '')), ';') AS holders
  FROM (SELECT addresses, unnest(addresses) AS id FROM (SELECT DISTINCT addresses FROM analysis.session)) l
    JOIN analysis.address a ON a.id = l.id
  GROUP BY l.addresses
), agent AS (
  SELECT l.agents, array_to_string(list(a.agent ORDER BY a.id) FILTER (a.agent <> ''), ';') AS text,
    array_to_string(coalesce(list_sort(list(DISTINCT a.words) FILTER (a.words <> '' AND NOT a.code)), list_sort(list(DISTINCT a.words) FILTER (a.words <> ''))), '; ') AS words
  FROM (SELECT agents, unnest(agents) AS id FROM (SELECT DISTINCT agents FROM analysis.session)) l
    JOIN analysis.agent a ON a.id = l.id
  GROUP BY l.agents
), app AS (
  SELECT l.apps, array_to_string(list_sort(list(DISTINCT coalesce(nullif(a.name, ''), a.app))
    FILTER (coalesce(nullif(a.name, ''), a.app) <> '')), ';') AS text
  FROM (SELECT apps, unnest(apps) AS id FROM (SELECT DISTINCT apps FROM analysis.session)) l JOIN analysis.app a ON a.id = l.id
  GROUP BY l.apps
), token AS (
  SELECT x.id, array_to_string(list(k.session_key ORDER BY k.id) FILTER (k.session_key <> ''), ';') AS text
  FROM (SELECT id, unnest(tokens) AS token FROM analysis.session) x JOIN analysis.token k ON k.id = x.token
  GROUP BY x.id
), gap AS ( -- whether or not another source shows a part of it
  SELECT s.id, string_agg(concat(g.kind, ' ', strftime(g.from_at, '%Y-%m-%dT%H:%M:%SZ'), '/', strftime(g.to_at, '%Y-%m-%dT%H:%M:%SZ'),
      CASE WHEN g.covered_by <> '' THEN ' partly shown by ' || replace(g.covered_by, ';', ', ') END), ';' ORDER BY g.from_at, g.kind) AS text
  FROM analysis.session s JOIN evidence.gap g ON g.from_at <= s.ended_at AND g.to_at > s.started_at
    AND (g.organisation = '' OR s.organisation = '' OR left(g.organisation, 15) = left(s.organisation, 15))
  GROUP BY s.id
)
SELECT s.session_id, coalesce(a.user_id, '') AS account_id, coalesce(nullif(a.username, ''), a.name, '') AS account_name,
  s.started_at, s.ended_at, coalesce(d.text, '') AS ip, coalesce(g.text, '') AS user_agent, coalesce(p.text, '') AS app,
  coalesce(l.login_key, '') AS login_key, coalesce(k.text, '') AS session_keys, s.events,
  coalesce(v.verdict, 'unreviewed') AS verdict, s.score, s.reasons,
  coalesce(v.reason, '') AS verdict_reason, coalesce(a.name, '') AS account_holder, coalesce(a.role, '') AS account_role,
  coalesce(a.kind, '') AS account_kind, s.kind, s.ended_by, coalesce(d.countries, '') AS ip_countries, coalesce(d.holders, '') AS ip_holders,
  s.rows, s.bytes, s.failed AS failed_logins, s.inferred AS events_inferred, s.gap AS log_gap, s.hijack AS shared_keys, s.organisation,
  coalesce(q.text, '') AS log_gaps, coalesce(g.words, '') AS client
FROM analysis.session s
  LEFT JOIN analysis.account a ON a.id = s.account
  LEFT JOIN analysis.login l ON l.id = s.login
  LEFT JOIN analysis.verdict v ON v.session = s.id
  LEFT JOIN address d ON d.addresses = s.addresses
  LEFT JOIN agent g ON g.agents = s.agents
  LEFT JOIN app p ON p.apps = s.apps
  LEFT JOIN token k ON k.id = s.id
  LEFT JOIN gap q ON q.id = s.id
ORDER BY array_position(['attacker', 'undetermined', 'unreviewed', 'legitimate'], coalesce(v.verdict, 'unreviewed')), s.score DESC, s.started_at, s.session_id
