package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// smallest is the number of records a group must have for its totals to tell of none of them.
const smallest = 3

// grouped is a question whose rows are groups: nobody is shown unless what it returns of each group tells who is in it, or
// a group is so small that its totals are the values of its few records.
func (d *derivation) grouped(ctx context.Context, q *question, p *plan) (result, error) {
	telling := p.telling()
	if len(p.shown) == 0 || len(telling) == 0 && p.undivided {
		return result{outcome: analysis.CountOnly, why: "only totals were returned, by nothing that tells who is counted"}, nil
	}
	find := d.find
	if len(telling) == 0 {
		find = d.findSmall
	}
	f, err := find(ctx, q, p)
	if err != nil {
		return result{}, err
	}
	why := "totals by " + strings.Join(telling, ", ") + " were returned, which tell who is counted"
	if len(telling) == 0 {
		if f.certain+f.uncertain == 0 {
			return result{outcome: analysis.CountOnly, why: fmt.Sprintf("only totals over groups of %d records and more were returned, by nothing that tells who is counted", smallest)}, nil
		}
		why = fmt.Sprintf("totals over groups of fewer than %d records were returned, which tell of each of them", smallest)
	}
	decided := decision{outcome: analysis.NoCount, sure: analysis.Bounded, unsure: analysis.Bounded, why: why, whySure: why, whyUnsure: why}
	p.explainGaps(&decided)
	all := f.certain + f.uncertain
	r := result{outcome: decided.outcome, certain: &f.certain, replayed: &all, why: decided.why}
	if r.sql, err = d.spelledOut(ctx, q, p); err != nil {
		return r, err
	}
	return r, d.touch(ctx, q, p, nil, decided)
}

// findSmall finds the rows of small groups. Rows that may not have matched count for none.
func (d *derivation) findSmall(ctx context.Context, q *question, p *plan) (f found, err error) {
	rows := "hit"
	if p.query.Limit == nil && p.query.Offset == nil && !d.names(q) { // the others need not be written down
		rows = "matched"
		err = d.exec(ctx, "CREATE OR REPLACE TEMP VIEW matched AS SELECT * EXCLUDE (id) FROM ("+p.rows()+")")
	} else {
		f, err = d.find(ctx, q, p)
	}
	if err != nil {
		return f, err
	}
	var by, same []string
	for i := range p.groups {
		name := fmt.Sprintf("g%d", i)
		by, same = append(by, name), append(same, fmt.Sprintf("f.%[1]s IS NOT DISTINCT FROM h.%[1]s", name))
	}
	few := fmt.Sprintf("SELECT %s FROM %s GROUP BY ALL HAVING count(*) FILTER (sure) < %d", strings.Join(append(by, "true"), ", "), rows, smallest)
	if err := d.gather(ctx, "few", few); err != nil {
		return f, err
	}
	var small bool
	if err := d.db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM few").Scan(&small); err != nil {
		return f, err
	}
	return f, d.become(ctx, &f, fmt.Sprintf("FROM %s h WHERE %t AND EXISTS (FROM few f WHERE %s)", rows, small, and(same...)))
}

// group reads GROUP BY. What cannot be read leaves the rows undivided: how small the groups are is then not known.
func (p *plan) group(g *soql.GroupBy) {
	if g == nil {
		return
	}
	for _, by := range g.By {
		value, ok := p.groupValue(by)
		if !ok {
			p.groups, p.undivided = nil, true
			return
		}
		p.groups = append(p.groups, value)
	}
}

func (p *plan) groupValue(by soql.Operand) (string, bool) {
	switch by := by.(type) {
	case *soql.Path:
		f, missing := p.source.find(by.Names)
		if missing != "" {
			return "", false
		}
		return p.source.value(f, asText), true
	case *soql.Func:
		form, ok := dateParts[strings.ToUpper(by.Name)]
		if !ok || len(by.Args) != 1 {
			return "", false
		}
		_, value, ok := p.dayOf(p.source, by.Args[0])
		return fmt.Sprintf(form, value), ok
	}
	return "", false
}

// counts says whether a function only counts: it shows no value.
func counts(f *soql.Func) bool {
	return f.Is("COUNT") || f.Is("COUNT_DISTINCT") || f.Is("GROUPING") || slices.ContainsFunc(f.Args, func(n soql.Node) bool {
		inner, ok := n.(*soql.Func)
		return ok && counts(inner)
	})
}

// telling lists the fields a question groups by, or takes the largest or smallest of, that tell who a person is.
func (p *plan) telling() (names []string) {
	for _, s := range p.shown {
		t := p.schema.table(s.object)
		if t == nil {
			continue
		}
		if f, ok := t.field(s.field); ok && t.tells(f) {
			names = append(names, s.field)
		}
	}
	return names
}

// tells says whether a field tells who a person is: by what it holds, or as the id or number of the record.
func (t *table) tells(f field) bool {
	switch fold(f.category) {
	case "name", "contact", "identity", "identity document", "email", "phone", "postal address", "address", "birth", "date of birth":
		return true
	}
	return f.kind == "email" || f.kind == "phone" || f.numbered || f.name == t.key || slices.ContainsFunc(f.references, func(object string) bool {
		return slices.Contains([]string{"contact", "lead", "individual"}, fold(object))
	})
}
