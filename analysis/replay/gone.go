package replay

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Rows that were purged are in no snapshot, yet may have taken places a LIMIT let through: the rows at the edge of its cut
// are then only possible. How many may be gone is told by whatever counted all rows of the object at about that time.

// census is a question that counted all rows of an object: COUNT() or a whole download.
type census struct {
	question *question
	plan     *plan
	missing  *int64 // of the rows counted, those the snapshot lacks; below 0 it was not all rows
}

// recent is how far from a question a census still speaks for it.
const recent = 24 * time.Hour

// absence is how many rows may be gone from the answer of a question, how many are known to be, and how that is known.
type absence struct {
	rows, known int64
	why         string
}

// takeCensus notes a question that counted all rows of its object.
func (d *derivation) takeCensus(q *question, p *plan) {
	tree, logged := q.query, q.logged()
	if p.table == nil || tree.Where != nil || tree.Limit != nil || tree.Offset != nil || tree.GroupBy != nil || tree.Scope != "" || tree.With != nil || p.all ||
		len(p.children) > 0 || tree.Aggregated() && !tree.IsCount() || logged == nil || *logged < 2 || q.broken != "" && !tree.IsCount() || q.refused != "" || !q.sure() {
		return
	}
	d.censuses = append(d.censuses, &census{question: q, plan: p})
}

// lack is how many of the rows counted the snapshot lacks.
func (d *derivation) lack(ctx context.Context, c *census) (int64, error) {
	if c.missing == nil {
		var held int64
		if err := d.db.QueryRowContext(ctx, "SELECT count(*) FILTER (sure) FROM ("+c.plan.rows()+")").Scan(&held); err != nil {
			return 0, fmt.Errorf("counting %s: %w", c.plan.object, err)
		}
		c.missing = new(*c.question.logged() - held)
	}
	return *c.missing, nil
}

// nearest is the census of a table, by the user of a plan, that is nearest in time; nil without one that can hold.
func (d *derivation) nearest(ctx context.Context, q *question, p *plan, t *table) (*census, error) {
	var best *census
	apart := recent
	for _, c := range d.censuses {
		lies := c.question.at.Sub(q.at).Abs()
		if c.plan.table != t || c.plan.user != p.user || lies > apart {
			continue
		}
		lacking, err := d.lack(ctx, c)
		if err != nil {
			return nil, err
		}
		if lacking >= 0 {
			best, apart = c, lies
		}
	}
	return best, nil
}

// gone is how many rows of a table may be missing among the first places of a question's answer.
func (d *derivation) gone(ctx context.Context, q *question, p *plan, t *table, places int64) (absence, error) {
	known := max(d.purged[t.object], d.short[t])
	c, err := d.nearest(ctx, q, p, t)
	if err != nil {
		return absence{}, err
	}
	if c == nil {
		return unsaid(known, places), nil
	}
	counted, missing := *c.question.logged(), max(known, *c.missing)
	a := absence{displacing(missing, counted, places), missing, fmt.Sprintf("%d %s were counted at %s, of which the snapshot lacks %d",
		counted, t.object, c.question.at.UTC().Format("2006-01-02 15:04"), missing)}
	if p.all { // the recycle bin was not counted
		a.rows = max(a.rows, unsaid(known, places).rows)
	}
	return a, nil
}

// unsaid is the allowance where nothing counted all rows: one in a hundred, and as many as are known to be gone.
func unsaid(known, places int64) absence {
	why := "nothing tells how many rows were purged since"
	if known > 0 {
		why = fmt.Sprintf("at least %d rows are known to be gone, and nothing tells how many more", known)
	}
	return absence{max(1, (places+99)/100, known), known, why}
}

// displacing is how many of all missing rows may lie in the first places. Few are allowed for all at once; of many, what chance
// may put there, with three standard deviations.
func displacing(missing, counted, places int64) int64 {
	if missing <= max(10, places/20) {
		return missing
	}
	expected := float64(missing) * float64(places) / float64(counted)
	return min(missing, max(places/20, int64(math.Ceil(expected+3*math.Sqrt(expected)))))
}

// falls notes rows a question returned and the snapshot lacks.
func (d *derivation) falls(p *plan, missing *int64) {
	if missing != nil {
		d.short[p.table] = max(d.short[p.table], *missing)
	}
}

// innerTable is a table whose rows an inner query compares with, by a key that is not their own: a row purged since may have
// kept others out of the answer, or let them in.
type innerTable struct {
	table    *table
	keepsOut bool
}

// innerTables notes how many rows of the tables inner queries read may be gone.
func (d *derivation) innerTables(ctx context.Context, q *question, p *plan, f *found) error {
	for _, j := range p.inners {
		a, err := d.gone(ctx, q, p, j.table, 1)
		if err != nil {
			return err
		}
		if a.rows == 0 {
			continue
		}
		side, did := &f.letIn, "let others in"
		if j.keepsOut {
			side, did = &f.keptOut, "kept it out"
		}
		*side = absence{side.rows + a.rows, side.known + a.known, fmt.Sprintf("rows of %s purged since may have %s; %s", j.table.object, did, a.why)}
	}
	return nil
}

// letIn writes accesses to the rows that purged rows of an inner query may have let into the answer, where it is known that
// such were purged and the count does not explain itself: each is within reach, no more. Where it is not known, it is said.
func (d *derivation) letIn(ctx context.Context, q *question, p *plan, f *found, r *result) error {
	if f.letIn.rows == 0 || f.complete() || f.logged != nil && r.missing == nil {
		return nil
	}
	r.why += "; " + f.letIn.why
	if f.letIn.known == 0 {
		return nil
	}
	reader, err := d.reader(ctx, q)
	if err != nil {
		return err
	}
	reader.holed, reader.strict, reader.window = true, p.strict, p.window
	wide := reader.newPlan(q.query)
	ground, err := d.ground(ctx, analysis.Reachable, f.letIn.why)
	if err != nil {
		return err
	}
	done, err := d.db.ExecContext(ctx, "INSERT INTO analysis.touch SELECT DISTINCT ?::INTEGER, h.rec, ?::INTEGER FROM ("+wide.rows()+") h WHERE NOT EXISTS (FROM analysis.touch a WHERE a.query = ? AND a.record = h.rec)", q.id, ground, q.id)
	if err != nil {
		return fmt.Errorf("rows let in: %w", err)
	}
	n, err := done.RowsAffected()
	r.why += fmt.Sprintf("; %d more records are within reach", n)
	return err
}
