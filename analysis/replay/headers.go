package replay

import (
	"context"
	"strings"
)

// headers are the fields a report event says were shown: "[LEAD_ID, Lead.Name, Account.Owner.Email]". Empty where it does not
// say, or names one of them in a way only the report's definition explains: then any field may have been among them.
func (q *question) headers(s *schema) (objects, fields []string) {
	for _, m := range q.mentions {
		list, listed := strings.CutPrefix(m.text, "[")
		if m.source != "ReportEvent" || !listed || !strings.HasSuffix(list, "]") {
			continue
		}
		for token := range strings.SplitSeq(strings.TrimSuffix(list, "]"), ",") {
			object, field, ok := s.header(strings.TrimSpace(token), q.object)
			if !ok {
				return nil, nil
			}
			objects, fields = append(objects, object), append(fields, field)
		}
		return objects, fields
	}
	return nil, nil
}

// header is the field behind one column: named with its object, by itself, or as the id of the row.
func (s *schema) header(token, base string) (object, field string, ok bool) {
	names := strings.Split(token, ".")
	if len(names) > 1 {
		base = names[len(names)-2]
		if custom, ok := strings.CutSuffix(base, "__r"); ok {
			base = custom + "__c"
		}
	}
	t := s.table(base)
	if t == nil {
		return "", "", false
	}
	f, ok := t.field(names[len(names)-1])
	if !ok && len(names) == 1 && strings.EqualFold(token, t.object+"_ID") {
		f, ok = t.field(t.key)
	}
	return t.object, f.name, ok
}

// showNamed notes the fields a log says were shown of the records it names; where it does not say, all of them.
func (d *derivation) showNamed(ctx context.Context, q *question, events []int64) error {
	s, err := d.schema(ctx, d.sessions[q.session].organisation)
	if err != nil {
		return err
	}
	objects, fields := q.headers(s)
	return d.exec(ctx, `INSERT INTO analysis.query_field SELECT DISTINCT ?::INTEGER, r.object, coalesce(h.field, CASE WHEN ? THEN 'Id' ELSE '*' END)
  FROM names n JOIN analysis.record r ON r.id = n.rec LEFT JOIN (SELECT unnest(?::VARCHAR[]) AS object, unnest(?::VARCHAR[]) AS field) h ON h.object = r.object
  WHERE n.event IN (SELECT unnest(?::BIGINT[]))`, q.id, len(fields) > 0, objects, fields, events)
}
