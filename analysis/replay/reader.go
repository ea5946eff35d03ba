package replay

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis/soql"
)

// reader turns one question into SQL over the snapshot as of a moment, for the user who asked.
type reader struct {
	schema   *schema
	needs    needs
	at       time.Time // asked: what dates are counted from
	asOf     time.Time // the rows are those of this moment
	until    time.Time // or of one up to this: a bulk job runs a while after it was made
	all      bool      // rows in the recycle bin are returned too
	user     string    // 15 characters, '' unknown
	calendar calendar
	strict   bool    // the contested reading: a comparison that is negated passes over empty values
	without  []int32 // files of the snapshot left out
	flat     bool    // states hold columns of parent rows, see state
	aliases  int
	watched  []end   // parent rows whose changes matter
	window   *window // of the question, nil: none
	steady   bool    // only rows left alone in it are read
	stirred  bool    // only the others are
	holed    bool    // rows of inner queries may be gone: a key that is not among theirs may have been
	turned   bool    // inside an inner query whose rows keep others out
	inners   []innerTable
	ctes     []string
	maybe    map[string]string // by condition: a cheaper one of two values that holds where it is not false

	contested bool     // the two readings may differ
	lacking   []string // what the snapshot does not have
	unclear   []string // clauses that were not understood
	openly    []string // clauses whose meaning nobody documents
	texts     []string // sort keys whose order depends on the locale
}

func (r *reader) reads(t *table) {
	if r.needs[t] == nil {
		r.needs[t] = map[string]need{}
	}
}

func (r *reader) lacks(what string) {
	if !slices.Contains(r.lacking, what) {
		r.lacking = append(r.lacking, what)
	}
}

func (r *reader) fails(what string) {
	if !slices.Contains(r.unclear, what) {
		r.unclear = append(r.unclear, what)
	}
}

func (r *reader) leaves(open string) {
	if !slices.Contains(r.openly, open) {
		r.openly = append(r.openly, open)
	}
}

// unknown is a condition nothing is known of.
const unknown = "NULL::BOOLEAN"

// alive is whether a row of a source existed and was not in the recycle bin when it was asked for; see version.
func (r *reader) alive(s *source) string {
	alive := s.alias + ".alive"
	if r.phased(s.table) && r.steady {
		alive = r.term(alive)
		return r.perhaps(alive, alive)
	}
	return r.perhaps(alive, "coalesce("+alive+", true)")
}

// aliveAt is alive by the times of a row.
func (r *reader) aliveAt(t *table) string {
	at, until := instant(r.asOf), instant(r.until)
	created := fmt.Sprintf("coalesce(created <= %s, true)", at)
	if r.until.After(r.asOf) {
		created = fmt.Sprintf("CASE WHEN %s THEN true WHEN created > %s THEN false END", created, until)
	}
	if r.all || t.deleted == "" {
		return created
	}
	// a deletion is the last change of a record
	return and(created, fmt.Sprintf("CASE WHEN NOT deleted OR modified > %s THEN true WHEN modified <= %s THEN false END", until, at))
}

// perhaps notes where a condition is not false, and returns it.
func (r *reader) perhaps(condition, possible string) string {
	if r.maybe == nil {
		r.maybe = map[string]string{}
	}
	r.maybe[condition] = possible
	return condition
}

// possible is where a condition is true or unknown.
func (r *reader) possible(condition string) string {
	if known, ok := r.maybe[condition]; ok {
		return known
	}
	if condition == "true" {
		return condition
	}
	return "coalesce(" + condition + ", true)"
}

// condition is an expression as SQL of three values. negated says that an odd number of NOTs stand around it.
func (r *reader) condition(s *source, e soql.Expr, negated bool) string {
	switch e := e.(type) {
	case nil:
		return "true"
	case *soql.And:
		return r.terms(s, e.Terms, negated, and)
	case *soql.Or:
		return r.terms(s, e.Terms, negated, or)
	case *soql.Not:
		return "(NOT " + r.condition(s, e.X, !negated) + ")"
	case *soql.Comparison:
		return r.comparison(s, e, negated)
	}
	r.fails(soql.Format(e))
	return unknown
}

func (r *reader) terms(s *source, terms []soql.Expr, negated bool, join func(...string) string) string {
	conditions := make([]string, len(terms))
	for i, t := range terms {
		conditions[i] = r.condition(s, t, negated)
	}
	possible := make([]string, len(terms))
	for i, c := range conditions {
		possible[i] = r.possible(c)
	}
	return r.perhaps(join(conditions...), join(possible...))
}

func (r *reader) comparison(s *source, c *soql.Comparison, negated bool) string {
	if b, ok := c.Right.(*soql.Bind); ok { // a variable, or without a field what no carrier's reader understood
		what := b.Text
		if p, ok := c.Left.(*soql.Path); !ok || p.String() != "" {
			what = "the variable :" + what
		}
		r.fails(what)
		return unknown
	}
	switch left := c.Left.(type) {
	case *soql.Path:
		if polymorphicType(left) {
			if sql, ok := r.typeOf(s, left, c, negated); ok {
				return sql
			}
		}
		found, missing := s.find(left.Names)
		if missing != "" {
			if sql, ok := r.compound(s, left, c, negated); ok {
				return sql
			}
			r.lacks(missing)
			return unknown
		}
		return r.compare(s, found, c, negated)
	case *soql.Func:
		return r.function(s, left, c, negated)
	}
	r.fails(soql.Format(c))
	return unknown
}

// test is a comparison before nulls are dealt with: sql is NULL for an empty value.
type test struct {
	sql      string
	negative bool   // holds for what does not compare
	exact    bool   // never NULL: a comparison with null
	garbled  string // the value cannot be read as what the field should hold
}

// compare is a field against the right side of a comparison.
func (r *reader) compare(s *source, f ref, c *soql.Comparison, negated bool) string {
	if semi, ok := c.Right.(*soql.SemiJoin); ok {
		return r.semiJoin(s, f, c, semi, negated)
	}
	t, ok := r.test(s, f, c)
	if !ok {
		r.fails(soql.Format(c))
		return unknown
	}
	if list, ok := c.Right.(*soql.List); f.bin == "" || f.bin == "false" || f.kind(nil) == "boolean" || ok && slices.ContainsFunc(list.Values, isNull) {
		return r.settle(t, f.unknown, negated)
	}
	// in the recycle bin there is the value or nothing: where both come to the same it does not matter
	uncertain := or(f.other, fmt.Sprintf("(%s AND %t <> %s)", f.bin, r.onNothing(t, c.Op, negated), r.settle(t, "false", negated)))
	return r.settle(t, uncertain, negated)
}

// onNothing is what a test says where there is no value.
func (r *reader) onNothing(t test, op soql.Op, negated bool) bool {
	switch {
	case t.exact:
		return op == soql.Eq
	case r.strict:
		return negated
	}
	return t.negative
}

// settle gives a test its three values: unknown where the field is, and for an empty value what the reading says.
// Negations hold for empty values in the ordinary reading, and pass over them in the strict one.
func (r *reader) settle(t test, uncertain string, negated bool) string {
	sql := t.sql
	if sql == "false" { // whatever the value is
		return sql
	}
	if !t.exact {
		if t.negative || negated {
			r.contested = true
		}
		sql = fmt.Sprintf("coalesce(%s, %t)", sql, r.onNothing(t, soql.Eq, negated))
	}
	sql = r.term(sql)
	if uncertain = r.term(or(uncertain, t.garbled)); uncertain == "false" || uncertain == "" {
		return r.perhaps(sql, sql)
	}
	return r.perhaps(fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", uncertain, sql), or(uncertain, sql))
}

// test builds the comparison of a field with literals.
func (r *reader) test(s *source, f ref, c *soql.Comparison) (test, bool) {
	switch right := c.Right.(type) {
	case *soql.List:
		return r.listTest(s, f, c.Op, right)
	case *soql.Null:
		return r.nullTest(s, f, c.Op)
	case *soql.String:
		if right.Text == "" && c.Op != soql.Like {
			return r.nullTest(s, f, c.Op)
		}
		return r.valueTest(s, f, c.Op, right)
	case soql.Value:
		return r.valueTest(s, f, c.Op, right)
	}
	return test{}, false
}

func (r *reader) nullTest(s *source, f ref, op soql.Op) (test, bool) {
	filled := "coalesce(" + s.value(f, asFilled) + ", false)"
	if f.kind(nil) == "boolean" {
		filled = "true" // a boolean is never null
	}
	switch op {
	case soql.Eq:
		return test{sql: "(NOT " + filled + ")", exact: true}, true
	case soql.Ne:
		return test{sql: filled, exact: true}, true
	}
	return test{sql: "false", exact: true}, true
}

// listTest is IN, NOT IN, INCLUDES or EXCLUDES with literals.
func (r *reader) listTest(s *source, f ref, op soql.Op, list *soql.List) (test, bool) {
	var any []string
	var garbled []string
	for _, v := range list.Values {
		one := test{}
		ok := true
		switch {
		case op == soql.Includes || op == soql.Excludes:
			one, ok = r.includes(s, f, v)
		case isNull(v):
			one, ok = r.nullTest(s, f, soql.Eq)
		default:
			one, ok = r.valueTest(s, f, soql.Eq, v)
			if !slices.Contains(garbled, one.garbled) {
				garbled = append(garbled, one.garbled)
			}
		}
		if !ok {
			return test{}, false
		}
		any = append(any, one.sql)
	}
	t := test{sql: or(compress(any)...), garbled: or(garbled...)}
	if op == soql.NotIn || op == soql.Excludes {
		t.sql, t.negative = "(NOT "+t.sql+")", true
	}
	if op == soql.NotIn && slices.ContainsFunc(list.Values, isNull) && !r.strict && f.kind(nil) != "boolean" {
		r.leaves(soql.Format(&soql.Comparison{Left: &soql.Path{Names: []string{f.field.name}}, Op: op, Right: list}) + " may or may not hold for empty values")
		t.garbled = or(t.garbled, "(NOT coalesce("+s.value(f, asFilled)+", false))")
	}
	return t, true
}

// compress folds many equalities of one value into one IN.
func compress(tests []string) []string {
	lists := map[string][]string{}
	var order, rest []string
	for _, t := range tests {
		left, right, ok := strings.Cut(t, " = ")
		if !ok || strings.Contains(left, "(") || strings.Contains(left, " ") && !strings.HasSuffix(left, `"`) {
			rest = append(rest, t)
			continue
		}
		if lists[left] == nil {
			order = append(order, left)
		}
		lists[left] = append(lists[left], right)
	}
	for _, left := range order {
		if values := lists[left]; len(values) == 1 {
			rest = append(rest, left+" = "+values[0])
		} else {
			rest = append(rest, left+" IN ("+strings.Join(values, ", ")+")")
		}
	}
	return rest
}

func isNull(v soql.Value) bool {
	if s, ok := v.(*soql.String); ok {
		return s.Text == ""
	}
	_, ok := v.(*soql.Null)
	return ok
}

// includes is one value of INCLUDES: all the parts between its semicolons are selected.
func (r *reader) includes(s *source, f ref, v soql.Value) (test, bool) {
	text, ok := v.(*soql.String)
	if !ok {
		return test{}, false
	}
	var parts []string
	for _, p := range strings.Split(text.Text, ";") {
		parts = append(parts, "lower("+quoted(strings.TrimSpace(p))+")")
	}
	return test{sql: fmt.Sprintf("list_has_all(%s, [%s])", s.value(f, asList), strings.Join(parts, ", "))}, true
}

// valueTest compares a field with one literal that is not null.
func (r *reader) valueTest(s *source, f ref, op soql.Op, v soql.Value) (test, bool) {
	if b, ok := v.(*soql.Bind); ok { // inside a list, or what a report compares with
		r.fails("the value " + b.Text)
		return test{sql: unknown, exact: true}, true
	}
	if op == soql.Like {
		return r.likeTest(s, f, v)
	}
	left, right, garbled, ok := r.sides(s, f, v)
	if !ok {
		return test{}, false
	}
	if right.to != "" {
		t := right.compare(left, op)
		t.garbled = garbled
		return t, true
	}
	t := test{sql: fmt.Sprintf("%s %s %s", left, op, right.from), garbled: or(garbled, r.collated(s, f, op, v))}
	if op == soql.Ne {
		t = test{sql: fmt.Sprintf("(NOT %s = %s)", left, right.from), negative: true, garbled: garbled}
	}
	return t, true
}

// plainLetters sort alike in every language; where anything else stands among them depends on it.
const plainLetters = "[^a-z0-9 ]"

var unplain = regexp.MustCompile(plainLetters)

// collated is where a text lies before or after a literal in one language and not in another: if other letters sorted
// before all plain ones, or behind.
func (r *reader) collated(s *source, f ref, op soql.Op, v soql.Value) string {
	text, ok := v.(*soql.String)
	switch op {
	case soql.Eq, soql.Ne:
		return ""
	}
	switch f.kind(v) {
	case "id", "reference", "boolean", "integer", "number", "currency", "date", "datetime":
		return ""
	}
	if !ok || f.field.numbered {
		return ""
	}
	r.leaves("where letters beyond A to Z stand in the order of " + f.field.name)
	left, folded := s.value(f, asText), strings.ToLower(text.Text)
	readings := []string{fmt.Sprintf("%s %s %s", left, op, quoted(folded))}
	for _, other := range []string{"!", "~"} {
		readings = append(readings, fmt.Sprintf("regexp_replace(%s, '%s', '%s', 'g') %s %s", left, plainLetters, other, op, quoted(unplain.ReplaceAllString(folded, other))))
	}
	return fmt.Sprintf("coalesce((%s) <> (%s) OR (%[1]s) <> (%[3]s), false)", readings[0], readings[1], readings[2])
}

func (r *reader) likeTest(s *source, f ref, v soql.Value) (test, bool) {
	text, ok := v.(*soql.String)
	if !ok {
		return test{}, false
	}
	switch f.kind(v) {
	case "id", "reference":
		return test{sql: s.value(f, asPlain) + " LIKE " + quoted(text.Text) + escape(text.Text)}, true
	}
	return test{sql: s.value(f, asText) + " LIKE lower(" + quoted(text.Text) + ")" + escape(text.Text)}, true
}

// escape names the character that takes wildcards their meaning, where a pattern uses it: the engine compares much faster
// without.
func escape(pattern string) string {
	if strings.Contains(pattern, `\`) {
		return ` ESCAPE '\'`
	}
	return ""
}

// span is a literal: one value, or the values from from up to, not including, to.
type span struct{ from, to string }

// compare sets a value against a span: = is inside, > after its end, >= from its start.
func (p span) compare(left string, op soql.Op) test {
	inside := fmt.Sprintf("(%s >= %s AND %s < %s)", left, p.from, left, p.to)
	switch op {
	case soql.Ne:
		return test{sql: "(NOT " + inside + ")", negative: true}
	case soql.Lt:
		return test{sql: left + " < " + p.from}
	case soql.Le:
		return test{sql: left + " < " + p.to}
	case soql.Gt:
		return test{sql: left + " >= " + p.to}
	case soql.Ge:
		return test{sql: left + " >= " + p.from}
	}
	return test{sql: inside}
}

// sides gives both sides of a comparison in the form the field's kind asks for.
func (r *reader) sides(s *source, f ref, v soql.Value) (left string, right span, garbled string, ok bool) {
	as := asText
	switch kind := f.kind(v); kind {
	case "id", "reference":
		as = asID
		right, ok = idLiteral(v)
	case "boolean":
		as = asBool
		right, ok = boolLiteral(v)
	case "integer", "number", "currency":
		as = asNumber
		right, ok = numberLiteral(v)
	case "date":
		as = asDate
		right, ok = r.calendar.days(v, r.at)
	case "datetime":
		as = asMoment
		right, ok = r.calendar.instants(v, r.at)
	default:
		right, ok = textLiteral(v)
		if !ok {
			as, right, ok = r.literalForm(v)
		}
	}
	left = s.value(f, as)
	if c, currency := v.(*soql.Currency); currency {
		garbled = r.otherCurrency(s, f, c)
	}
	switch as {
	case asNumber, asDate, asMoment:
		garbled = or(garbled, fmt.Sprintf("(%s IS NULL AND %s)", left, s.value(f, asFilled)))
	}
	return left, right, garbled, ok
}

// literalForm reads a field whose kind is not known, or is text, the way the literal asks for.
func (r *reader) literalForm(v soql.Value) (form, span, bool) {
	switch v := v.(type) {
	case *soql.Number, *soql.Currency:
		right, ok := numberLiteral(v)
		return asNumber, right, ok
	case *soql.Bool:
		right, ok := boolLiteral(v)
		return asBool, right, ok
	case *soql.Date:
		right, ok := r.calendar.days(v, r.at)
		return asDate, right, ok
	case *soql.DateTime, *soql.DateLiteral:
		right, ok := r.calendar.instants(v, r.at)
		return asMoment, right, ok
	}
	return asText, span{}, false
}

// otherCurrency is where an amount stands in another currency than the literal: the rates of that day are not known.
func (r *reader) otherCurrency(s *source, f ref, c *soql.Currency) string {
	var unsure []string
	for _, e := range f.ends {
		if iso, ok := e.table.field("CurrencyIsoCode"); ok {
			unsure = append(unsure, fmt.Sprintf("coalesce(%s <> %s, true)", r.column(e, iso, asText), quoted(strings.ToLower(c.Code))))
		}
	}
	return or(unsure...)
}

func idLiteral(v soql.Value) (span, bool) {
	switch v := v.(type) {
	case *soql.String:
		if len(v.Text) > 18 { // of another platform
			return span{from: quoted(strings.ToLower(strings.Trim(v.Text, "{}")))}, true
		}
		return span{from: "left(" + quoted(v.Text) + ", 15)"}, true
	case *soql.ID:
		return span{from: "left(" + quoted(v.Text) + ", 15)"}, true
	}
	return span{}, false
}

func boolLiteral(v soql.Value) (span, bool) {
	switch v := v.(type) {
	case *soql.Bool:
		return span{from: fmt.Sprint(v.True)}, true
	case *soql.String:
		switch strings.ToLower(v.Text) {
		case "true", "1":
			return span{from: "true"}, true
		case "false", "0":
			return span{from: "false"}, true
		}
	}
	return span{}, false
}

func numberLiteral(v soql.Value) (span, bool) {
	switch v := v.(type) {
	case *soql.Number:
		return span{from: "CAST(" + quoted(v.Text) + " AS DOUBLE)"}, true
	case *soql.Currency:
		return span{from: "CAST(" + quoted(v.Amount) + " AS DOUBLE)"}, true
	case *soql.String:
		return span{from: "TRY_CAST(" + quoted(v.Text) + " AS DOUBLE)"}, true
	}
	return span{}, false
}

func textLiteral(v soql.Value) (span, bool) {
	switch v := v.(type) {
	case *soql.String:
		return span{from: "lower(" + quoted(v.Text) + ")"}, true
	case *soql.ID:
		return span{from: "lower(" + quoted(v.Text) + ")"}, true
	}
	return span{}, false
}

// semiJoin is IN or NOT IN with a query: unknown where only rows that are uncertain themselves would bring it about.
func (r *reader) semiJoin(s *source, f ref, c *soql.Comparison, semi *soql.SemiJoin, negated bool) string {
	keepsOut, before := (c.Op == soql.NotIn) != negated != r.turned, r.turned
	r.turned = keepsOut
	inner, key, own, ok := r.inner(semi.Query, f)
	r.turned = before
	if !ok {
		return unknown
	}
	if t := r.schema.table(semi.Query.Object()); !own && !slices.Contains(r.inners, innerTable{t, keepsOut}) {
		r.inners = append(r.inners, innerTable{t, keepsOut})
	}
	name := fmt.Sprintf("among%d", len(r.ctes))
	r.ctes = append(r.ctes, fmt.Sprintf("%s AS (SELECT k, bool_or(coalesce(sure, false)) AS sure\n  FROM (%s)\n  WHERE k IS NOT NULL GROUP BY k)", name, inner))
	alias := fmt.Sprintf("t%d", r.aliases)
	r.aliases++
	left := s.value(f, key)
	s.joins = append(s.joins, fmt.Sprintf("%s %s ON %s.k = %s", name, alias, alias, left))
	found := fmt.Sprintf("CASE WHEN %[1]s.k IS NULL THEN false WHEN %[1]s.sure THEN true END", alias)
	gone := "false"
	filled := fmt.Sprintf("coalesce(%s, false)", s.value(f, asFilled))
	if r.holed && !own {
		found = fmt.Sprintf("CASE WHEN %[1]s.sure THEN true WHEN %[1]s.k IS NULL AND NOT %[2]s THEN false END", alias, filled)
	}
	if key == asLink && !f.isKey() { // the row it leads to may have been among those of the inner query
		gone = fmt.Sprintf("(%s IS NULL AND %s)", left, filled)
	}
	if lost := or(f.unknown, gone); lost != "false" {
		found = fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", lost, found)
	}
	if c.Op != soql.NotIn {
		return found
	}
	r.contested = true
	found = "(NOT " + found + ")"
	if r.strict != negated { // an empty key is in no list; the strict reading passes over it
		found = fmt.Sprintf("CASE WHEN NOT %s THEN %t ELSE %s END", filled, negated, found)
	}
	return found
}

// inner is the query of a semi-join as rows of a key k and whether they are sure, and the form its keys have: numbers
// of records where one side is the key of a table, since a lookup to a row that is gone has no number. own says that they
// are the keys of the inner rows themselves.
func (r *reader) inner(q *soql.Query, left ref) (rows string, as form, own, ok bool) {
	t := r.schema.table(q.Object())
	field, ok := q.Select[0].(*soql.Field)
	if t == nil || !ok {
		r.lacks("object " + q.Object())
		return "", "", false, false
	}
	s := r.from(t, q.From...)
	f, missing := s.find(field.Path.Names)
	if missing != "" {
		r.lacks(missing)
		return "", "", false, false
	}
	as = asText
	if k := f.kind(nil); k == "id" || k == "reference" || strings.HasSuffix(fold(f.field.name), "id") {
		as = asID
		if left.isKey() && (k == "reference" || f.isKey()) || f.isKey() && left.kind(nil) == "reference" {
			as = asLink
		}
	}
	key := s.value(f, as)
	alive, condition := r.alive(s), r.condition(s, q.Where, false)
	if f.unknown != "false" {
		r.fails("the key " + field.Path.String() + " of an inner query, which may have changed")
	}
	return fmt.Sprintf("SELECT %s AS k, %s AS sure FROM %s WHERE %s", key, and(alive, condition), s.text(), and(r.possible(condition), r.possible(alive))), as, f.isKey(), true
}
