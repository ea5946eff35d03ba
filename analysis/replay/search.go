package replay

import (
	"context"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// What a search shows depends on an index that splits and stems words, so replay gives candidates: the records whose texts
// hold what was searched for. Only the WHERE of a SOSL query is exact, and narrows them.

// sought is one object a search looked in.
type sought struct {
	table *table
	plan  *plan // of the WHERE, nil when there is none
	field []string
}

// look prepares a search: the objects it looked in, and of SOSL the plans of their filters.
func (d *derivation) look(ctx context.Context, q *question) error {
	r, err := d.reader(ctx, q)
	if err != nil {
		return err
	}
	if q.unread != "" {
		return nil
	}
	if tree, err := soql.ParseSOSL(q.text); err == nil && finds.MatchString(q.text) {
		for _, returned := range tree.Returning {
			q.seek(r, returned)
		}
		q.words = contained(tree.Terms)
	} else if finds.MatchString(q.text) {
		q.unread = "the text cannot be read: " + err.Error()
	} else {
		q.words = typed(q.text)
	}
	if len(q.sought) > 0 {
		return nil
	}
	said := q.object
	if said == "" {
		said = strings.Join(r.schema.objects(), ";")
	}
	for _, name := range strings.FieldsFunc(said, listed) {
		object, ok := r.schema.types[name]
		if !ok {
			object = name
		}
		if t := r.schema.table(object); t != nil {
			q.sought = append(q.sought, sought{table: t})
		}
	}
	return nil
}

// seek adds an object that a SOSL query returns.
func (q *question) seek(r *reader, returned soql.Returning) {
	t := r.schema.table(returned.Object)
	if t == nil {
		q.note = strings.TrimPrefix(q.note+"; the snapshot lacks object "+returned.Object, "; ")
		return
	}
	own := *r // each filter is a query of its own
	own.needs = r.needs
	tree := &soql.Query{Select: returned.Fields, From: []soql.From{{Path: &soql.Path{Names: []string{t.object}}}}, Where: returned.Where}
	if len(tree.Select) == 0 {
		tree.Select = []soql.Item{&soql.Field{Path: &soql.Path{Names: []string{"Id"}}}}
	}
	p := own.newPlan(tree)
	p.register()
	s := sought{table: t, plan: p}
	for _, shown := range p.everything() {
		if shown.object == t.object {
			s.field = append(s.field, shown.field)
		}
	}
	q.sought = append(q.sought, s)
}

// contained is what a text must hold for search terms to find it, as SQL over column words. What is excluded by NOT is
// left in: the index may see it otherwise.
func contained(e soql.Expr) string {
	var all []string
	switch e := e.(type) {
	case *soql.And:
		for _, t := range e.Terms {
			all = append(all, contained(t))
		}
		return and(all...)
	case *soql.Or:
		for _, t := range e.Terms {
			all = append(all, contained(t))
		}
		return or(all...)
	case *soql.Words:
		for _, t := range e.Terms {
			all = append(all, contained(t))
		}
		return and(all...)
	case *soql.Word:
		return holds(e.Text)
	case *soql.Phrase:
		return holds(e.Text)
	}
	return "true"
}

// typed is the same for the text of a search box: words side by side, OR between alternatives.
func typed(text string) string {
	var any, all []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"(){}", r) }) {
		switch {
		case strings.EqualFold(w, "OR"):
			any, all = append(any, and(all...)), nil
		case strings.EqualFold(w, "AND") || strings.EqualFold(w, "NOT"):
		default:
			all = append(all, holds(w))
		}
	}
	return or(append(any, and(all...))...)
}

// holds is whether a text holds the parts of a word between wildcards.
func holds(word string) string {
	var parts []string
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(word, `\`, ""), func(r rune) bool { return strings.ContainsRune("*? ", r) }) {
		parts = append(parts, fmt.Sprintf("contains(words, lower(%s))", quoted(part)))
	}
	return and(parts...)
}

// search writes the candidates of a search.
func (d *derivation) search(ctx context.Context, q *question) (result, error) {
	if q.unread != "" {
		return d.unread(ctx, q)
	}
	var objects []string
	for _, s := range q.sought {
		objects = append(objects, s.table.object)
	}
	q.object = strings.Join(objects, ";")
	if q.words == "" || q.words == "true" || q.words == "false" {
		return result{outcome: analysis.NotUnderstood, why: "the words searched for cannot be read"}, nil
	}
	var sum int64
	for _, s := range q.sought {
		n, err := d.candidates(ctx, q, s)
		if err != nil {
			return result{}, err
		}
		sum += n
	}
	why := "a search shows what an index finds, which cannot be run again exactly: the records that hold its words are candidates"
	for _, s := range q.sought {
		if s.plan != nil && s.plan.query.Where != nil {
			why += "; " + s.table.object + " only where " + soql.Format(s.plan.query.Where)
		}
	}
	return result{outcome: analysis.NoCount, replayed: &sum, why: why}, nil
}

// candidates writes the records of a table whose texts hold what was searched for.
func (d *derivation) candidates(ctx context.Context, q *question, s sought) (int64, error) {
	var texts []string
	for _, f := range s.table.order {
		switch f.kind {
		case "", "text", "email", "phone", "longtext":
			texts = append(texts, "t."+analysis.Quote(f.name))
		}
	}
	if len(texts) == 0 {
		return 0, nil
	}
	where := []string{q.words}
	if s.plan != nil && s.plan.query.Where != nil {
		where = append(where, "rec IN (SELECT rec FROM ("+s.plan.rows()+"))")
	}
	ground, err := d.ground(ctx, analysis.Reachable, "a search for words this record holds: it may have been among the results")
	if err != nil {
		return 0, err
	}
	done, err := d.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO analysis.touch SELECT ?, rec, ?
		FROM (SELECT r.id AS rec, lower(concat_ws(' ', %s)) AS words FROM snapshot.%s t JOIN analysis.record r ON r.file = t."file" AND r.line = t."line" WHERE %s) WHERE %s`,
		strings.Join(texts, ", "), analysis.Quote(s.table.object), s.table.existed(q.at, q.at, false), and(where...)), q.id, ground)
	if err != nil {
		return 0, err
	}
	fields := s.field
	if len(fields) == 0 {
		fields = []string{"*"}
	}
	if err := d.exec(ctx, "INSERT INTO analysis.query_field SELECT DISTINCT ?, ?, unnest(?::VARCHAR[])", q.id, s.table.object, fields); err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
