package replay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// find runs a question into relation hit, children into hit_0, hit_1 …, and counts. Rows shared with other questions are
// counted, not in hit.
func (d *derivation) find(ctx context.Context, q *question, p *plan) (found, error) {
	f := found{logged: q.logged(), ambiguous: !q.sure(), doubt: q.doubt, broken: q.broken, vague: len(p.lacking)+len(p.openly)+len(p.unclear) > 0}
	var err error
	if f.shared, err = d.share(ctx, q, p); err != nil {
		return f, err
	}
	if err := d.innerTables(ctx, q, p, &f); err != nil {
		return f, err
	}
	if d.cutEarly(q, p) {
		err = d.findPlaces(ctx, q, p, &f)
	} else {
		err = d.findAll(ctx, q, p, &f)
	}
	if err != nil {
		return f, err
	}
	for _, c := range p.children {
		if c.capped {
			missing, err := d.gone(ctx, q, c, c.table, 1)
			if err != nil {
				return f, err
			}
			c.gone = missing.rows
		}
	}
	if err := d.below(ctx, p, "hit", true, &f); err != nil || !q.outer {
		return f, err
	}
	return f, d.joined(ctx, &f)
}

// findAll runs a question into relation hit.
func (d *derivation) findAll(ctx context.Context, q *question, p *plan, f *found) error {
	if err := d.hit(ctx, q, p, f); err != nil {
		return err
	}
	if err := d.overlay(ctx, q, p, f); err != nil {
		return err
	}
	if err := d.count(ctx, "hit", &f.certain, &f.uncertain); err != nil {
		return err
	}
	if f.shared != nil {
		f.certain, f.uncertain = f.certain+f.shared.certain, f.uncertain+f.shared.uncertain
	}
	return d.limited(ctx, q, p, f, "hit")
}

// hit writes relation hit: the rows of a question but for those shared.
func (d *derivation) hit(ctx context.Context, q *question, p *plan, f *found) error {
	var also []string
	if p.stirred = f.shared != nil; p.stirred {
		also = append(also, p.moved())
	}
	if err := d.gather(ctx, "hit", "SELECT * EXCLUDE (id) FROM ("+p.rows(also...)+")"); err != nil {
		return err
	}
	upset, err := d.upset(ctx, p, f.shared)
	if !upset || err != nil {
		return err
	}
	f.shared = nil
	return d.hit(ctx, q, p, f)
}

// cutEarly says whether a LIMIT in a known order leaves so few rows that the others need not be written down.
func (d *derivation) cutEarly(q *question, p *plan) bool {
	return p.ordered && len(p.keys) > 0 && p.query.Limit != nil && len(p.ctes) == 0 && !d.names(q)
}

// findPlaces is findAll for those. Of more rows than there are places it matters only that there are more.
func (d *derivation) findPlaces(ctx context.Context, q *question, p *plan, f *found) error {
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP VIEW matched AS SELECT * EXCLUDE (id) FROM ("+p.rows()+")"); err != nil {
		return err
	}
	places := *p.query.Limit + 1
	if p.query.Offset != nil {
		places += *p.query.Offset
	}
	if err := d.count(ctx, fmt.Sprintf("(FROM matched LIMIT %d)", places), &f.certain, &f.uncertain); err != nil {
		return err
	}
	return d.limited(ctx, q, p, f, "matched")
}

// settle takes the rows the count leaves out from the answer, and with them what hangs on them.
func (d *derivation) settle(ctx context.Context, q *question, p *plan, f *found) error {
	if len(p.children) == 0 {
		return nil
	}
	if err := d.exec(ctx, "DELETE FROM hit WHERE sure IS NOT true"); err != nil {
		return err
	}
	f.extra, f.extraUncertain = 0, 0
	if err := d.below(ctx, p, "hit", false, f); err != nil || !q.outer {
		return err
	}
	f.extra, f.extraUncertain = 0, 0 // counted among the rows
	return nil
}

// joined counts the rows of a report that shows rows of one object with those of another that hang on them, and alone
// where there are none.
func (d *derivation) joined(ctx context.Context, f *found) error {
	f.extra, f.extraUncertain = 0, 0
	var most int64
	err := d.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM hit_0 WHERE sure) + (SELECT count(*) FROM hit WHERE sure AND rec NOT IN (SELECT up FROM hit_0 WHERE up IS NOT NULL)),
		(SELECT count(*) FROM hit_0) + (SELECT count(*) FROM hit WHERE rec NOT IN (SELECT up FROM hit_0 WHERE sure))`).Scan(&f.certain, &most)
	f.uncertain = most - f.certain
	return err
}

// naming lists the events about a question that may name the records it returned.
func (q *question) naming() (events []int64) {
	for _, m := range q.mentions {
		if m.source == "ApiEvent" || m.source == "ReportEvent" || m.source == "ListViewEvent" || m.source == auditSource {
			events = append(events, m.event)
		}
	}
	return events
}

// overlay makes rows certain that the log names, and counts the records of the object it names.
func (d *derivation) overlay(ctx context.Context, q *question, p *plan, f *found) error {
	events := q.naming()
	if len(events) == 0 {
		return nil
	}
	err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE told AS SELECT DISTINCT n.rec, r.object FROM names n JOIN analysis.record r ON r.id = n.rec WHERE n.event IN (SELECT unnest(?::BIGINT[]))", events)
	if err != nil {
		return err
	}
	if err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM told WHERE object = ?", p.object).Scan(&f.named); err != nil {
		return err
	}
	if f.named == 0 {
		return nil
	}
	if err := d.exec(ctx, "UPDATE hit SET sure = true WHERE rec IN (SELECT rec FROM told)"); err != nil || !f.complete() {
		return err
	}
	return d.exec(ctx, "DELETE FROM hit WHERE rec NOT IN (SELECT rec FROM told)")
}

func (d *derivation) count(ctx context.Context, hit string, certain, uncertain *int64) error {
	return d.db.QueryRowContext(ctx, "SELECT count(*) FILTER (sure), count(*) FILTER (sure IS NULL) FROM "+hit).Scan(certain, uncertain)
}

// limited makes relation hit of the rows that matched, cut by LIMIT and OFFSET where the order asked for tells which rows
// they let through.
func (d *derivation) limited(ctx context.Context, q *question, p *plan, f *found, matched string) error {
	tree := p.query
	if tree.Limit == nil && tree.Offset == nil || tree.GroupBy != nil { // those cut groups
		return nil
	}
	limit, offset := int64(1)<<40, int64(0)
	if tree.Limit != nil {
		limit = *tree.Limit
		f.limit = &limit
	}
	if tree.Offset != nil {
		offset = *tree.Offset
	}
	var err error
	if limit > 0 {
		if f.gone, err = d.gone(ctx, q, p, p.table, min(offset+limit, f.certain+f.uncertain)); err != nil {
			return err
		}
		if f.letIn.rows > 0 { // rows of other tables may have let some in that took places too
			f.gone.rows, f.gone.why = f.gone.rows+f.letIn.rows, f.gone.why+"; "+f.letIn.why
		}
	}
	most := f.certain + f.uncertain + f.gone.rows
	switch none := limit == 0 || offset > 0 && offset >= most && f.logged == nil; {
	case none:
		return d.become(ctx, f, "FROM "+matched+" WHERE false")
	case most <= limit && offset == 0, f.named > 0, f.logged != nil && *f.logged < limit && offset == 0:
		return d.become(ctx, f, "FROM "+matched)
	case p.ordered && len(p.keys) > 0:
		f.cut = true
		near, err := d.near(ctx, p, matched, offset+limit+f.keptOut.rows)
		if err != nil {
			return err
		}
		places := p.cut(matched, near, limit, offset, f.gone.rows, f.keptOut.rows)
		if f.keptOut.rows > 0 { // whichever was kept out made room for the next, and the count stayed
			places = "SELECT * REPLACE (NULL::BOOLEAN AS sure) FROM (" + places + ")"
		}
		return d.become(ctx, f, places)
	case offset > 0: // any of the rows may have been passed over
		return d.become(ctx, f, "SELECT * REPLACE (NULL::BOOLEAN AS sure) FROM "+matched)
	}
	return d.become(ctx, f, "FROM "+matched)
}

// near is SQL for the rows that do not sort, by the first key, behind the last sure row that has a place.
func (d *derivation) near(ctx context.Context, p *plan, matched string, places int64) (string, error) {
	k := p.keys[0]
	var edge, kind sql.NullString
	sure := "SELECT k0 FROM " + matched + " WHERE sure AND NOT keyless"
	if matched == "matched" { // a view, in which each condition would be worked out twice
		sure = p.sureKeys()
	}
	err := d.db.QueryRowContext(ctx, fmt.Sprintf("SELECT k0::VARCHAR, typeof(k0) FROM (%s ORDER BY k0 %s LIMIT 1 OFFSET %d)",
		sure, k.direction, max(0, places-1))).Scan(&edge, &kind)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "true", nil
	case err != nil:
		return "", err
	case !edge.Valid:
		return k.within(""), nil
	}
	return k.within(fmt.Sprintf("CAST(%s AS %s)", quoted(edge.String), kind.String)), nil
}

// become makes relation hit of other rows, and counts them.
func (d *derivation) become(ctx context.Context, f *found, rows string) error {
	if rows == "FROM hit" {
		return nil
	}
	if err := d.gather(ctx, "hit", rows); err != nil {
		return err
	}
	return d.count(ctx, "hit", &f.certain, &f.uncertain)
}

// below runs the child queries on the rows found, and on those gone since where orphans are taken in. These do not count.
func (d *derivation) below(ctx context.Context, p *plan, hit string, orphans bool, f *found) error {
	for i, c := range p.children {
		name := fmt.Sprintf("%s_%d", hit, i)
		if err := d.gather(ctx, name, "SELECT * EXCLUDE (id) FROM ("+c.below(hit, orphans)+")"); err != nil {
			return err
		}
		var certain, uncertain int64
		if err := d.count(ctx, name+" WHERE up IS NOT NULL", &certain, &uncertain); err != nil {
			return err
		}
		f.extra, f.extraUncertain = f.extra+certain, f.extraUncertain+uncertain
		if err := d.below(ctx, c, name, false, f); err != nil {
			return err
		}
	}
	return nil
}
