package replay

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
			if m.action == "report" && reportID(m) != "" && countsRuns(m) == counted && !(m.source == "Dashboard" && runOf(runs, m) == nil) {
				tell(m)
			}
		}
	}
	for _, q := range runs {
		q.define(exports, all, s)
	}
	return runs
}

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

// runOf finds the run a row tells of: of the same report, within seconds; an export and its run may lie further apart.
func runOf(runs []*question, m mention) *question {
	var best *question
	var apart time.Duration
	for _, q := range runs {
		gap := m.at.Sub(q.at).Abs()
		reach := near
		if exports(m) && q.act == analysis.Acquired || strings.HasPrefix(m.source, "Lightning") {
			reach = 2 * time.Minute // the file follows the run, the run the opening of its page
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

// sharesRun says whether another row of a log tells of the same run: the chunks of one execution.
func sharesRun(q *question, m mention) bool {
	return m.source == "ReportEvent" && slices.ContainsFunc(q.mentions, func(o mention) bool {
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
	if m.object != "" && q.object == "" {
		q.object = m.object
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
	q.text = q.job
	definition := exports[q]
	if definition == nil {
		definition = q.fromExport(exports)
	}
	saved := all.reports[q.job]
	if definition == nil && saved != nil {
		definition = saved
		if n := q.columnCount(); n > 0 && !saved.hasColumns(n) {
			q.unread = fmt.Sprintf("the run had %d columns, the saved definition has %d: it was changed before the run", n, len(saved.Metadata.DetailColumns))
		}
		if saved.modified.After(q.at) {
			q.doubt = "the saved definition was changed after the run"
		}
	}
	if definition == nil {
		q.unread = "the definition of the report is not among the evidence"
		return
	}
	q.text = strings.TrimSpace(id18(q.job) + " " + definition.Metadata.Name)
	meaning := all.types[definition.Metadata.Type.Type]
	if saved != nil && len(saved.Type.Objects) > 0 {
		meaning = &columns{fields: map[string]columnInfo{}, inner: map[string]bool{}}
		meaning.learn(saved)
		if shared := all.types[definition.Metadata.Type.Type]; shared != nil {
			for token, info := range shared.fields {
				if _, known := meaning.fields[token]; !known {
					meaning.fields[token] = info
				}
			}
		}
	}
	if meaning == nil || len(meaning.objects) == 0 {
		q.unread = "no definition of this report type tells what its columns mean"
		return
	}
	b := builder{columns: meaning, schema: s, metadata: definition.Metadata}
	tree, problem := b.query()
	if q.object == "" || tree != nil {
		q.object = b.base
	}
	if q.unread != "" {
		return
	}
	q.query, q.unread = tree, problem
	if q.limit > 0 && tree != nil && tree.Limit == nil {
		tree.Limit = &q.limit
	}
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
}

func (b *builder) query() (*soql.Query, string) {
	b.chooseBase()
	q := &soql.Query{From: []soql.From{{Path: &soql.Path{Names: []string{b.base}}}}}
	for _, token := range b.shownColumns() {
		q.Select = append(q.Select, &soql.Field{Path: b.path(token)})
	}
	if len(q.Select) == 0 {
		q.Select = append(q.Select, &soql.Field{Path: &soql.Path{Names: []string{"Id"}}})
	}
	var conditions []soql.Expr
	filters := make([]soql.Expr, len(b.metadata.Filters))
	for i, f := range b.metadata.Filters {
		filters[i] = b.filter(f)
	}
	logic, ok := combine(b.metadata.Boolean, filters)
	if !ok {
		return nil, "the filter logic " + *b.metadata.Boolean + " cannot be read"
	}
	conditions = append(conditions, logic, b.dates(), b.joins())
	for _, c := range b.metadata.Cross {
		conditions = append(conditions, b.cross(c))
	}
	for _, f := range b.metadata.Standard {
		if v := fold(f.Value); v != "" && v != "all" {
			conditions = append(conditions, notUnderstood("standard filter "+f.Name+" = "+f.Value))
		}
	}
	conditions = slices.DeleteFunc(conditions, func(e soql.Expr) bool { return e == nil })
	q.Where = conjunction(conditions)
	b.scope(q)
	b.top(q)
	return q, ""
}

// notUnderstood stands for a condition that cannot be read; the replay finds it unknown and says so.
func notUnderstood(what string) soql.Expr {
	return &soql.Comparison{Left: &soql.Path{Names: []string{"Id"}}, Op: soql.Eq, Right: &soql.Bind{Text: what}}
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

// path is where a column token leads, from the base. A token nobody explains stays as it is: the replay will not find it.
func (b *builder) path(token string) *soql.Path {
	entity := b.columns.fields[fold(token)].Entity
	if entity == "" {
		entity = token
	}
	names := strings.Split(entity, ".")
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

// filter is one line of the filter list.
func (b *builder) filter(f filter) soql.Expr {
	p := b.path(f.Column)
	if f.Kind != "" && !strings.EqualFold(f.Kind, "fieldValue") {
		return notUnderstood(f.Column + " " + f.Operator + " " + f.Value)
	}
	kind := b.kind(f.Column, p)
	compare := func(op soql.Op, v soql.Value) soql.Expr {
		return &soql.Comparison{Left: p, Op: op, Right: v}
	}
	values := splitValues(f.Value)
	each := func(op soql.Op, before, after string) soql.Expr {
		var any []soql.Expr
		for _, v := range values {
			if op == soql.Like {
				any = append(any, compare(op, &soql.String{Text: before + pattern(v) + after}))
			} else {
				any = append(any, compare(op, literal(v, kind)))
			}
		}
		if len(any) == 1 {
			return any[0]
		}
		return &soql.Or{Terms: any}
	}
	switch fold(f.Operator) {
	case "equals":
		return each(soql.Eq, "", "")
	case "notequal":
		return &soql.Not{X: each(soql.Eq, "", "")}
	case "lessthan":
		return each(soql.Lt, "", "")
	case "greaterthan":
		return each(soql.Gt, "", "")
	case "lessorequal":
		return each(soql.Le, "", "")
	case "greaterorequal":
		return each(soql.Ge, "", "")
	case "contains":
		return each(soql.Like, "%", "%")
	case "notcontain":
		return &soql.Not{X: each(soql.Like, "%", "%")}
	case "startswith":
		return each(soql.Like, "", "%")
	case "includes", "excludes":
		list := &soql.List{}
		for _, v := range values {
			list.Values = append(list.Values, &soql.String{Text: v})
		}
		op := soql.Includes
		if fold(f.Operator) == "excludes" {
			op = soql.Excludes
		}
		return &soql.Comparison{Left: p, Op: op, Right: list}
	}
	return notUnderstood(f.Column + " " + f.Operator + " " + f.Value)
}

// splitValues parts the comma list of a filter; quotes keep commas inside a value. No value at all is one empty value.
func splitValues(text string) []string {
	var values []string
	var now strings.Builder
	quoted := false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			values = append(values, strings.TrimSpace(now.String()))
			now.Reset()
		default:
			now.WriteRune(r)
		}
	}
	return append(values, strings.TrimSpace(now.String()))
}

// pattern keeps the wildcards of LIKE in a text from meaning anything.
func pattern(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

var isoDay = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})`)

// literal is a filter value as what its column holds.
func literal(text, kind string) soql.Value {
	if text == "" {
		return &soql.Null{}
	}
	switch kind {
	case "date", "datetime":
		if v := dateValue(text); v != nil {
			return v
		}
		return &soql.Bind{Text: text}
	case "int", "integer", "double", "currency", "percent", "number":
		plain := strings.NewReplacer(",", "", " ", "").Replace(text)
		if _, err := strconv.ParseFloat(plain, 64); err == nil {
			return &soql.Number{Text: plain}
		}
		return &soql.Bind{Text: text}
	case "boolean":
		return &soql.Bool{True: strings.EqualFold(text, "true") || text == "1"}
	}
	return &soql.String{Text: text}
}

var days = regexp.MustCompile(`^(LAST|NEXT)_(\d+)_DAYS$`)

// dateValue reads a day, a time or a relative range, nil for anything else.
func dateValue(text string) soql.Value {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &soql.DateTime{Text: text, UTC: at.UTC()}
	}
	if found := isoDay.FindString(text); found != "" {
		if at, err := time.Parse("2006-01-02", found); err == nil {
			return &soql.Date{Text: found, Day: at}
		}
	}
	name, number, _ := strings.Cut(strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), " ", "_")), ":")
	if found := days.FindStringSubmatch(name); found != nil {
		name, number = found[1]+"_N_DAYS", found[2]
	}
	n, _ := strconv.ParseInt(number, 10, 64)
	v := &soql.DateLiteral{Name: name, N: n}
	if _, ok := (calendar{zone: time.UTC, fiscal: time.January}).period(name, int(n), time.Time{}); ok {
		return v
	}
	return nil
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

var logicToken = regexp.MustCompile(`(?i)\d+|AND|OR|NOT|[()]`)

// combine applies filter logic such as "(1 OR 2) AND 3" to the numbered filters; none means all of them.
func combine(logic *string, filters []soql.Expr) (soql.Expr, bool) {
	if logic == nil || strings.TrimSpace(*logic) == "" {
		return conjunction(filters), true
	}
	l := &logicParser{tokens: logicToken.FindAllString(strings.ToUpper(*logic), -1), filters: filters}
	e, ok := l.or()
	return e, ok && len(l.tokens) == 0
}

type logicParser struct {
	tokens  []string
	filters []soql.Expr
}

func (l *logicParser) take(token string) bool {
	if len(l.tokens) > 0 && l.tokens[0] == token {
		l.tokens = l.tokens[1:]
		return true
	}
	return false
}

func (l *logicParser) or() (soql.Expr, bool) {
	return l.chain("OR", l.and, func(t []soql.Expr) soql.Expr { return &soql.Or{Terms: t} })
}

func (l *logicParser) and() (soql.Expr, bool) {
	return l.chain("AND", l.term, func(t []soql.Expr) soql.Expr { return &soql.And{Terms: t} })
}

func (l *logicParser) chain(word string, next func() (soql.Expr, bool), join func([]soql.Expr) soql.Expr) (soql.Expr, bool) {
	e, ok := next()
	terms := []soql.Expr{e}
	for ok && l.take(word) {
		e, ok = next()
		terms = append(terms, e)
	}
	if len(terms) == 1 {
		return e, ok
	}
	return join(terms), ok
}

func (l *logicParser) term() (soql.Expr, bool) {
	if l.take("NOT") {
		e, ok := l.term()
		return &soql.Not{X: e}, ok
	}
	if l.take("(") {
		e, ok := l.or()
		return e, ok && l.take(")")
	}
	if len(l.tokens) == 0 {
		return nil, false
	}
	n, err := strconv.Atoi(l.tokens[0])
	l.tokens = l.tokens[1:]
	if err != nil || n < 1 || n > len(l.filters) {
		return nil, false
	}
	return l.filters[n-1], true
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
