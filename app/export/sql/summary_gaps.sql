-- Where a log source is silent, what another source shows of it all the same, and which sessions of the attacker span it.
SELECT g.kind AS "Silent source", g.from_at AS "From (UTC)", g.to_at AS "To (UTC)", g.events_expected AS "Events expected",
  CASE WHEN g.covered_by = '' THEN 'no other source' ELSE replace(g.covered_by, ';', ', ') || ' (that calls happened, not what came back)' END AS "Partly shown by",
  coalesce(string_agg(concat(s.account_name, ', ', strftime(s.started_at, '%Y-%m-%d %H:%M'), ' – ', strftime(s.ended_at, '%Y-%m-%d %H:%M')), '; ' ORDER BY s.started_at, s.session_id) FILTER (s.session_id IS NOT NULL), 'none')
    AS "Sessions of the attacker that span it", g.note AS "Remark"
FROM export_gaps g LEFT JOIN export_sessions s ON s.verdict = 'attacker' AND g.from_at <= s.ended_at AND g.to_at > s.started_at
  AND (g.organisation = '' OR s.organisation = '' OR left(g.organisation, 15) = left(s.organisation, 15))
GROUP BY ALL
ORDER BY g.from_at, g.kind
