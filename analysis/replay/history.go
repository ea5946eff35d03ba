package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// history is a table of the changes of another: record, field, old value, time. Of a field it follows, the value at any
// moment since is known.
type history struct {
	table                    *table
	record, field, old, when field
	since                    map[string]time.Time // by folded field: its first change that was written down
}

// readHistories finds the field history tables of the snapshot: ContactHistory, Loyalty__History, each with the record's
// id, Field, OldValue, CreatedDate.
func (s *schema) readHistories(ctx context.Context, db analysis.Engine) error {
	for _, name := range sortedKeys(s.tables) {
		t := s.tables[name]
		h := s.historyOf(t)
		if h == nil {
			continue
		}
		rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT lower(%s), min(%s) FROM snapshot.%s GROUP BY 1 HAVING min(%[2]s) IS NOT NULL",
			analysis.Quote(h.field.name), moment(analysis.Quote(h.when.name)), analysis.Quote(h.table.object)))
		if err != nil {
			return fmt.Errorf("reading %s: %w", h.table.object, err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var since time.Time
			if err := rows.Scan(&name, &since); err != nil {
				return err
			}
			h.since[name] = since
		}
		if err := rows.Err(); err != nil {
			return err
		}
		t.history = h
	}
	return nil
}

// historyOf is the history table of a table, nil when the snapshot has none that is whole and no older than the table.
func (s *schema) historyOf(t *table) *history {
	h := &history{table: s.table(t.object + "History"), since: map[string]time.Time{}}
	key := t.object + "Id"
	if custom := fold(t.object); len(custom) > 3 && custom[len(custom)-3:] == "__c" {
		h.table, key = s.table(t.object[:len(custom)-3]+"__History"), "ParentId"
	}
	if h.table == nil || h.table.several || h.table.taken.Before(t.taken) {
		return nil
	}
	var ok [4]bool
	h.record, ok[0] = h.table.field(key)
	h.field, ok[1] = h.table.field("Field")
	h.old, ok[2] = h.table.field("OldValue")
	h.when, ok[3] = h.table.field("CreatedDate")
	if ok != [4]bool{true, true, true, true} {
		return nil
	}
	return h
}

// follows says whether the changes of a field were written down by a moment already, so that those after it are all known.
func (h *history) follows(f field, at time.Time) bool {
	if h == nil || f.kind == "longtext" {
		return false
	}
	since, ok := h.since[fold(f.name)]
	return ok && !since.After(at)
}

// before is the value of a field of an end at the moment asked, in a form: the old value of its first change after.
func (s *source) before(e end, f field, as form) string {
	r, h := s.reader, e.table.history
	value := r.column(e, f, as)
	if !h.follows(f, r.asOf) || as == asLink {
		return value
	}
	key := value + " before"
	alias, joined := s.histories[key]
	if !joined {
		alias = fmt.Sprintf("t%d", r.aliases)
		r.aliases++
		if s.histories == nil {
			s.histories = map[string]string{}
		}
		s.histories[key] = alias
		r.reads(h.table)
		record, name, old := r.needs.add(h.table, h.record, asLink), r.needs.add(h.table, h.field, asText), r.needs.add(h.table, h.old, as)
		s.joins = append(s.joins, fmt.Sprintf(`(SELECT %s AS rec, arg_min(struct_pack(v := %s), (created, rec)).v AS v FROM %s WHERE %s = lower(%s) AND created > %s GROUP BY 1) %s ON %[7]s.rec = %[8]s`,
			record, old, r.schema.relation(h.table), name, quoted(f.name), instant(r.asOf), alias, r.record(e)))
	}
	return fmt.Sprintf("CASE WHEN %[1]s.rec IS NULL THEN %[2]s ELSE %[1]s.v END", alias, value)
}
