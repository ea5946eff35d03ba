package replay

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// Explanation shows how a query is understood.
type Explanation struct {
	Text    string   `json:"text"`  // as given
	Words   string   `json:"words"` // what it asks for, in words
	Tree    string   `json:"tree"`  // how it was read
	SQL     string   `json:"sql"`   // what it becomes, runnable on the case file
	Object  string   `json:"object"`
	Fields  []string `json:"fields"`  // of other objects as Object.Field
	Certain int64    `json:"certain"` // rows that matched, whatever was edited since
	Unsure  int64    `json:"unsure"`  // rows that may have matched
	Why     string   `json:"why"`     // what could not be answered, and why
}

// Explain says how a SOQL text is understood as of a moment, asked by an account (user id or name, "" for none in
// particular), and what it finds on the snapshot. It writes nothing.
func Explain(ctx context.Context, db analysis.Engine, settings analysis.Settings, text string, at time.Time, account string) (Explanation, error) {
	x := Explanation{Text: text}
	tree, err := soql.Parse(text)
	if err != nil {
		return x, err
	}
	s, err := readSchema(ctx, db, "")
	if err != nil {
		return x, err
	}
	r := &reader{schema: s, needs: needs{}, at: at, asOf: at, until: at, all: tree.AllRows}
	var zone, locale string
	if account != "" {
		err := db.QueryRowContext(ctx, `SELECT coalesce(max(left(user_id, 15)), ''), coalesce(max(timezone), ''), coalesce(max(locale), '') FROM analysis.account
			WHERE lower(username) = lower(?) OR left(user_id, 15) = left(?, 15)`, account, account).Scan(&r.user, &zone, &locale)
		if err != nil {
			return x, fmt.Errorf("looking up %s: %w", account, err)
		}
	}
	r.calendar = newCalendar(zone, settings.Timezone, locale, settings.FiscalStart)
	p := r.newPlan(tree)
	x.Words, x.Tree, x.Object = words(p), tree.String(), p.object
	for _, f := range p.everything() {
		if f.object == p.object {
			x.Fields = append(x.Fields, f.field)
		} else {
			x.Fields = append(x.Fields, f.object+"."+f.field)
		}
	}
	if p.table == nil {
		x.Why = p.reservations()
		return x, nil
	}
	p.register()
	var numbered bool
	if err := db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM analysis.record WHERE present").Scan(&numbered); err != nil {
		return x, err
	}
	x.SQL = p.standalone(numbered)
	err = db.QueryRowContext(ctx, "SELECT count(*) FILTER (sure), count(*) FILTER (sure IS NULL) FROM ("+p.standalone(false)+")").Scan(&x.Certain, &x.Unsure)
	x.Why = p.reservations()
	return x, err
}

// reservations is what the snapshot could not answer of a question, or "".
func (p *plan) reservations() string {
	var list []string
	if len(p.lacking) > 0 {
		list = append(list, "the snapshot lacks "+strings.Join(p.lacking, ", "))
	}
	if len(p.unclear) > 0 {
		list = append(list, "not understood: "+strings.Join(p.unclear, ", "))
	}
	if p.contested {
		list = append(list, "negated comparisons hold for empty values here; where a log counts the rows, the count decides")
	}
	if q := p.query; q.Limit != nil && !p.ordered {
		list = append(list, fmt.Sprintf("LIMIT %d without a known total order takes rows nothing tells apart", *q.Limit))
	}
	return strings.Join(list, "; ")
}

// words tells what a query asks for.
func words(p *plan) string {
	q := p.query
	if q.IsCount() {
		return "the number of records of " + p.object + filtered(q)
	}
	var fields []string
	for _, s := range p.shown {
		if s.object == p.object {
			fields = append(fields, s.field)
		} else {
			fields = append(fields, s.object+"."+s.field)
		}
	}
	b := strings.Join(fields, ", ") + " of " + p.object + filtered(q)
	for _, c := range p.children {
		b += "; with " + words(c) + " of each"
	}
	if q.Limit != nil {
		b += fmt.Sprintf("; at most %d", *q.Limit)
	}
	return b
}

func filtered(q *soql.Query) string {
	if q.Where == nil {
		return ", all of them"
	}
	return " where " + soql.Format(q.Where)
}
