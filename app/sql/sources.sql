-- Log sources with how much of each is in the case, and from when on a source can hold anything.
SELECT s.organisation, s.kind, sum(c.events)::BIGINT, any_value(s.first_at), any_value(s.last_at), any_value(s.keeps), any_value(s.holds_from)
FROM evidence.source s JOIN evidence.coverage c ON c.organisation = s.organisation AND c.kind = s.kind
GROUP BY s.organisation, s.kind ORDER BY s.organisation, s.kind
