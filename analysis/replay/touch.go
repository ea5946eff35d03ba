package replay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// reachable writes an access to every record of the question's objects that existed.
func (d *derivation) reachable(ctx context.Context, q *question, why string) (int64, error) {
	var sum int64
	ground, err := d.ground(ctx, analysis.Reachable, why)
	if err != nil {
		return 0, err
	}
	s, err := d.schema(ctx, d.sessions[q.session].organisation)
	if err != nil {
		return 0, err
	}
	for _, object := range strings.FieldsFunc(q.object, listed) {
		t := s.table(object)
		if t == nil {
			continue
		}
		existed := t.existed(q.at, q.until, q.all)
		done, err := d.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO analysis.touch SELECT ?, r.id, ? FROM analysis.record r
			JOIN snapshot.%s t ON t."file" = r.file AND t."line" = r.line WHERE r.object = ? AND %s
			AND NOT EXISTS (FROM analysis.touch a WHERE a.query = ? AND a.record = r.id)`, analysis.Quote(t.object), existed), q.id, ground, t.object, q.id)
		if err != nil {
			return 0, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, err
		}
		sum += n
		if _, err := d.db.ExecContext(ctx, "INSERT INTO analysis.query_field SELECT ?1, ?2, '*' WHERE NOT EXISTS (FROM analysis.query_field f WHERE f.query = ?1 AND f.object = ?2)", q.id, t.object); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// existed is SQL that holds for rows of the snapshot table t that may have existed, outside the recycle bin unless all.
func (t *table) existed(at, until time.Time, all bool) string {
	var conditions []string
	if t.created != "" {
		conditions = append(conditions, fmt.Sprintf("coalesce(%s <= %s, true)", moment("t."+analysis.Quote(t.created)), instant(until)))
	}
	if t.deleted != "" && t.modified != "" && !all {
		conditions = append(conditions, fmt.Sprintf("NOT (%s AND coalesce(%s <= %s, false))", asBool.reading("t."+analysis.Quote(t.deleted)), moment("t."+analysis.Quote(t.modified)), instant(at)))
	}
	return and(conditions...)
}

// touchLinked writes the accesses to rows of linked tables: known as well as the rows they hang on.
func (d *derivation) touchLinked(ctx context.Context, q *question, p *plan, decided decision) error {
	for _, l := range q.beside {
		if l.table == nil {
			continue
		}
		sure := analysis.Bounded
		if decided.sure == analysis.Replayed && decided.outcome == analysis.Matches && p.query.Limit == nil {
			sure = analysis.Replayed
		}
		const why = "it is linked to a record the query returned, or may have returned"
		certain, err := d.ground(ctx, sure, why)
		if err != nil {
			return err
		}
		perhaps, err := d.ground(ctx, analysis.Bounded, why)
		if err != nil {
			return err
		}
		err = d.exec(ctx, `INSERT INTO analysis.touch SELECT ?, rec, CASE WHEN sure THEN ?::INTEGER ELSE ?::INTEGER END
			FROM (`+l.rows()+`) h WHERE NOT EXISTS (FROM analysis.touch a WHERE a.query = ? AND a.record = h.rec)`, q.id, certain, perhaps, q.id)
		if err != nil {
			return fmt.Errorf("linked %s: %w", l.object, err)
		}
		if err := d.showFields(ctx, q, l); err != nil {
			return err
		}
	}
	return nil
}

// touch writes the accesses of a question: its rows, their parents, their children, and the records a log names.
func (d *derivation) touch(ctx context.Context, q *question, p *plan, shared *answer, decided decision) error {
	var parts []string
	hits(p, "hit", false, &parts)
	sure, unsure := decided.sure, decided.unsure
	if decided.outcome == analysis.RecordedRows { // only what hangs on the records named was returned
		sure, decided.whySure = analysis.Replayed, "it hangs on a record the log names as returned"
	}
	rank := func(g analysis.Grade) string {
		if g == "" {
			return "NULL"
		}
		return fmt.Sprint(g.Rank())
	}
	var hanging analysis.Grade
	if len(p.children) > 0 || p.binnedParents() { // the count of the rows does not tell which of their child rows came along
		hanging = cmp.Or(unsure, analysis.Bounded)
	}
	ranked := fmt.Sprintf("SELECT rec, CASE WHEN sure THEN %s WHEN child THEN %s ELSE %s END AS rank, coalesce(sure, false) AS sure, child FROM (%s)",
		rank(sure), rank(hanging), rank(unsure), strings.Join(parts, " UNION ALL "))
	if len(q.naming()) > 0 {
		ranked += fmt.Sprintf(" UNION ALL SELECT rec, %d, true, false FROM told", d.told(q).Rank())
		parts = append(parts, "told")
	}
	if len(parts) > 1 { // a record may have been touched in several ways: the best counts
		ranked = "SELECT rec, min(rank) AS rank, bool_or(sure) AS sure, bool_and(child) AS child FROM (" + ranked + ") WHERE rec IS NOT NULL AND rank IS NOT NULL GROUP BY rec"
	}
	numbered, err := d.numbered(ctx, q, decided, sure, unsure, hanging)
	if err != nil {
		return err
	}
	if shared != nil {
		if err := d.touchShared(ctx, q, shared, decided); err != nil {
			return err
		}
		if len(p.parents) > 0 { // rows of others may lead to the same
			ranked = fmt.Sprintf("WITH ranked AS MATERIALIZED (%s) FROM ranked WHERE rec NOT IN (%s)", ranked, shared.holds("ranked", "true"))
		}
	}
	if err := d.exec(ctx, "INSERT INTO analysis.touch SELECT ?, rec, "+numbered+" FROM ("+ranked+") WHERE rank IS NOT NULL", q.id); err != nil {
		return err
	}
	return d.showFields(ctx, q, p)
}

// told is the grade of records a log names: recorded, unless the log row may be another session's.
func (d *derivation) told(q *question) analysis.Grade {
	if q.sure() {
		return analysis.Recorded
	}
	return analysis.Bounded
}

// hits lists the columns of records a question touched. Of a recorded question only rows the log names are in hit.
func hits(p *plan, hit string, child bool, parts *[]string) {
	*parts = append(*parts, fmt.Sprintf("SELECT rec, sure, %t AS child FROM %s", child, hit))
	for _, x := range p.parents {
		*parts = append(*parts, fmt.Sprintf("SELECT %s, sure, %t FROM %s", x.column, child, hit))
		if x.binned != "" { // never sure: like what hangs on a row
			*parts = append(*parts, fmt.Sprintf("SELECT %s, NULL::BOOLEAN, %t OR coalesce(sure, false) FROM %s", x.binned, child, hit))
		}
	}
	for i, c := range p.children {
		hits(c, fmt.Sprintf("%s_%d", hit, i), true, parts)
	}
}

// binnedParents says whether a parent that was in the recycle bin may have been shown.
func (p *plan) binnedParents() bool {
	return slices.ContainsFunc(p.parents, func(x parent) bool { return x.binned != "" })
}

// showFields writes which fields of which objects a question showed.
func (d *derivation) showFields(ctx context.Context, q *question, p *plan) error {
	var objects, fields []string
	for _, s := range p.everything() {
		objects, fields = append(objects, s.object), append(fields, s.field)
	}
	if q.open {
		objects, fields = append(objects, p.object), append(fields, "*")
	}
	if len(fields) == 0 {
		return nil
	}
	return d.exec(ctx, "INSERT INTO analysis.query_field SELECT DISTINCT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", q.id, objects, fields)
}
