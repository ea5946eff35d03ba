package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis/soql"
)

// plan is a question as SQL: the rows it may have returned, and what of which objects it showed.
type plan struct {
	*reader
	object    string
	table     *table // nil: the snapshot lacks the object
	query     *soql.Query
	source    *source
	where     string
	filter    string // holds where where is true or unknown
	parents   []parent
	children  []*plan
	by        field // of a child: the lookup to the row it hangs on
	shown     []shown
	keys      []key
	ordered   bool     // the order is known and total enough to cut at LIMIT
	groups    []string // GROUP BY as SQL
	undivided bool     // GROUP BY cannot be read
	capped    bool     // of a child: a LIMIT cuts rows that are not told
	gone      int64    // of a child that is capped: rows that may have been purged since
	shares    *answer  // what it shares with other questions, once that is settled
	settled   bool
}

// parent is a column of the rows that holds the record of a parent whose fields were selected, and one for that of a
// parent that was in the recycle bin: whether such a one was shown nobody documents. ” where there is none.
type parent struct{ column, value, binned, inBin string }

// shown is a field of an object the question returned.
type shown struct{ object, field string }

// key is one ORDER BY entry as SQL.
type key struct{ value, unknown, direction string }

// newPlan reads a query. It never fails: what cannot be read widens the set of rows and is named.
func (r *reader) newPlan(q *soql.Query) *plan {
	p := &plan{reader: r, query: q, object: q.Object(), where: "true"}
	p.table = r.schema.table(p.object)
	if p.table == nil {
		r.lacks("object " + p.object)
		p.showWritten(q)
		return p
	}
	p.object = p.table.object
	p.fill()
	return p
}

func (p *plan) fill() {
	q := p.query
	p.source = p.from(p.table, q.From...)
	// what was asked for first: it passes few rows, and times are read of those alone
	p.restrict(p.condition(p.source, q.Where, false), p.scoped(q.Scope), p.with(q.With), p.alive(p.source))
	if q.AllRows {
		p.all = true
	}
	for _, item := range q.Select {
		p.item(item)
	}
	p.group(q.GroupBy)
	p.order()
	if q.LimitBind != nil || q.OffsetBind != nil {
		p.fails("a LIMIT or OFFSET that is a variable")
		p.where = and(p.where, unknown)
	}
}

// restrict sets what rows must fulfil: where in three values, and filter in two, which passes what is true or unknown.
func (p *plan) restrict(conditions ...string) {
	var possible []string
	for _, c := range conditions {
		possible = append(possible, p.possible(c))
	}
	p.where, p.filter = and(conditions...), and(possible...)
}

// scoped is USING SCOPE: mine are the user's own rows, everything is no limit; of others nothing is known.
func (p *plan) scoped(scope string) string {
	switch fold(scope) {
	case "", "everything", "organization":
		return "true"
	case "mine":
		if f, missing := p.source.find([]string{"OwnerId"}); missing == "" && p.user != "" {
			return p.settle(test{sql: p.source.value(f, asID) + " = " + quoted(p.user)}, f.unknown, false)
		}
	}
	p.fails("USING SCOPE " + scope)
	return unknown
}

// with is the WITH clause; modes of permission checks do not choose rows beyond what the user may see.
func (p *plan) with(clauses []soql.With) string {
	for _, w := range clauses {
		if _, mode := w.(*soql.Mode); !mode {
			p.fails(soql.Format(w))
			return unknown
		}
	}
	return "true"
}

func (p *plan) item(item soql.Item) {
	switch item := item.(type) {
	case *soql.Field:
		p.path(item.Path.Names)
	case *soql.Call:
		p.call(item.Func)
	case *soql.Child:
		p.child(item.Query)
	case *soql.TypeOf:
		for _, w := range item.When {
			p.branch(item.Path, w)
		}
		for _, e := range item.Else {
			p.path(append(slices.Clone(item.Path.Names), e.Names...))
		}
	}
}

// call shows the fields a function is applied to; FIELDS() shows what the snapshot has of its kind.
func (p *plan) call(f *soql.Func) {
	if f.Is("FIELDS") && len(f.Args) == 1 {
		which, _ := f.Args[0].(*soql.Keyword)
		for _, own := range p.table.order {
			custom := strings.Contains(own.name, "__")
			if which == nil || which.Text == "ALL" || which.Text == "CUSTOM" == custom {
				p.show(p.table.object, own.name)
			}
		}
		return
	}
	if counts(f) {
		return
	}
	for _, path := range soql.Paths(f) {
		p.path(path.Names)
	}
}

func (p *plan) show(object, field string) {
	if s := (shown{object, field}); !slices.Contains(p.shown, s) {
		p.shown = append(p.shown, s)
	}
}

// path shows a selected field, and the parent record when it lies on one.
func (p *plan) path(names []string) {
	names = p.source.strip(names)
	if len(names) == 1 {
		p.own(p.table, names[0])
		return
	}
	if f, ok := p.table.field(strings.Join(names, ".")); ok {
		p.show(p.table.object, f.name)
	}
	l, missing := p.source.follow(names[:len(names)-1])
	if missing != "" {
		if _, ok := p.table.field(strings.Join(names, ".")); !ok {
			p.lacks(missing)
			p.show(p.table.object, strings.Join(names, "."))
		}
		return
	}
	for _, e := range l.ends {
		p.own(e.table, names[len(names)-1])
		p.parent(e)
	}
}

func (p *plan) parent(e end) {
	x := parent{column: fmt.Sprintf("p%d", len(p.parents)), value: p.record(e)}
	unborn, binned := p.unborn(e), p.binned(e)
	if binned != "false" {
		x.binned, x.inBin = fmt.Sprintf("b%d", len(p.parents)), fmt.Sprintf("CASE WHEN %s THEN %s END", and(binned, "NOT "+unborn), x.value)
	}
	if absent := or(unborn, binned); absent != "false" {
		x.value = fmt.Sprintf("CASE WHEN NOT %s THEN %s END", absent, x.value)
	}
	if !slices.ContainsFunc(p.parents, func(y parent) bool { return x.value == y.value }) {
		p.parents = append(p.parents, x)
	}
}

// own shows a field of a table. A compound field shows its parts.
func (p *plan) own(t *table, name string) {
	if f, ok := t.field(name); ok {
		p.show(t.object, f.name)
		return
	}
	if parts := compoundParts(t, name); len(parts) > 0 {
		for _, f := range parts {
			p.show(t.object, f.name)
		}
		return
	}
	if !technical[fold(name)] {
		p.lacks("field " + name + " of " + t.object)
	}
	p.show(t.object, name)
}

// technical fields are often selected and seldom exported; they tell nothing about a person.
var technical = map[string]bool{"id": true, "systemmodstamp": true, "lastvieweddate": true, "lastreferenceddate": true, "lastmodifiedbyid": true, "createdbyid": true,
	"recordtypeid": true, "isdeleted": true, "masterrecordid": true, "currencyisocode": true, "photourl": true}

// compoundParts are the fields of the snapshot a compound field is made of: Name, MailingAddress, Location__c.
func compoundParts(t *table, name string) []field {
	var names []string
	if strings.EqualFold(name, "Name") {
		names = []string{"Salutation", "FirstName", "MiddleName", "LastName", "Suffix"}
	} else if base, ok := strings.CutSuffix(fold(name), "address"); ok {
		for _, part := range []string{"Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode", "Latitude", "Longitude", "GeocodeAccuracy"} {
			names = append(names, base+part)
		}
	} else if base, ok := strings.CutSuffix(fold(name), "__c"); ok {
		for _, part := range []string{"__Latitude__s", "__Longitude__s", "__Street__s", "__City__s", "__PostalCode__s", "__StateCode__s", "__CountryCode__s"} {
			names = append(names, base+part)
		}
	}
	var parts []field
	for _, n := range names {
		if f, ok := t.field(n); ok {
			parts = append(parts, f)
		}
	}
	return parts
}

// branch shows the fields of one WHEN of TYPEOF on the rows of that object.
func (p *plan) branch(path *soql.Path, w soql.When) {
	l, missing := p.source.follow(p.source.strip(path.Names))
	if missing != "" {
		p.lacks(missing)
		return
	}
	for _, e := range l.ends {
		if !strings.EqualFold(e.table.object, w.Object) {
			continue
		}
		for _, f := range w.Fields {
			p.own(e.table, f.Last())
		}
		p.parent(e)
	}
}

// child plans a query over a child relationship.
func (p *plan) child(q *soql.Query) {
	t, by, ok := p.schema.children(p.table, q.From[0].Name())
	if !ok {
		p.lacks("the child rows " + q.From[0].Name() + " of " + p.table.object)
		return
	}
	c := &plan{reader: p.reader, object: t.object, table: t, query: q, by: by}
	c.fill()
	c.capped = q.Limit != nil || q.Offset != nil
	if q.Limit != nil && *q.Limit == 0 {
		c.restrict("false")
	}
	p.children = append(p.children, c)
}

// order reads ORDER BY. The order of texts depends on the locale and of picklists on the set-up, so only ids, numbers,
// dates and business numbers count as known.
func (p *plan) order() {
	p.ordered = len(p.query.OrderBy) > 0
	for _, o := range p.query.OrderBy {
		path, ok := o.By.(*soql.Path)
		if !ok {
			p.ordered = false
			return
		}
		f, missing := p.source.find(path.Names)
		if missing != "" {
			p.lacks(missing)
			p.ordered = false
			return
		}
		as, ok := sortable(f)
		if !ok || f.link != nil && o.NullsLast { // on a parent the server passes over NULLS
			if len(p.keys) == 0 {
				p.ordered = false
			}
			p.texts = append(p.texts, path.String())
			return // what comes before still sorts
		}
		direction := "ASC"
		if o.Desc {
			direction = "DESC"
		}
		if o.NullsLast {
			direction += " NULLS LAST"
		} else {
			direction += " NULLS FIRST"
		}
		p.keys = append(p.keys, key{p.source.value(f, as), f.unknown, direction})
	}
}

func sortable(f ref) (form, bool) {
	switch f.kind(nil) {
	case "id", "reference":
		return asID, true
	case "integer", "number", "currency":
		return asNumber, true
	case "date":
		return asDate, true
	case "datetime":
		return asMoment, true
	case "boolean":
		return asBool, true
	}
	return asPlain, f.field.numbered
}

// showWritten lists the fields of a query over an object the snapshot lacks, as they are written.
func (p *plan) showWritten(q *soql.Query) {
	for _, item := range q.Select {
		if f, ok := item.(*soql.Field); ok {
			p.show(p.object, f.Path.String())
		}
	}
}

// rows is the SQL of the rows that match or may match: rec, id, sure, one column per parent, sort keys. They fulfil
// other conditions besides.
func (p *plan) rows(also ...string) string {
	columns := []string{p.source.alias + ".rec AS rec", p.source.alias + ".id AS id", p.where + " AS sure"}
	return p.chosen(append(columns, p.columns()...), also...)
}

func (p *plan) chosen(columns []string, also ...string) string {
	return fmt.Sprintf("%sSELECT %s\n  FROM %s\nWHERE %s", p.common(), strings.Join(columns, ",\n  "), p.source.text(), and(append(also, p.filter)...))
}

// below is the same for child rows of the rows in relation hit. Orphans are child rows whose parent is gone: it may have
// been among the rows.
func (p *plan) below(hit string, orphans bool) string {
	by := p.source.alias + "." + p.needs.add(p.table, p.by, asLink)
	filled := p.source.alias + "." + p.needs.add(p.table, p.by, asFilled)
	sure, join, hangs := and(p.where, "h.sure"), "JOIN", "true"
	if p.capped {
		sure = and(sure, p.whole())
	}
	if orphans {
		join, hangs = "LEFT JOIN", fmt.Sprintf("(h.rec IS NOT NULL OR %s IS NULL AND coalesce(%s, false))", by, filled)
	}
	columns := []string{p.source.alias + ".rec AS rec", p.source.alias + ".id AS id", sure + " AS sure", "h.rec AS up"}
	columns = append(columns, p.columns()...)
	return fmt.Sprintf("%sSELECT %s\n  FROM %s\n  %s %s h ON h.rec = %s\nWHERE %s",
		p.common(), strings.Join(columns, ",\n  "), p.source.text(), join, hit, by, and(p.filter, hangs))
}

// whole is where LIMIT lets all child rows of a row through; of others nothing is known.
func (p *plan) whole() string {
	if p.query.Limit == nil || p.query.Offset != nil {
		return unknown
	}
	return fmt.Sprintf("CASE WHEN count(*) OVER (PARTITION BY h.rec) <= %d THEN true END", *p.query.Limit-p.gone)
}

// sureKeys is the SQL of the first sort key of the rows that match for certain.
func (p *plan) sureKeys() string {
	return fmt.Sprintf("%sSELECT %s AS k0 FROM %s WHERE %s", p.common(), p.keys[0].value, p.source.text(), and(p.where, "NOT "+p.keyless()))
}

// keyless is SQL for the rows whose place in the order is not known.
func (p *plan) keyless() string {
	var unknowns []string
	for _, k := range p.keys {
		unknowns = append(unknowns, k.unknown)
	}
	return "(" + or(unknowns...) + ")"
}

func (p *plan) columns() []string {
	columns := p.parentColumns()
	for _, x := range p.parents {
		if x.binned != "" {
			columns = append(columns, x.inBin+" AS "+x.binned)
		}
	}
	for i, g := range p.groups {
		columns = append(columns, fmt.Sprintf("%s AS g%d", g, i))
	}
	for i, k := range p.keys {
		columns = append(columns, fmt.Sprintf("%s AS k%d", k.value, i))
	}
	if len(p.keys) > 0 {
		columns = append(columns, p.keyless()+" AS keyless")
	}
	return columns
}

func (p *plan) common() string {
	if len(p.ctes) == 0 {
		return ""
	}
	return "WITH " + strings.Join(p.ctes, ",\n") + "\n"
}

// cut is the SQL that keeps of the rows that matched what LIMIT and OFFSET let through in the order asked for. A row is sure when
// it lies inside even if every doubtful row came before it, and possible when it lies inside if none did. Rows that sort
// alike are counted together, so that the running totals have one row per place. What is not near the places is out
// beforehand. So many rows as are gone since may have come before any, and so many as were kept out not have.
func (p *plan) cut(matched, near string, limit, offset, gone, keptOut int64) string {
	var names, by, same []string
	for i, k := range p.keys {
		name := fmt.Sprintf("k%d", i)
		names, by = append(names, name), append(by, name+" "+k.direction)
		same = append(same, fmt.Sprintf("h.%[1]s IS NOT DISTINCT FROM p.%[1]s", name))
	}
	return fmt.Sprintf(`WITH near AS MATERIALIZED (
  FROM %[8]s WHERE NOT keyless AND (%[6]s)
), place AS (
  SELECT %[1]s, count(*) AS n, count(*) FILTER (sure) AS known FROM near GROUP BY ALL
), total AS (
  SELECT *, sum(known) OVER running - known AS before, sum(n) OVER running AS upto FROM place
  WINDOW running AS (ORDER BY %[2]s ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), vague AS (SELECT count(*) + %[7]d AS n FROM %[8]s WHERE keyless)
SELECT h.* REPLACE (CASE WHEN h.sure AND p.upto + (SELECT n FROM vague) <= %[4]d AND p.before + 1 > %[5]d THEN true END AS sure)
FROM near h JOIN total p ON %[3]s
WHERE p.before + 1 <= %[9]d AND p.upto + (SELECT n FROM vague) > %[5]d
UNION ALL SELECT h.* REPLACE (NULL::BOOLEAN AS sure) FROM %[8]s h WHERE h.keyless`,
		strings.Join(names, ", "), strings.Join(by, ", "), strings.Join(same, " AND "), offset+limit, offset, near, gone, matched, offset+limit+keptOut)
}

// within is SQL for a first key that does not sort behind that of an edge; no text means that its key is empty.
func (k key) within(edge string) string {
	last := strings.HasSuffix(k.direction, "NULLS LAST")
	before := "k0 <= " + edge
	if strings.HasPrefix(k.direction, "DESC") {
		before = "k0 >= " + edge
	}
	switch {
	case last && edge == "":
		return "true"
	case last:
		return before
	case edge == "":
		return "k0 IS NULL"
	}
	return "k0 IS NULL OR " + before
}
