package replay

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// reports puts together the report runs of one session: the run itself, its export, what other logs say of it.
func reports(list []mention, all *definitions, s *schema) []*question {
	var runs []*question
	exports := map[*question]*report{}
	tell := func(m mention) {
		q := runOf(runs, m)
		if q == nil {
			q = &question{session: m.session, account: m.account, carrier: analysis.Report, act: analysis.Viewed, at: m.at, until: m.at, job: reportID(m)}
			runs = append(runs, q)
		}
		q.tellRun(m)
		if definition := described(m.text); definition != nil {
			exports[q] = definition
		}
	}
	for _, counted := range []bool{true, false} { // the logs that count first, then those that tell of a run
		for _, m := range list {
			if m.action == "report" && countsRuns(m) == counted && (reportID(m) != "" || counted || nameless(m, list) || runs != nil && runOf(runs, m) != nil || requested(m)) {
				tell(m)
			}
		}
	}
	for _, q := range runs {
		q.define(exports, all, s)
	}
	return runs
}

var instance = regexp.MustCompile(`(?i)/analytics/reports/00O[a-z0-9]+/instances`)

var reportURI = regexp.MustCompile(`(?i)(00O[a-z0-9]{12})`)

func reportID(m mention) string {
	if strings.HasPrefix(m.job, "00O") {
		return m.job
	}
	return reportURI.FindString(m.target)
}

func countsRuns(m mention) bool {
	switch strings.TrimSuffix(m.source, "Log") {
	case "Report", "AsyncReportRun", "ReportEvent":
		return true
	}
	return false
}

var dashboardPage = regexp.MustCompile(`(?i)/r/(?:Dashboard|sObject)/01Z[a-z0-9]{12}`)

// nameless says whether a row shows that a dashboard ran, or was opened, and no row near it tells which reports it showed.
func nameless(m mention, list []mention) bool {
	reach := near
	if m.source != "Dashboard" {
		if reach = pageReach; !dashboardPage.MatchString(m.target) {
			return false
		}
	}
	return !slices.ContainsFunc(list, func(o mention) bool {
		return o.action == "report" && reportID(o) != "" && o.at.Sub(m.at).Abs() <= reach
	})
}

// pageReach is how far the opening of a page may lie from what it shows.
const pageReach = 2 * time.Minute

// runOf finds the run a row tells of: of the same report, within seconds; an export and its run may lie further apart.
func runOf(runs []*question, m mention) *question {
	var best *question
	var apart time.Duration
	for _, q := range runs {
		gap := m.at.Sub(q.at).Abs()
		reach := near
		if exports(m) && !countsRuns(m) && q.act == analysis.Acquired || strings.HasPrefix(m.source, "Lightning") {
			reach = pageReach // the file follows the run, the run the opening of its page
		}
		if q.job != reportID(m) || gap > reach || q.has(m.source) && !sharesRun(q, m) || exports(m) && countsRuns(q.mentions[0]) && q.act != analysis.Acquired {
			continue
		}
		if best == nil || gap < apart {
			best, apart = q, gap
		}
	}
	return best
}

// sharesRun says whether another row of a log tells of the same run: the chunks of one execution, and the requests that
// begin a run in the background and fetch what it found.
func sharesRun(q *question, m mention) bool {
	return instance.MatchString(m.target) && slices.ContainsFunc(q.mentions, func(o mention) bool { return instance.MatchString(o.target) }) || m.source == "ReportEvent" && slices.ContainsFunc(q.mentions, func(o mention) bool {
		return o.source == m.source && o.request != "" && o.request == m.request
	})
}

var exportMethod = regexp.MustCompile(`(?i)export|^(csv|excel|xlsx?|e|x|c)$`)

// exports says whether a row shows that a report was taken out, not only shown.
func exports(m mention) bool {
	return m.source == "ReportExport" || m.source == "ReportExportLog" || exportMethod.MatchString(m.method) ||
		strings.EqualFold(m.method, "ReportRunFromRestApi") || strings.HasPrefix(m.source, "RestApi")
}

func (q *question) tellRun(m mention) {
	q.mentions = append(q.mentions, m)
	if exports(m) {
		q.act = analysis.Acquired
	}
	if strings.EqualFold(m.method, "ReportRunFromRestApi") || strings.HasPrefix(m.source, "RestApi") {
		q.limit = 2000
	}
	switch m.object {
	case "Report", "Dashboard": // what a page is of, not what it shows
	default:
		q.object = first(q.object, m.object)
	}
	if m.rows.Valid && m.rows.Int64 >= 0 && countsRuns(m) {
		if q.rows == nil {
			q.rows = map[string]int64{}
		}
		q.rows[m.source] = max(q.rows[m.source], m.rows.Int64) // repeated on every chunk of a run
	}
	if why := refused(m); why != "" {
		q.refused = why
	}
	const filters = "the request may have carried filters of its own, which no log holds"
	switch posted := requested(m) && strings.EqualFold(m.method, "POST"); {
	case posted && instance.MatchString(m.target):
		q.doubt = filters
	case posted:
		q.unread = filters
	}
}

// columnCount is the number of columns the log counted, 0 when it did not.
func (q *question) columnCount() int64 {
	for _, m := range q.mentions {
		if m.columns.Valid {
			return m.columns.Int64
		}
	}
	return 0
}

// define finds the definition a run used: the one its export was asked with, that of an export of the same rows shortly
// after, or the saved one.
func (q *question) define(exports map[*question]*report, all *definitions, s *schema) {
	q.text = first(q.job, q.mentions[0].target, "unsaved report")
	saved := all.report(q.job)
	definition := exports[q]
	if definition == nil {
		definition = q.fromExport(exports)
	}
	if definition == nil {
		definition = q.fromSaved(saved)
	}
	if definition == nil {
		q.unread = first(q.unread, "the definition of the report is not among the evidence")
		switch {
		case q.of("Dashboard"):
			q.unread = "a dashboard showed results of a report whose definition is not among the evidence"
		case q.job == "" && dashboardPage.MatchString(q.mentions[0].target):
			q.unread = "a dashboard was opened, and no log tells which reports it showed"
		}
		if other := all.objects[q.job]; q.object == "" && other != "" {
			q.object, q.note = other, "other runs of the report were over "+other
		}
		return
	}
	definition = definition.completed(saved)
	q.text = strings.TrimSpace(id18(q.job) + " " + definition.Metadata.Name)
	if format := fold(strings.ReplaceAll(definition.Metadata.Format, "_", "")); format == "multiblock" {
		q.unread = "it is a joined report, and the definitions of its blocks are not read"
		q.object = first(q.object, strings.Join(all.meaning(definition, saved, s).objects, ";"))
		return
	}
	b := builder{columns: all.meaning(definition, saved, s), schema: s, metadata: definition.Metadata}
	if len(b.columns.objects) == 0 {
		q.unread = "no definition of this report type tells what its columns mean"
		return
	}
	tree, problem := b.query()
	q.object = b.base
	if q.unread != "" {
		return
	}
	q.query, q.unread, q.outer, q.open = tree, problem, b.outer != "", slices.ContainsFunc(b.shownColumns(), b.unexplained)
	if q.limit > 0 && tree != nil && tree.Limit == nil {
		tree.Limit = &q.limit
	}
}

// of says whether all that is known of a question comes from one log.
func (q *question) of(source string) bool {
	return !slices.ContainsFunc(q.mentions, func(m mention) bool { return m.source != source })
}

// fromSaved is the saved definition, with what speaks against its having been in force.
func (q *question) fromSaved(saved *report) *report {
	if saved == nil {
		return nil
	}
	if n := q.columnCount(); n > 0 && !saved.hasColumns(n) {
		q.unread = fmt.Sprintf("the run had %d columns, the saved definition has %d: it was changed before the run", n, len(saved.Metadata.DetailColumns))
	}
	if saved.modified.After(q.at) {
		q.doubt = "the saved definition was changed after the run"
	}
	return saved
}

// completed takes from the saved definition what an address leaves out that changes parts of it only.
func (r *report) completed(saved *report) *report {
	if saved == nil || r.Metadata.Type.Type != "" {
		return r
	}
	whole := *saved
	m := &whole.Metadata
	if len(r.Metadata.DetailColumns) > 0 {
		m.DetailColumns, m.Down, m.Across = r.Metadata.DetailColumns, nil, nil
	}
	if len(r.Metadata.Filters) > 0 {
		m.Filters, m.Boolean = r.Metadata.Filters, r.Metadata.Boolean
	}
	if r.Metadata.Date != nil {
		m.Date = r.Metadata.Date
	}
	m.Scope = first(r.Metadata.Scope, m.Scope)
	return &whole
}

// fromExport is the definition of an export that followed within minutes and returned as many rows and columns.
func (q *question) fromExport(exports map[*question]*report) *report {
	var best *report
	apart := 10 * time.Minute
	for other, definition := range exports {
		a, b := q.logged(), other.logged()
		if other.job != q.job || a == nil || b == nil || *a != *b || q.columnCount() != other.columnCount() {
			continue
		}
		if gap := other.at.Sub(q.at).Abs(); gap < apart {
			best, apart = definition, gap
		}
	}
	if best != nil {
		q.note = "definition taken from the export that followed"
	}
	return best
}

func (r *report) hasColumns(n int64) bool {
	detail := int64(len(r.Metadata.DetailColumns))
	return n == detail || n == detail+int64(len(r.Metadata.Down)+len(r.Metadata.Across))
}

// builder turns a report definition into a query over the object its rows are of.
type builder struct {
	columns  *columns
	schema   *schema
	metadata metadata
	base     string
	outer    string // object of a report type whose rows may be missing beside those of the base
}

func (b *builder) query() (*soql.Query, string) {
	b.chooseBase()
	if problem := b.chooseOuter(); problem != "" {
		return nil, problem
	}
	q := &soql.Query{Select: b.selected(), From: []soql.From{{Path: &soql.Path{Names: []string{b.base}}}}}
	filters := make([]soql.Expr, len(b.metadata.Filters))
	for i, f := range b.metadata.Filters {
		filters[i] = b.filter(f)
	}
	logic, ok := combine(b.metadata.Boolean, filters)
	if !ok {
		return nil, "the filter logic " + *b.metadata.Boolean + " cannot be read"
	}
	conditions := []soql.Expr{logic, b.dates(), b.joins()}
	for _, c := range b.metadata.Cross {
		conditions = append(conditions, b.cross(c))
	}
	for _, f := range b.metadata.Standard {
		if v := fold(f.Value); v != "" && v != "all" && !(f.Name == "probability" && v == "0") {
			conditions = append(conditions, notUnderstood("standard filter "+f.Name+" = "+f.Value))
		}
	}
	q.Where = conjunction(slices.DeleteFunc(conditions, func(e soql.Expr) bool { return e == nil }))
	b.scope(q)
	b.top(q)
	return q, ""
}

// selected are the columns shown; those of an outer object are of the child rows.
func (b *builder) selected() (items []soql.Item) {
	child := &soql.Query{From: []soql.From{{Path: &soql.Path{Names: []string{strings.TrimSuffix(b.outer, "__c")}}}}}
	for _, token := range b.shownColumns() {
		if names := strings.Split(b.entity(token), "."); b.outer != "" && strings.EqualFold(names[0], b.outer) {
			child.Select = append(child.Select, &soql.Field{Path: &soql.Path{Names: names[1:]}})
			continue
		}
		items = append(items, &soql.Field{Path: b.path(token)})
	}
	if len(items) == 0 {
		items = append(items, &soql.Field{Path: &soql.Path{Names: []string{"Id"}}})
	}
	if b.outer != "" {
		if len(child.Select) == 0 {
			child.Select = append(child.Select, &soql.Field{Path: &soql.Path{Names: []string{"Id"}}})
		}
		items = append(items, &soql.Child{Query: child})
	}
	return items
}

// chooseOuter finds the object whose rows a report shows beside those of its base, where it has any. A filter on it drops
// the rows that have none, and makes it the base.
func (b *builder) chooseOuter() string {
	base := b.schema.table(b.base)
	if base == nil {
		return ""
	}
	for _, o := range b.columns.objects {
		if strings.EqualFold(o, b.base) || b.relationship(b.base, o) != "" || b.columns.inner[fold(o)] {
			continue
		}
		child, _, ok := b.schema.children(base, strings.TrimSuffix(o, "__c"))
		if !ok {
			continue
		}
		needed := b.filtersOn(o)
		switch {
		case b.outer != "" || b.relationship(o, b.base) == "":
			return "rows of " + o + " are joined in a way that is not known"
		case slices.ContainsFunc(needed, func(f filter) bool { return comparisons[fold(f.Operator)].negated || f.Value == "" }) || len(needed) > 0 && b.metadata.Boolean != nil:
			return "a filter on " + o + ", whose rows may be missing, may hold for rows without any"
		case len(needed) > 0:
			b.base = child.object
		default:
			b.outer = child.object
		}
	}
	return ""
}

// filtersOn are the filters, the date range among them, on columns of an object.
func (b *builder) filtersOn(object string) (on []filter) {
	all := slices.Clone(b.metadata.Filters)
	if d := b.metadata.Date; d != nil && d.Column != "" && (first(d.Duration, "CUSTOM") != "CUSTOM" || d.Start != nil || d.End != nil) {
		all = append(all, filter{Column: d.Column, Operator: "greaterOrEqual", Value: "any"})
	}
	for _, f := range all {
		if name, _, ok := strings.Cut(b.entity(f.Column), "."); ok && strings.EqualFold(name, object) {
			on = append(on, f)
		}
	}
	return on
}

// entity is what a column token stands for, as Object.Field.
func (b *builder) entity(token string) string {
	return b.schema.plain(first(b.columns.fields[fold(token)].Entity, token))
}

// notUnderstood stands for a condition that cannot be read; the replay finds it unknown and says so.
func notUnderstood(what string) soql.Expr {
	return &soql.Comparison{Left: &soql.Path{Names: []string{""}}, Op: soql.Eq, Right: &soql.Bind{Text: what}}
}

func conjunction(terms []soql.Expr) soql.Expr {
	switch len(terms) {
	case 0:
		return nil
	case 1:
		return terms[0]
	}
	return &soql.And{Terms: terms}
}

// chooseBase takes the object of the report type from which most others are reached as parents: the rows are of that one.
func (b *builder) chooseBase() {
	best := -1
	for _, candidate := range b.columns.objects {
		reached := 0
		for _, other := range b.columns.objects {
			if b.relationship(candidate, other) != "" {
				reached++
			}
		}
		inner := candidate == b.columns.objects[0] || b.columns.inner[fold(candidate)]
		if inner && reached > best {
			b.base, best = candidate, reached
		}
	}
	if t := b.schema.table(b.base); t != nil {
		b.base = t.object
	}
}

// relationship is the name of a lookup from one object to another, ” when there is none.
func (b *builder) relationship(from, to string) string {
	t := b.schema.table(from)
	if t == nil || strings.EqualFold(from, to) {
		return ""
	}
	if f, ok := t.lookup(to); ok && (len(f.references) == 0 || slices.ContainsFunc(f.references, func(r string) bool { return strings.EqualFold(r, to) })) {
		return to
	}
	for _, f := range t.order {
		if len(f.references) == 1 && strings.EqualFold(f.references[0], to) {
			return first(f.relationship, strings.TrimSuffix(f.name, "Id"))
		}
	}
	return ""
}

func (b *builder) shownColumns() []string {
	tokens := slices.Clone(b.metadata.DetailColumns)
	for _, g := range append(slices.Clone(b.metadata.Down), b.metadata.Across...) {
		tokens = append(tokens, g.Name)
	}
	return tokens
}

// unexplained says whether a column is none of the base by name, and nothing tells what else it is.
func (b *builder) unexplained(token string) bool {
	p := b.path(token)
	t := b.schema.table(b.base)
	if t == nil || len(p.Names) != 1 || strings.Contains(b.entity(token), ".") {
		return false
	}
	_, ok := t.field(p.Names[0])
	return !ok
}

// path is where a column token leads, from the base: FIRST_NAME is FirstName. A token nobody explains stays as it is: the
// replay will not find it.
func (b *builder) path(token string) *soql.Path {
	names := strings.Split(b.entity(token), ".")
	if t := b.schema.table(b.base); t != nil && len(names) == 1 {
		if _, ok := t.field(token); !ok {
			if f, ok := t.field(strings.ReplaceAll(token, "_", "")); ok {
				names = []string{f.name}
			}
		}
	}
	if len(names) > 1 && strings.EqualFold(names[0], b.base) {
		return &soql.Path{Names: names[1:]}
	}
	if len(names) > 1 {
		if r := b.relationship(b.base, names[0]); r != "" {
			names = append([]string{r}, names[1:]...)
		}
	}
	return &soql.Path{Names: names}
}

// kind is what a column holds, from the report or the snapshot.
func (b *builder) kind(token string, p *soql.Path) string {
	if info, ok := b.columns.fields[fold(token)]; ok && info.Kind != "" {
		return fold(info.Kind)
	}
	if t := b.schema.table(b.base); t != nil && len(p.Names) == 1 {
		f, _ := t.field(p.Names[0])
		return f.kind
	}
	return ""
}

// dates is the date range of a report.
func (b *builder) dates() soql.Expr {
	d := b.metadata.Date
	if d == nil || d.Column == "" {
		return nil
	}
	p := b.path(d.Column)
	var terms []soql.Expr
	add := func(op soql.Op, text *string) {
		if text == nil || *text == "" {
			return
		}
		v := dateValue(*text)
		if v == nil {
			terms = append(terms, notUnderstood("date range "+*text))
			return
		}
		terms = append(terms, &soql.Comparison{Left: p, Op: op, Right: v})
	}
	duration := strings.ToUpper(d.Duration)
	if duration != "" && duration != "CUSTOM" && d.Start == nil && d.End == nil {
		add(soql.Eq, &d.Duration)
	}
	add(soql.Ge, d.Start)
	add(soql.Le, d.End)
	return conjunction(terms)
}

// joins are the parents a row must have: objects the report type joins inwardly.
func (b *builder) joins() soql.Expr {
	var terms []soql.Expr
	for _, o := range b.columns.objects {
		root := strings.EqualFold(o, b.columns.objects[0])
		r := b.relationship(b.base, o)
		if r != "" && (root || b.columns.inner[fold(o)]) {
			terms = append(terms, &soql.Comparison{Left: &soql.Path{Names: []string{r, "Id"}}, Op: soql.Ne, Right: &soql.Null{}})
		}
	}
	return conjunction(terms)
}

// cross is a filter "with" or "without" rows of a related object.
func (b *builder) cross(c crossFilter) soql.Expr {
	t := b.schema.table(c.Related)
	if t == nil {
		return notUnderstood("cross filter on " + c.Related)
	}
	join := c.Join[strings.LastIndex(c.Join, ".")+1:]
	f, ok := t.field(join)
	if !ok {
		f, ok = t.lookup(join)
	}
	if !ok {
		return notUnderstood("cross filter on " + c.Related + " by " + c.Join)
	}
	inner := &builder{columns: b.columns, schema: b.schema, base: t.object}
	var terms []soql.Expr
	for _, criterion := range c.Criteria {
		terms = append(terms, inner.filter(criterion))
	}
	key := &soql.Path{Names: []string{"Id"}}
	if c.Primary != "" {
		key = b.path(c.Primary)
	}
	op := soql.In
	if !c.Includes {
		op = soql.NotIn
	}
	return &soql.Comparison{Left: key, Op: op, Right: &soql.SemiJoin{Query: &soql.Query{
		Select: []soql.Item{&soql.Field{Path: &soql.Path{Names: []string{f.name}}}},
		From:   []soql.From{{Path: &soql.Path{Names: []string{t.object}}}}, Where: conjunction(terms)}}}
}

func (b *builder) scope(q *soql.Query) {
	switch fold(b.metadata.Scope) {
	case "", "organization", "all", "everything":
	case "user", "mine":
		q.Scope = "mine"
	default:
		q.Scope = b.metadata.Scope
	}
}

// top is the row limit of a report, with the order it cuts in.
func (b *builder) top(q *soql.Query) {
	for _, s := range b.metadata.Sort {
		q.OrderBy = append(q.OrderBy, soql.Order{By: b.path(s.Column), Desc: strings.HasPrefix(fold(s.Order), "desc")})
	}
	if b.metadata.Top != nil && b.metadata.Top.Limit > 0 {
		q.Limit = &b.metadata.Top.Limit
	}
}

// id18 is the 18-character form of an id of 15 characters.
func id18(id string) string {
	if len(id) != 15 {
		return id
	}
	const check = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	for block := range 3 {
		bits := 0
		for i := range 5 {
			if c := id[block*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		id += string(check[bits])
	}
	return id
}
