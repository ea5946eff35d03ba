package replay_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What follows answers queries a second time, row by row and straight from the rules of the language, to be compared with
// what the replay finds. It shares nothing with the package: neither parser nor SQL.

// card is a record: what it held when the queries ran, nil before its creation, and what the snapshot has of it, nil when
// it was purged.
type card struct {
	object    string
	then, now map[string]string
}

func (c *card) id() string {
	if c.now != nil {
		return c.now["Id"]
	}
	return c.then["Id"]
}

// archive is all records, by 15-character id.
type archive struct {
	cards map[string]*card
	order []*card
}

// null readings: whether a negation holds for an empty value, does not, or holds even where the list names null.
type reading int

const (
	plain reading = iota
	strict
	generous
)

// asking is one query being answered.
type asking struct {
	*archive
	at      time.Time
	zone    *time.Location
	fiscal  int
	user    string
	all     bool // rows in the recycle bin too
	reading reading
	leaned  bool // on records that are gone: which others the answer had cannot be known
}

// holds is a condition's value: yes, no, or that of an empty value, which strict negation keeps.
type holds int

const (
	no holds = iota
	empty
	yes
)

func held(b bool) holds {
	if b {
		return yes
	}
	return no
}

// clause is a condition that prints itself and can be answered.
type clause interface {
	print(alias string) string
	holds(a *asking, c *card) holds
}

type every []clause
type either []clause
type not struct{ clause }

func between(list []clause, by, alias string) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, c.print(alias))
	}
	return "(" + strings.Join(parts, by) + ")"
}

func (e every) print(alias string) string  { return between(e, " AND ", alias) }
func (e either) print(alias string) string { return between(e, " OR ", alias) }
func (n not) print(alias string) string    { return "(NOT " + n.clause.print(alias) + ")" }

func (e every) holds(a *asking, c *card) holds {
	least := yes
	for _, t := range e {
		least = min(least, t.holds(a, c))
	}
	return least
}

func (e either) holds(a *asking, c *card) holds {
	most := no
	for _, t := range e {
		most = max(most, t.holds(a, c))
	}
	return most
}

func (n not) holds(a *asking, c *card) holds { return yes - n.clause.holds(a, c) }

// test compares a field. The values of one that is no list are one.
type test struct {
	path   []string // relationships, then the field
	kind   string
	op     string
	values []value
}

// value is a literal: printed so, and what it means.
type value struct {
	text  string
	null  bool
	plain string                             // text, id, boolean, multi-select
	n     float64                            // number
	at    time.Time                          // date and time; a date is midnight UTC
	span  func(a *asking, day time.Time) int // a date literal: -1 before, 0 inside, 1 after
}

func (t test) print(alias string) string {
	var values []string
	for _, v := range t.values {
		values = append(values, v.text)
	}
	right := strings.Join(values, ", ")
	if listed[t.op] {
		right = "(" + right + ")"
	}
	return alias + strings.Join(t.path, ".") + " " + t.op + " " + right
}

var listed = map[string]bool{"IN": true, "NOT IN": true, "INCLUDES": true, "EXCLUDES": true}

// parent is the record a relationship leads to, nil when there is none.
func (a *archive) parent(c *card, relationship string) *card {
	if c == nil {
		return nil
	}
	p := a.cards[short15(c.then[relationship+"Id"])]
	if p == nil || p.then == nil {
		return nil
	}
	return p
}

// known says whether the snapshot still has the records on the way along a path.
func (a *archive) known(c *card, path []string) bool {
	for _, step := range path[:len(path)-1] {
		if c.now == nil {
			return false
		}
		c = a.parent(c, step)
	}
	return true
}

func short15(id string) string { return id[:min(15, len(id))] }

func (a *archive) along(c *card, path []string) *card {
	for _, step := range path[:len(path)-1] {
		c = a.parent(c, step)
	}
	return c
}

func (t test) holds(a *asking, c *card) holds {
	text := ""
	if at := a.along(c, t.path); at != nil {
		text = at.then[t.path[len(t.path)-1]]
	}
	if t.kind == "boolean" && text == "" {
		text = "false"
	}
	return t.decide(a, text)
}

// decide compares a value with the literals of a test, and holds the rules for empty ones.
func (t test) decide(a *asking, text string) holds {
	negative := t.op == "!=" || t.op == "NOT IN" || t.op == "EXCLUDES"
	asksNull := slices.ContainsFunc(t.values, func(v value) bool { return v.null })
	if text == "" && !asksNull {
		if a.reading == strict {
			return empty
		}
		return held(negative)
	}
	if text == "" && t.op == "NOT IN" && a.reading == generous {
		return yes
	}
	found := false
	for _, v := range t.values {
		found = found || t.matches(a, text, v)
	}
	return held(found != negative)
}

func (t test) matches(a *asking, text string, v value) bool {
	if v.null || text == "" {
		return v.null && text == "" && t.kind != "boolean"
	}
	switch t.op {
	case "LIKE":
		return like(strings.ToLower(text), strings.ToLower(v.plain))
	case "INCLUDES", "EXCLUDES":
		has := strings.Split(strings.ToLower(text), ";")
		return !slices.ContainsFunc(strings.Split(strings.ToLower(v.plain), ";"), func(w string) bool { return !slices.Contains(has, w) })
	}
	order := t.compare(a, text, v)
	switch t.op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return order == 0
}

// compare is -1, 0 or 1 where the value lies before, at or after the literal.
func (t test) compare(a *asking, text string, v value) int {
	switch t.kind {
	case "id":
		return strings.Compare(short15(text), short15(v.plain))
	case "number":
		n, _ := strconv.ParseFloat(text, 64)
		return cmp.Compare(n, v.n)
	case "date":
		day, _ := time.Parse(time.DateOnly, text)
		if v.span != nil {
			return v.span(a, day)
		}
		return day.Compare(v.at)
	case "datetime":
		at, _ := time.Parse(time.RFC3339, text)
		if v.span != nil {
			local := at.In(a.zone)
			return v.span(a, time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC))
		}
		return at.Compare(v.at)
	}
	return strings.Compare(strings.ToLower(text), strings.ToLower(v.plain))
}

// like is LIKE with %, _ and a backslash before either meant literally.
func like(text, pattern string) bool {
	switch {
	case pattern == "":
		return text == ""
	case pattern[0] == '%':
		for i := 0; i <= len(text); i++ {
			if like(text[i:], pattern[1:]) {
				return true
			}
		}
		return false
	case text == "":
		return false
	case pattern[0] == '_':
		runes := []rune(text)
		return like(string(runes[1:]), pattern[1:])
	case pattern[0] == '\\':
		pattern = pattern[1:]
	}
	return text[0] == pattern[0] && like(text[1:], pattern[1:])
}

// part compares a part of a date.
type part struct {
	function, field, kind string
	zoned                 bool
	op                    string
	n                     int
}

func (p part) print(alias string) string {
	inner := alias + p.field
	if p.zoned {
		inner = "convertTimezone(" + inner + ")"
	}
	return fmt.Sprintf("%s(%s) %s %d", p.function, inner, p.op, p.n)
}

func (p part) holds(a *asking, c *card) holds {
	text := c.then[p.field]
	if text == "" {
		if a.reading == strict {
			return empty
		}
		return held(p.op == "!=")
	}
	layout := time.RFC3339
	if p.kind == "date" {
		layout = time.DateOnly
	}
	at, _ := time.Parse(layout, text)
	if at = at.UTC(); p.zoned {
		at = at.In(a.zone)
	}
	into := (int(at.Month()) - a.fiscal + 12) % 12 // months since the fiscal year began
	fiscalYear := at.Year()
	if a.fiscal > 1 && int(at.Month()) >= a.fiscal {
		fiscalYear++
	}
	got := map[string]int{"CALENDAR_YEAR": at.Year(), "CALENDAR_MONTH": int(at.Month()), "CALENDAR_QUARTER": (int(at.Month()) + 2) / 3,
		"DAY_IN_WEEK": int(at.Weekday()) + 1, "DAY_IN_MONTH": at.Day(), "DAY_IN_YEAR": at.YearDay(), "HOUR_IN_DAY": at.Hour(),
		"WEEK_IN_YEAR": (at.YearDay()-1)/7 + 1, "FISCAL_MONTH": into + 1, "FISCAL_QUARTER": into/3 + 1, "FISCAL_YEAR": fiscalYear}[p.function]
	switch p.op {
	case "=":
		return held(got == p.n)
	case "!=":
		return held(got != p.n)
	case "<":
		return held(got < p.n)
	}
	return held(got > p.n)
}

// leadsTo asks what object a lookup of several leads to.
type leadsTo struct {
	path   []string
	op     string
	object string
}

func (l leadsTo) print(alias string) string {
	return fmt.Sprintf("%s%s.Type %s '%s'", alias, strings.Join(l.path, "."), l.op, l.object)
}

func (l leadsTo) holds(a *asking, c *card) holds {
	p := a.along(c, append(slices.Clone(l.path), ""))
	if p == nil {
		if a.reading == strict {
			return empty
		}
		return held(l.op == "!=")
	}
	return held((p.object == l.object) == (l.op == "="))
}

// among is a semi-join, or an anti-join.
type among struct {
	field       string
	not         bool
	object, key string
	where       clause // nil: all
}

func (m among) print(alias string) string {
	op, where := "IN", ""
	if m.not {
		op = "NOT IN"
	}
	if m.where != nil {
		where = " WHERE " + m.where.print("")
	}
	return fmt.Sprintf("%s%s %s (SELECT %s FROM %s%s)", alias, m.field, op, m.key, m.object, where)
}

func (m among) holds(a *asking, c *card) holds {
	own := c.then[m.field]
	if own == "" {
		if a.reading == strict {
			return empty
		}
		return held(m.not)
	}
	found := slices.ContainsFunc(a.order, func(o *card) bool {
		joins := a.alive(o, m.object) && short15(o.then[m.key]) == short15(own) && (m.where == nil || m.where.holds(a, o) == yes)
		a.leaned = a.leaned || joins && o.now == nil && m.key != "Id"
		return joins
	})
	return held(found != m.not)
}

// alive says whether a record of the object existed, outside the recycle bin.
func (a *asking) alive(c *card, object string) bool {
	return c.object == object && c.then != nil && (a.all || c.then["IsDeleted"] != "true")
}

// sorting is one ORDER BY entry; of a text nobody knows the order.
type sorting struct {
	field, kind     string
	desc, nullsLast bool
}

func (s sorting) print(alias string) string {
	text := alias + s.field
	if s.desc {
		text += " DESC"
	}
	if s.nullsLast {
		text += " NULLS LAST"
	}
	return text
}

func (s sorting) compare(a, b *card) int {
	x, y := a.then[s.field], b.then[s.field]
	if s.kind == "boolean" { // never empty
		x, y = fmt.Sprint(x == "true"), fmt.Sprint(y == "true")
	}
	if x == "" || y == "" {
		order := 0
		if x == "" && y != "" {
			order = -1
		} else if y == "" && x != "" {
			order = 1
		}
		if s.nullsLast {
			order = -order
		}
		return order
	}
	order := strings.Compare(x, y)
	if s.kind == "number" {
		n, _ := strconv.ParseFloat(x, 64)
		m, _ := strconv.ParseFloat(y, 64)
		order = cmp.Compare(n, m)
	}
	if s.desc {
		order = -order
	}
	return order
}

// inquiry is a query.
type inquiry struct {
	object, alias string
	parents       [][]string // paths selected
	child         *inquiry
	relationship  string // of a child, as FROM names it
	by            string // of a child, the lookup
	mine          bool
	where         clause
	order         []sorting
	limit, offset int // limit -1: none
}

func (q *inquiry) print() string {
	alias, from := "", q.object
	if q.relationship != "" {
		from = q.relationship
	}
	if q.alias != "" {
		alias, from = q.alias+".", from+" "+q.alias
	}
	items := []string{alias + "Id"}
	for _, p := range q.parents {
		items = append(items, alias+strings.Join(p, "."))
	}
	if q.child != nil {
		items = append(items, "("+q.child.print()+")")
	}
	text := "SELECT " + strings.Join(items, ", ") + " FROM " + from
	if q.mine {
		text += " USING SCOPE mine"
	}
	if q.where != nil {
		text += " WHERE " + q.where.print(alias)
	}
	for i, s := range q.order {
		text += []string{" ORDER BY ", ", "}[min(i, 1)] + s.print(alias)
	}
	if q.limit >= 0 {
		text += fmt.Sprintf(" LIMIT %d", q.limit)
	}
	if q.offset > 0 {
		text += fmt.Sprintf(" OFFSET %d", q.offset)
	}
	return text
}

// answer is the records a query returned for certain, those it may have, and how many rows it did.
type answer struct {
	must, may map[*card]bool
	rows      int
}

func (a *asking) answer(q *inquiry, within []*card) answer {
	var matched []*card
	for _, c := range within {
		if a.alive(c, q.object) && (!q.mine || short15(c.then["OwnerId"]) == short15(a.user)) && (q.where == nil || q.where.holds(a, c) == yes) {
			matched = append(matched, c)
		}
	}
	got := answer{map[*card]bool{}, map[*card]bool{}, max(0, len(matched)-q.offset)}
	limit := len(matched)
	if q.limit >= 0 {
		got.rows, limit = min(got.rows, q.limit), q.limit
	}
	for _, c := range matched {
		before, upto := 0, 0 // rows that come before it, and not after it, for certain
		for _, o := range matched {
			order := q.place(o, c)
			if order < 0 {
				before++
			}
			if order <= 0 {
				upto++
			}
		}
		if upto <= limit+q.offset && before >= q.offset {
			got.must[c] = true
		}
		if before < limit+q.offset && upto > q.offset && limit > 0 {
			got.may[c] = true
		}
	}
	return got
}

// place orders two rows as far as ORDER BY tells.
func (q *inquiry) place(a, b *card) int {
	for _, s := range q.order {
		if s.kind == "text" {
			return 0
		}
		if order := s.compare(a, b); order != 0 {
			return order
		}
	}
	return 0
}

// touched adds to the rows of a query the parents it showed and its child rows.
func (a *asking) touched(q *inquiry, got answer) (must, may map[*card]bool, children int) {
	must, may = map[*card]bool{}, map[*card]bool{}
	for c := range got.may {
		note := func(o *card, sure bool) {
			may[o] = true
			if sure && got.must[c] {
				must[o] = true
			}
		}
		note(c, true)
		for _, p := range q.parents {
			if parent := a.along(c, p); parent != nil && len(p) > 1 && a.known(c, p) {
				note(parent, true)
			}
		}
		if q.child == nil {
			continue
		}
		below := a.answer(q.child, slices.DeleteFunc(slices.Clone(a.order), func(o *card) bool {
			return o.then == nil || short15(o.then[q.child.by]) != short15(c.id())
		}))
		children += below.rows
		for o := range below.may {
			note(o, below.must[o])
		}
	}
	return must, may, children
}
