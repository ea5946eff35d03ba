SELECT kind AS "Silent source", from_at AS "From (UTC)", to_at AS "To (UTC)", events_expected AS "Events expected",
  CASE WHEN covered_by = '' THEN 'no other source' ELSE covered_by END AS "Covered by", note AS "Remark"
FROM export_gaps
ORDER BY from_at, kind
