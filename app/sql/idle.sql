-- Corrections that change nothing: what they are about is not there any more, or is not an attacker's.
SELECT k.entry, k.kind, k.reason,
  CASE k.kind
    WHEN 'snapshot' THEN 'the customer table it leaves out is not among the evidence'
    WHEN 'add' THEN CASE WHEN k.session IS NULL THEN 'its session is not there any more: evidence added since has put it together differently'
                         ELSE 'its session is not marked attacker' END
    ELSE 'its query is not there any more: evidence or verdicts have changed since' END
FROM analysis.correction k
WHERE k.kind = 'snapshot' AND k.file IS NULL
   OR k.kind = 'add' AND coalesce((SELECT arg_max(v.verdict, v.entry) FROM analysis.verdict v WHERE v.session = k.session), '') <> 'attacker'
   OR k.kind IN ('exclude', 'include') AND $scoped AND k.query_id NOT IN (SELECT query_id FROM analysis.query)
ORDER BY k.entry
