package replay

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/fetchxml"
	"github.com/breachscope/breachscope/analysis/odata"
	"github.com/breachscope/breachscope/analysis/soql"
)

// Queries of Dataverse (Dynamics 365) become SOQL trees over the tables of the snapshot, so that one plan serves all. Rows
// of linked tables that a query returns are a query of their own, run beside it.

// auditSource is the log that holds Dataverse queries.
const auditSource = "audit"

var odataURI = regexp.MustCompile(`(?i)/api/data/v[0-9.]+/|[?&](\$|%24)(select|filter|expand|top|orderby)=`)

// fetches puts together the Dataverse queries of one session.
func (d *derivation) fetches(list []mention, s *schema) (asked []*question) {
	for _, m := range list {
		if m.action != "query" && m.action != "report" || m.source != auditSource { // a report is a view taken out to a sheet
			continue
		}
		q := &question{session: m.session, account: m.account, carrier: analysis.FetchXML, act: analysis.Acquired, at: m.at, until: m.at, text: m.text, object: m.object}
		q.add(m)
		q.refused = refused(m)
		w := d.sessions[m.session]
		t := translation{schema: s, user: w.user, at: m.at, zone: newCalendar(w.zone, d.settings.Timezone, w.locale, d.settings.FiscalStart).zone}
		q.query, q.unread = t.read(m)
		if q.query != nil {
			q.object = q.query.Object()
		}
		q.linked = t.linked
		asked = append(asked, q)
	}
	return asked
}

// translation is one Dataverse query becoming trees.
type translation struct {
	schema *schema
	user   string // id of the running user, '' unknown
	at     time.Time
	zone   *time.Location
	linked []*soql.Query
}

// read finds the query in a row, or says why there is none. A row that names the records returned needs no text.
func (t *translation) read(m mention) (*soql.Query, string) {
	text := strings.TrimSpace(m.text)
	address := first(text, m.target)
	switch {
	case strings.HasPrefix(text, "<"):
		f, err := fetchxml.Parse(text)
		if err != nil {
			return nil, "the query cannot be read: " + err.Error()
		}
		return t.fetch(f), ""
	case odataURI.MatchString(address):
		q, err := odata.Parse(address)
		if err != nil {
			return nil, "the query cannot be read: " + err.Error()
		}
		return t.odata(q)
	case text == "" && m.rows.Valid && m.rows.Int64 > 0 && t.schema.table(m.object) != nil:
		return selecting(m.object, nil, true), ""
	}
	return nil, "no log holds the text of the query over " + m.object
}

func names(path string) *soql.Path { return &soql.Path{Names: []string{path}} }

// selecting is a query for columns of a table.
func selecting(object string, columns []string, all bool) *soql.Query {
	q := &soql.Query{From: []soql.From{{Path: names(object)}}}
	for _, c := range columns {
		q.Select = append(q.Select, &soql.Field{Path: names(c)})
	}
	if all {
		q.Select = append(q.Select, &soql.Call{Func: &soql.Func{Name: "FIELDS", Args: []soql.Node{&soql.Keyword{Text: "ALL"}}}})
	}
	if len(q.Select) == 0 {
		q.Select = append(q.Select, &soql.Field{Path: names("Id")})
	}
	return q
}

// key is the name of a table's key column.
func (s *schema) key(object string) string {
	if t := s.table(object); t != nil && t.key != "" {
		return t.key
	}
	return object + "id"
}

// among is column IN (SELECT inner FROM object WHERE …).
func among(column, inner, object string, where soql.Expr, op soql.Op) soql.Expr {
	q := selecting(object, []string{inner}, false)
	q.Where = where
	return &soql.Comparison{Left: names(column), Op: op, Right: &soql.SemiJoin{Query: q}}
}

// fetch translates FetchXML.
func (t *translation) fetch(f *fetchxml.Fetch) *soql.Query {
	e := f.Entity
	q := selecting(e.Name, attributes(e), e.All)
	q.Where = t.entity(e, e.Links)
	if f.Retained {
		q.Where = conjunction(present(q.Where, notUnderstood("the long-term store")))
	}
	if f.Aggregate {
		return aggregated(q, e)
	}
	for _, o := range e.Orders {
		q.OrderBy = append(q.OrderBy, soql.Order{By: names(first(o.Attribute, o.Alias)), Desc: o.Descending})
	}
	switch {
	case f.Top > 0:
		q.Limit = &f.Top
	case f.Count > 0:
		q.Limit = &f.Count
		if skip := (f.Page - 1) * f.Count; f.Page > 1 {
			q.Offset = &skip
		}
	}
	for _, l := range e.Links {
		t.link(l, q)
	}
	return q
}

func attributes(e fetchxml.Entity) (columns []string) {
	for _, a := range e.Attributes {
		columns = append(columns, a.Name)
	}
	return columns
}

// aggregated keeps the columns grouped by; without any the query is a number.
func aggregated(q *soql.Query, e fetchxml.Entity) *soql.Query {
	q.Select, q.GroupBy = nil, &soql.GroupBy{}
	for _, a := range e.Attributes {
		if a.GroupBy {
			q.Select = append(q.Select, &soql.Field{Path: names(a.Name)})
			q.GroupBy.By = append(q.GroupBy.By, names(a.Name))
		}
	}
	if len(q.Select) == 0 {
		q.GroupBy = nil
		q.Select = []soql.Item{&soql.Call{Func: &soql.Func{Name: "COUNT"}}}
	}
	return q
}

// present are the conditions that are not nil.
func present(all ...soql.Expr) (some []soql.Expr) {
	for _, e := range all {
		if e != nil {
			some = append(some, e)
		}
	}
	return some
}

// entity is the condition on the rows of a table: its filters, and the links that drop rows.
func (t *translation) entity(e fetchxml.Entity, links []fetchxml.Link) soql.Expr {
	var terms []soql.Expr
	for _, f := range e.Filters {
		terms = append(terms, present(t.filter(f, e.Name, links))...)
	}
	for _, l := range e.Links {
		terms = append(terms, present(t.joined(l))...)
	}
	return conjunction(terms)
}

// joined is the condition a link puts on the outer row.
func (t *translation) joined(l fetchxml.Link) soql.Expr {
	op := soql.In
	switch l.Type {
	case "outer":
		return nil
	case "not any":
		op = soql.NotIn
	case "all", "not all":
		return t.every(l)
	}
	return among(l.To, l.From, l.Name, t.entity(l.Entity, l.Links), op)
}

// every is link-type all or not all, whose meaning changed between editions of the reference. Earlier: all linked rows
// fulfil the conditions, or one does not. Today: there are linked rows but none fulfils them, or one does. Rows on which
// both agree are certain.
func (t *translation) every(l fetchxml.Link) soql.Expr {
	inner := t.entity(l.Entity, l.Links)
	if inner == nil {
		return notUnderstood("link-type " + l.Type + " with " + l.Name + " without a condition")
	}
	any := among(l.To, l.From, l.Name, inner, soql.In)
	failing := among(l.To, l.From, l.Name, &soql.Not{X: inner}, soql.In)
	earlier, today := failing, any
	if l.Type == "all" {
		earlier = &soql.Not{X: failing}
		today = &soql.And{Terms: []soql.Expr{among(l.To, l.From, l.Name, nil, soql.In), &soql.Not{X: any}}}
	}
	return disputed(earlier, today, "link-type "+l.Type+" with "+l.Name+", whose meaning changed")
}

// disputed holds where both readings do, and may hold where one does.
func disputed(one, other soql.Expr, what string) soql.Expr {
	return &soql.Or{Terms: []soql.Expr{&soql.And{Terms: []soql.Expr{one, other}}, perhaps(&soql.Or{Terms: []soql.Expr{one, other}}, what)}}
}

// perhaps may hold where a condition does, and not elsewhere.
func perhaps(e soql.Expr, what string) soql.Expr {
	return &soql.And{Terms: []soql.Expr{e, notUnderstood(what)}}
}

// link adds the query for the rows of a linked table that are returned.
func (t *translation) link(l fetchxml.Link, outer *soql.Query) {
	if l.All || len(l.Attributes) > 0 {
		q := selecting(l.Name, attributes(l.Entity), l.All)
		q.Where = conjunction(present(t.entity(l.Entity, l.Links), among(l.From, l.To, outer.Object(), outer.Where, soql.In)))
		t.linked = append(t.linked, q)
	}
	inner := selecting(l.Name, nil, false)
	inner.Where = conjunction(present(t.entity(l.Entity, l.Links), among(l.From, l.To, outer.Object(), outer.Where, soql.In)))
	for _, deeper := range l.Links {
		t.link(deeper, inner)
	}
}

func (t *translation) filter(f fetchxml.Filter, object string, links []fetchxml.Link) soql.Expr {
	var terms []soql.Expr
	for _, c := range f.Conditions {
		terms = append(terms, t.condition(c, object, links))
	}
	for _, inner := range f.Filters {
		terms = append(terms, present(t.filter(inner, object, links))...)
	}
	for _, l := range f.Links {
		terms = append(terms, present(t.joined(l))...)
	}
	if f.Or && len(terms) > 1 {
		return &soql.Or{Terms: terms}
	}
	return conjunction(terms)
}

// condition is one comparison, on the table itself or on one linked to it.
func (t *translation) condition(c fetchxml.Condition, object string, links []fetchxml.Link) soql.Expr {
	if c.Entity == "" {
		return t.compare(object, c)
	}
	for _, l := range links {
		if !strings.EqualFold(c.Entity, first(l.Alias, l.Name)) {
			continue
		}
		own := t.entity(l.Entity, l.Links)
		if c.Operator == "null" && strings.EqualFold(c.Attribute, t.schema.key(l.Name)) { // no linked row
			return among(l.To, l.From, l.Name, own, soql.NotIn)
		}
		if compared, ok := fetchOperators[c.Operator]; c.Operator != "null" && ok && !compared.negated {
			return among(l.To, l.From, l.Name, conjunction(present(own, t.compare(l.Name, c))), soql.In)
		}
	}
	return notUnderstood(c.Entity + "." + c.Attribute + " " + c.Operator)
}

// fetchOperators compare a column with values.
var fetchOperators = map[string]compared{
	"eq": {op: soql.Eq}, "ne": {op: soql.Eq, negated: true}, "neq": {op: soql.Eq, negated: true}, "lt": {op: soql.Lt}, "le": {op: soql.Le}, "gt": {op: soql.Gt}, "ge": {op: soql.Ge},
	"in": {op: soql.Eq}, "not-in": {op: soql.Eq, negated: true}, "on": {op: soql.Eq}, "not-on": {op: soql.Eq, negated: true}, "on-or-after": {op: soql.Ge}, "on-or-before": {op: soql.Le},
	"like": {op: soql.Like}, "not-like": {op: soql.Like, negated: true}, "begins-with": {op: soql.Like, after: "%"}, "not-begin-with": {op: soql.Like, after: "%", negated: true},
	"ends-with": {op: soql.Like, before: "%"}, "not-end-with": {op: soql.Like, before: "%", negated: true},
	"contain-values": {op: soql.Includes}, "not-contain-values": {op: soql.Excludes},
}

// fetchRanges are the operators that name a range of days, as date literals.
var fetchRanges = map[string]string{
	"today": "TODAY", "yesterday": "YESTERDAY", "tomorrow": "TOMORROW", "this-week": "THIS_WEEK", "last-week": "LAST_WEEK", "next-week": "NEXT_WEEK",
	"this-month": "THIS_MONTH", "last-month": "LAST_MONTH", "next-month": "NEXT_MONTH", "this-year": "THIS_YEAR", "last-year": "LAST_YEAR", "next-year": "NEXT_YEAR",
	"this-fiscal-year": "THIS_FISCAL_YEAR", "last-fiscal-year": "LAST_FISCAL_YEAR", "next-fiscal-year": "NEXT_FISCAL_YEAR",
	"last-seven-days": "LAST_N_DAYS:7", "next-seven-days": "NEXT_N_DAYS:7",
}

func (t *translation) compare(object string, c fetchxml.Condition) soql.Expr {
	p := names(c.Attribute)
	switch c.Operator {
	case "null":
		return &soql.Comparison{Left: p, Op: soql.Eq, Right: &soql.Null{}}
	case "not-null":
		return &soql.Comparison{Left: p, Op: soql.Ne, Right: &soql.Null{}}
	case "between", "not-between":
		return t.between(object, c)
	}
	if name, ok := fetchRanges[c.Operator]; ok {
		return &soql.Comparison{Left: p, Op: soql.Eq, Right: dateValue(name)}
	}
	if e := t.ago(c); e != nil {
		return e
	}
	if e := t.own(p, c); e != nil {
		return e
	}
	how, ok := fetchOperators[c.Operator]
	patterned := c.Operator == "like" || c.Operator == "not-like"
	left := strings.Join(c.Values, "")
	if patterned {
		left = bracketed.ReplaceAllString(left, "")
	}
	if !ok || c.ValueOf != "" || len(c.Values) == 0 || how.op == soql.Like && strings.ContainsAny(left, "[]") {
		return notUnderstood(c.Attribute + " " + c.Operator + " " + strings.Join(c.Values, ", ") + c.ValueOf)
	}
	return how.apply(p, c.Values, t.kind(object, c.Attribute), patterned)
}

// bracketed is a wildcard that a pattern means as it stands.
var bracketed = regexp.MustCompile(`\[([%_\[])\]`)

// apply compares with any of several values. A pattern has its own wildcards.
func (how compared) apply(p *soql.Path, values []string, kind string, patterned bool) soql.Expr {
	if how.op == soql.Includes || how.op == soql.Excludes {
		list := &soql.List{}
		for _, v := range values {
			list.Values = append(list.Values, &soql.String{Text: v})
		}
		return &soql.Comparison{Left: p, Op: how.op, Right: list}
	}
	var any []soql.Expr
	for _, v := range values {
		right := literal(v, kind)
		if how.op == soql.Like && patterned {
			right = &soql.String{Text: strings.ReplaceAll(bracketed.ReplaceAllString(strings.ReplaceAll(v, `\`, `\\`), `\$1`), `\[`, `[`)}
		} else if how.op == soql.Like {
			right = &soql.String{Text: how.before + pattern(v) + how.after}
		}
		any = append(any, &soql.Comparison{Left: p, Op: how.op, Right: right})
	}
	e := any[0]
	if len(any) > 1 {
		e = &soql.Or{Terms: any}
	}
	if how.negated {
		return &soql.Not{X: e}
	}
	return e
}

func (t *translation) between(object string, c fetchxml.Condition) soql.Expr {
	if len(c.Values) != 2 {
		return notUnderstood(c.Attribute + " " + c.Operator)
	}
	kind, p := t.kind(object, c.Attribute), names(c.Attribute)
	e := soql.Expr(&soql.And{Terms: []soql.Expr{&soql.Comparison{Left: p, Op: soql.Ge, Right: literal(c.Values[0], kind)}, &soql.Comparison{Left: p, Op: soql.Le, Right: literal(c.Values[1], kind)}}})
	if c.Operator == "not-between" {
		return &soql.Not{X: e}
	}
	return e
}

// own compares with the running user; nil for other operators. What belongs to teams or to those below is not known.
func (t *translation) own(p *soql.Path, c fetchxml.Condition) soql.Expr {
	if len(t.user) < 36 {
		return nil
	}
	mine := &soql.Comparison{Left: p, Op: soql.Eq, Right: &soql.String{Text: t.user}}
	switch c.Operator {
	case "eq-userid":
		return mine
	case "ne-userid":
		return &soql.Not{X: mine}
	case "eq-useroruserteams", "eq-useroruserhierarchy", "eq-useroruserhierarchyandteams":
		return &soql.Or{Terms: []soql.Expr{mine, notUnderstood(c.Attribute + " " + c.Operator)}}
	}
	return nil
}

var agoOperator = regexp.MustCompile(`^(last|next|olderthan)-x-(hours|days|weeks|months|years|minutes)$`)

// ago is a range that ends, or begins, with the moment of the query; nil for any other operator.
func (t *translation) ago(c fetchxml.Condition) soql.Expr {
	found := agoOperator.FindStringSubmatch(c.Operator)
	if found == nil {
		return nil
	}
	n, err := strconv.Atoi(strings.Join(c.Values, ""))
	if err != nil {
		return notUnderstood(c.Attribute + " " + c.Operator)
	}
	p, sign := names(c.Attribute), -n
	if found[1] == "next" {
		sign = n
	}
	edge := t.edge(found[2], sign)
	if found[1] == "olderthan" {
		return &soql.Comparison{Left: p, Op: soql.Lt, Right: edge}
	}
	now := &soql.DateTime{UTC: t.at.UTC()}
	from, to := soql.Value(edge), soql.Value(now)
	if found[1] == "next" {
		from, to = now, edge
	}
	return &soql.And{Terms: []soql.Expr{&soql.Comparison{Left: p, Op: soql.Ge, Right: from}, &soql.Comparison{Left: p, Op: soql.Le, Right: to}}}
}

// edge is the moment so many units away; days and longer units begin at midnight.
func (t *translation) edge(unit string, n int) soql.Value {
	local := t.at.In(t.zone)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, t.zone)
	if n > 0 {
		midnight = midnight.AddDate(0, 0, 1).Add(-time.Second)
	}
	switch unit {
	case "minutes":
		return &soql.DateTime{UTC: t.at.Add(time.Duration(n) * time.Minute).UTC()}
	case "hours":
		return &soql.DateTime{UTC: t.at.Add(time.Duration(n) * time.Hour).UTC()}
	case "days":
		midnight = midnight.AddDate(0, 0, n)
	case "weeks":
		midnight = midnight.AddDate(0, 0, 7*n)
	case "months":
		midnight = midnight.AddDate(0, n, 0)
	case "years":
		midnight = midnight.AddDate(n, 0, 0)
	}
	return &soql.DateTime{UTC: midnight.UTC()}
}

func (t *translation) kind(object, column string) string {
	if table := t.schema.table(object); table != nil {
		f, _ := table.field(column)
		return f.kind
	}
	return ""
}

// readNamed counts, for rows of the log that counts none, the records they name as returned.
func (d *derivation) readNamed(ctx context.Context, list []mention) error {
	rows, err := d.db.QueryContext(ctx, "SELECT event, count(*) FROM names WHERE source = ? GROUP BY event", auditSource)
	if err != nil {
		return fmt.Errorf("counting records named: %w", err)
	}
	defer rows.Close()
	counts := map[int64]int64{}
	for rows.Next() {
		var event, n int64
		if err := rows.Scan(&event, &n); err != nil {
			return err
		}
		counts[event] = n
	}
	for i := range list {
		if n := counts[list[i].event]; n > 0 && !list[i].rows.Valid {
			list[i].rows.Int64, list[i].rows.Valid = n, true
		}
	}
	return rows.Err()
}
