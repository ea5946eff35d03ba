package replay

import (
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis/fetchxml"
	"github.com/breachscope/breachscope/analysis/odata"
	"github.com/breachscope/breachscope/analysis/soql"
)

// odata translates a request of the web interface.
func (t *translation) odata(o *odata.Query) (*soql.Query, string) {
	if o.Fetch != "" {
		f, err := fetchxml.Parse(o.Fetch)
		if err != nil {
			return nil, "the query cannot be read: " + err.Error()
		}
		return t.fetch(f), ""
	}
	table := t.set(o.Set)
	if table == nil {
		return nil, "the snapshot holds no " + o.Set
	}
	if o.Key != "" && o.Then != "" && !strings.HasPrefix(o.Then, "$") {
		if f, property := table.field(o.Then); !property || len(f.references) > 0 {
			return t.led(table, o)
		}
	}
	q := selecting(table.object, columnsOf(o.Select), len(o.Select) == 0)
	var terms []soql.Expr
	if o.Key != "" {
		terms = append(terms, &soql.Comparison{Left: names(table.key), Op: soql.Eq, Right: &soql.String{Text: o.Key}})
	}
	if o.Filter != nil {
		terms = append(terms, t.expr(table, o.Filter))
	}
	if o.Apply != "" || o.View != "" {
		terms = append(terms, notUnderstood(strings.TrimSpace(o.Apply+" "+o.View)))
	}
	q.Where, q.Limit, q.Offset = conjunction(terms), o.Top, o.Skip
	for _, by := range o.OrderBy {
		q.OrderBy = append(q.OrderBy, soql.Order{By: names(property(by.Path)), Desc: by.Desc})
	}
	if o.Then == "$count" {
		q.Select = []soql.Item{&soql.Call{Func: &soql.Func{Name: "COUNT"}}}
	}
	for _, e := range o.Expand {
		t.expand(table, q, e)
	}
	return q, ""
}

// led is a request for the rows a navigation property leads to from one row: by a lookup of that row, or by any lookup of
// the table a collection is named after.
func (t *translation) led(from *table, o *odata.Query) (*soql.Query, string) {
	key := &soql.Comparison{Left: names(from.key), Op: soql.Eq, Right: &soql.String{Text: o.Key}}
	rest := *o
	rest.Key, rest.Then = "", ""
	var where soql.Expr
	if lookup, to := t.navigate(from, o.Then); to != nil {
		rest.Set, where = to.object, among(to.key, lookup, from.object, key, soql.In)
	} else {
		var ways []soql.Expr
		children := t.collections(from, o.Then)
		for _, c := range children {
			if c.table == children[0].table {
				ways = append(ways, &soql.Comparison{Left: names(c.lookup), Op: soql.Eq, Right: key.Right})
			}
		}
		if len(ways) == 0 || children[len(children)-1].table != children[0].table {
			return nil, "which rows " + o.Then + " of " + from.object + " leads to is not known"
		}
		rest.Set, where = children[0].table.object, perhaps(&soql.Or{Terms: ways}, o.Then)
	}
	q, problem := t.odata(&rest)
	if q != nil {
		q.Where = conjunction(present(where, q.Where))
	}
	return q, problem
}

// collection is a lookup a collection of rows may go by.
type collection struct {
	table  *table
	lookup string
}

// collections lists the lookups to a table that a collection may go by: those of the tables whose name it holds.
func (t *translation) collections(on *table, name string) (list []collection) {
	for _, key := range sortedKeys(t.schema.tables) {
		child := t.schema.tables[key]
		if !strings.Contains(fold(name), singular(fold(child.object))) {
			continue
		}
		for _, f := range child.order {
			if slices.ContainsFunc(f.references, func(r string) bool { return strings.EqualFold(r, on.object) }) {
				list = append(list, collection{child, f.name})
			}
		}
	}
	return list
}

// set is the table of an entity set, whose name is a plural.
func (t *translation) set(name string) *table {
	for _, n := range []string{name, singular(fold(name)), strings.TrimSuffix(fold(name), "es")} {
		if found := t.schema.table(n); found != nil {
			return found
		}
	}
	return nil
}

// property is the column behind a property: lookups are read as _name_value.
func property(name string) string {
	if inner, ok := strings.CutPrefix(name, "_"); ok {
		return strings.TrimSuffix(inner, "_value")
	}
	return name
}

func columnsOf(properties []string) (columns []string) {
	for _, p := range properties {
		columns = append(columns, property(p))
	}
	return columns
}

// navigate finds the lookup a navigation property goes by, and the table it leads to: primarycontactid, or, where a lookup
// leads to several tables, parentcustomerid_account.
func (t *translation) navigate(from *table, name string) (lookup string, to *table) {
	f, ok := from.field(name)
	target := ""
	if !ok {
		if cut := strings.LastIndex(name, "_"); cut > 0 {
			f, ok = from.field(name[:cut])
			target = name[cut+1:]
		}
	}
	if !ok {
		return "", nil
	}
	for _, candidate := range append([]string{target}, f.references...) {
		if to := t.schema.table(candidate); to != nil {
			return f.name, to
		}
	}
	return "", nil
}

// expand adds the query for the rows a navigation property brings along.
func (t *translation) expand(from *table, outer *soql.Query, e odata.Expand) {
	lookup, to := t.navigate(from, e.Name)
	if to == nil && t.expandCollection(from, outer, e) {
		return
	}
	if to == nil {
		outer.Select = append(outer.Select, &soql.Field{Path: &soql.Path{Names: []string{e.Name, "rows"}}}) // named among what the snapshot lacks
		return
	}
	q := selecting(to.object, columnsOf(e.Select), len(e.Select) == 0)
	q.Where = conjunction(present(among(to.key, lookup, from.object, outer.Where, soql.In)))
	t.linked = append(t.linked, q)
	for _, deeper := range e.Expand {
		t.expand(to, q, deeper)
	}
}

// expandCollection adds the queries for the rows of a collection, by every lookup it may go by. Which it is nobody says, so
// all of them are only possible; a filter on them narrows nothing.
func (t *translation) expandCollection(from *table, outer *soql.Query, e odata.Expand) bool {
	ways := t.collections(from, e.Name)
	for _, c := range ways {
		q := selecting(c.table.object, columnsOf(e.Select), len(e.Select) == 0)
		q.Where = perhaps(among(c.lookup, from.key, from.object, outer.Where, soql.In), e.Name)
		t.linked = append(t.linked, q)
		for _, deeper := range e.Expand {
			t.expand(c.table, q, deeper)
		}
	}
	return len(ways) > 0
}

func (t *translation) expr(on *table, e odata.Expr) soql.Expr {
	switch e := e.(type) {
	case *odata.And:
		return &soql.And{Terms: t.all(on, e.Terms)}
	case *odata.Or:
		return &soql.Or{Terms: t.all(on, e.Terms)}
	case *odata.Not:
		return &soql.Not{X: t.expr(on, e.X)}
	case *odata.Compare:
		return t.along(on, e.Path, e.Op == "ne", func(on *table, column string) soql.Expr { return t.comparison(on, column, e) })
	case *odata.Call:
		return t.along(on, e.Path, false, func(on *table, column string) soql.Expr { return t.call(on, column, e) })
	case *odata.Lambda:
		return t.lambda(on, e)
	}
	return notUnderstood("an empty condition")
}

// lambda asks about the rows of a collection. The snapshot does not carry the names of collections: where one holds the name
// of a table, any lookup of that table to this one may be meant, and no row is certain.
func (t *translation) lambda(on *table, e *odata.Lambda) soql.Expr {
	what := e.Path + "/any"
	if e.All {
		what = e.Path + "/all"
	}
	var ways []soql.Expr
	for _, c := range t.collections(on, e.Path) {
		ways = append(ways, t.collected(on, c.table, c.lookup, e))
	}
	if len(ways) == 0 {
		return notUnderstood(what)
	}
	return perhaps(&soql.Or{Terms: ways}, what)
}

// collected is a lambda over the rows of a table by one of its lookups.
func (t *translation) collected(on, child *table, lookup string, e *odata.Lambda) soql.Expr {
	if e.X == nil {
		return among(on.key, lookup, child.object, nil, soql.In)
	}
	inner := t.expr(child, e.X)
	if !e.All {
		return among(on.key, lookup, child.object, inner, soql.In)
	}
	return &soql.Not{X: among(on.key, lookup, child.object, &soql.Not{X: inner}, soql.In)}
}

func (t *translation) all(on *table, terms []odata.Expr) (list []soql.Expr) {
	for _, e := range terms {
		list = append(list, t.expr(on, e))
	}
	return list
}

// along applies a condition to the row a path of navigation properties leads to.
func (t *translation) along(on *table, path string, negative bool, condition func(*table, string) soql.Expr) soql.Expr {
	step, rest, deeper := strings.Cut(path, "/")
	if !deeper {
		return condition(on, property(step))
	}
	lookup, to := t.navigate(on, step)
	if to == nil || negative {
		return notUnderstood(path)
	}
	return among(lookup, to.key, to.object, t.along(to, rest, false, condition), soql.In)
}

func (t *translation) comparison(on *table, column string, c *odata.Compare) soql.Expr {
	how, ok := fetchOperators[c.Op]
	if !ok {
		return notUnderstood(column + " " + c.Op)
	}
	var values []string
	for _, v := range c.Values {
		if v.Kind == odata.Null { // eq null, ne null
			op := soql.Eq
			if how.negated {
				op = soql.Ne
			}
			return &soql.Comparison{Left: names(column), Op: op, Right: &soql.Null{}}
		}
		if v.Kind == odata.Name {
			return notUnderstood(column + " " + c.Op + " " + v.Text)
		}
		values = append(values, v.Text)
	}
	kind := t.kind(on.object, column)
	if kind == "" && len(c.Values) > 0 {
		kind = map[odata.Kind]string{odata.Number: "number", odata.Bool: "boolean", odata.Date: "date", odata.Moment: "datetime"}[c.Values[0].Kind]
	}
	return how.apply(names(column), values, kind, false)
}

// odataCalls are the functions of conditions, as operators of FetchXML.
var odataCalls = map[string]string{"contains": "like", "startswith": "begins-with", "endswith": "ends-with"}

// odataOperators are the functions of Dataverse's own that compare, as operators of FetchXML.
var odataOperators = map[string]string{"in": "in", "notin": "not-in", "between": "between", "notbetween": "not-between", "containvalues": "contain-values",
	"doesnotcontainvalues": "not-contain-values", "equaluserid": "eq-userid", "notequaluserid": "ne-userid", "on": "on", "onorafter": "on-or-after",
	"onorbefore": "on-or-before", "last7days": "last-seven-days", "next7days": "next-seven-days"}

func (t *translation) call(on *table, column string, c *odata.Call) soql.Expr {
	name := fold(c.Name[strings.LastIndex(c.Name, ".")+1:])
	operator := odataCalls[name]
	if c.Value != nil && c.Value.Kind == odata.Name {
		return notUnderstood(c.Name + " with " + c.Value.Text)
	}
	switch {
	case operator == "like" && c.Value != nil:
		return compared{op: soql.Like, before: "%", after: "%"}.apply(names(column), []string{c.Value.Text}, "text", false)
	case operator != "" && c.Value != nil:
		return fetchOperators[operator].apply(names(column), []string{c.Value.Text}, "text", false)
	}
	for known := range fetchRanges { // Today, LastMonth …
		if strings.ReplaceAll(known, "-", "") == name {
			return t.compare(on.object, fetchxml.Condition{Attribute: column, Operator: known})
		}
	}
	if operator := odataOperators[name]; operator != "" {
		compared := fetchxml.Condition{Attribute: column, Operator: operator}
		for _, v := range c.List {
			compared.Values = append(compared.Values, v.Text)
		}
		if v, ok := c.Named["propertyvalue"]; ok {
			compared.Values = append(compared.Values, v)
		}
		return t.compare(on.object, compared)
	}
	for _, unit := range []string{"hours", "days", "weeks", "months", "years", "minutes"} {
		for _, way := range []string{"last", "next", "olderthan"} {
			if way+"x"+unit == name {
				return t.compare(on.object, fetchxml.Condition{Attribute: column, Operator: way + "-x-" + unit, Values: []string{c.Named["propertyvalue"]}})
			}
		}
	}
	return notUnderstood(c.Name)
}
