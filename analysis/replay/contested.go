package replay

import (
	"context"

	"github.com/breachscope/breachscope/analysis"
)

func contestable(p *plan) bool { return p.contested && !p.strict }

// reading is a plan with what it found.
type reading struct {
	plan  *plan
	found found
}

// strictly runs a question again in the contested reading, in which a negated comparison passes over empty values. It
// counts when it agrees with the log and the other cannot: the log counted fewer rows than that is sure of.
func (d *derivation) strictly(ctx context.Context, q *question) (*reading, error) {
	r, err := d.reader(ctx, q)
	if err != nil {
		return nil, err
	}
	r.strict = true
	p := r.newPlan(q.query)
	f, err := d.find(ctx, q, p)
	if err != nil {
		return nil, err
	}
	if f.decide().outcome != analysis.Matches {
		return nil, nil
	}
	f.contested = "; the count of the log shows that negated comparisons passed over empty values"
	return &reading{p, f}, nil
}

// eitherWay leaves open what depends on the reading where the count cannot decide: a LIMIT in a known order cuts both
// answers to as many rows.
func (d *derivation) eitherWay(ctx context.Context, q *question, p *plan, f *found) error {
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE plainly AS FROM hit"); err != nil {
		return err
	}
	r, err := d.reader(ctx, q)
	if err != nil {
		return err
	}
	r.strict = true
	if _, err := d.find(ctx, q, r.newPlan(q.query)); err != nil {
		return err
	}
	err = d.exec(ctx, `CREATE OR REPLACE TEMP TABLE hit AS
SELECT a.* REPLACE (CASE WHEN a.sure AND b.sure THEN true END AS sure) FROM plainly a LEFT JOIN hit b ON b.rec = a.rec
UNION ALL SELECT b.* REPLACE (NULL::BOOLEAN AS sure) FROM hit b WHERE b.rec NOT IN (SELECT rec FROM plainly)`)
	if err != nil {
		return err
	}
	before := f.certain
	if err := d.count(ctx, "hit", &f.certain, &f.uncertain); err != nil {
		return err
	}
	if f.certain < before {
		p.leaves("a negated comparison may or may not hold for empty values")
	}
	f.extra, f.extraUncertain = 0, 0
	return d.below(ctx, p, "hit", true, f)
}
