package soql

import (
	"slices"
	"strconv"
	"strings"
)

// Parse reads a SOQL query. The error is an [*Error].
func Parse(text string) (*Query, error) {
	return run(text, func(p *parser) *Query {
		p.scan(&lexer{text: text})
		q := p.query()
		p.finish()
		if p.forgave(LenientMixed) {
			p.confirm(q, func(p *parser) { p.query() })
		}
		q.Lenient = p.lenient
		return q
	})
}

// ParseStrict reads a query as the server does: what [Parse] forgives is an error.
func ParseStrict(text string) (*Query, error) {
	q, err := Parse(text)
	if err != nil {
		return nil, err
	}
	if len(q.Lenient) > 0 {
		return nil, errorAt(text, 0, "refused by the server: "+strings.Join(q.Lenient, "; "))
	}
	return q, nil
}

// ParseFilter reads a condition as it stands after WHERE, without the word.
func ParseFilter(text string) (Expr, error) {
	return run(text, func(p *parser) Expr {
		p.scan(&lexer{text: text})
		e := p.condition(inWhere)
		p.finish()
		if p.forgave(LenientMixed) {
			p.confirm(e, func(p *parser) { p.condition(inWhere) })
		}
		return e
	})
}

// Objects lists the names that stand after FROM anywhere in a text, each
// once. It serves texts that Parse refuses: what was asked for is then not
// known, but what it was asked of still is.
func Objects(text string) []string {
	var names []string
	l := lexer{text: text}
	tokens := l.all()
	for i, t := range tokens[:len(tokens)-1] {
		name := tokens[i+1]
		if t.is("FROM") && name.kind == word && !slices.Contains(names, name.text) {
			names = append(names, name.text)
		}
	}
	return names
}

const (
	// maxDepth bounds nesting of every sort, far above what the server takes.
	maxDepth = 200
	// maxLevels and maxSteps are the server's: queries inside queries (API 58
	// and later), and relationships from an object up to a parent's field.
	maxLevels = 5
	maxSteps  = 5
)

type parser struct {
	text    string
	tokens  []token
	i       int
	depth   int
	level   int
	lenient []string
}

func run[T any](text string, parse func(*parser) T) (tree T, err error) {
	p := &parser{text: text}
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *Error:
			var none T
			tree, err = none, failure
		default:
			panic(failure)
		}
	}()
	return parse(p), nil
}

func (p *parser) scan(l *lexer) {
	p.tokens, p.i = l.all(), 0
	if l.comments {
		p.forgive(LenientComment)
	}
	if l.tail {
		p.forgive(LenientTail)
	}
	if l.newlines {
		p.forgive(LenientNewline)
	}
}

// confirm reads a lenient tree back from its canonical form, so that a tree
// can always be printed and read again: the parentheses that a mixed AND and
// OR gain in print could pass the depth limit.
func (p *parser) confirm(tree Node, read func(*parser)) {
	canonical := Format(tree)
	_, err := run(canonical, func(p *parser) bool {
		p.scan(&lexer{text: canonical})
		read(p)
		return true
	})
	if err != nil {
		p.fail(0, "nested too deep")
	}
}

func (p *parser) forgive(what string) {
	if !p.forgave(what) {
		p.lenient = append(p.lenient, what)
	}
}

func (p *parser) forgave(what string) bool { return slices.Contains(p.lenient, what) }

func (p *parser) fail(pos int, msg string) {
	panic(errorAt(p.text, pos, msg))
}

// expected fails at the current token.
func (p *parser) expected(what string) {
	t := p.peek()
	switch t.kind {
	case bad:
		p.fail(t.pos, t.text)
	case end:
		p.fail(t.pos, "expected "+what+", found the end of the text")
	default:
		p.fail(t.pos, "expected "+what+", found "+quote(p.text[t.pos:t.end]))
	}
}

// quote shortens what it shows: a found string may be long.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return strconv.Quote(s)
}

func (p *parser) peek() token { return p.ahead(0) }

// ahead looks n tokens further; past the end it stays there.
func (p *parser) ahead(n int) token { return p.tokens[min(p.i+n, len(p.tokens)-1)] }

func (p *parser) pos() Pos { return Pos(p.peek().pos) }

func (p *parser) take() token {
	t := p.peek()
	p.i++
	return t
}

func (t token) is(keyword string) bool {
	return (t.kind == word || t.kind == symbol) && strings.EqualFold(t.text, keyword)
}

func (t token) isOne(keywords ...string) bool {
	return slices.ContainsFunc(keywords, t.is)
}

// at reports whether the keywords or symbols stand next, in this order.
func (p *parser) at(keywords ...string) bool {
	for n, k := range keywords {
		if !p.ahead(n).is(k) {
			return false
		}
	}
	return true
}

func (p *parser) accept(keywords ...string) bool {
	if !p.at(keywords...) {
		return false
	}
	p.i += len(keywords)
	return true
}

func (p *parser) require(keywords ...string) {
	for _, k := range keywords {
		if !p.accept(k) {
			p.expected(k)
		}
	}
}

// oneOf takes one of the keywords and returns it in upper case.
func (p *parser) oneOf(keywords ...string) string {
	if !p.peek().isOne(keywords...) {
		p.expected(strings.Join(keywords, " or "))
	}
	return strings.ToUpper(p.take().text)
}

func (p *parser) word(what string) string {
	if p.peek().kind != word {
		p.expected(what)
	}
	return p.take().text
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek().pos, "nested too deep")
	}
}

func (p *parser) leave() { p.depth-- }

// finish makes sure that nothing is left unread.
func (p *parser) finish() {
	semicolons := 0
	for ; p.accept(";"); semicolons++ {
		p.forgive(LenientSemicolon)
	}
	t := p.peek()
	switch {
	case t.kind == end:
	case t.isOne("AND", "OR"):
		p.fail(t.pos, "NOT must stand first and alone in its parentheses: (NOT ...)")
	case t.isOne(clauses...):
		p.fail(t.pos, strings.ToUpper(t.text)+" is out of place or repeated: clauses have a fixed order")
	default:
		p.expected("the end of the text")
	}
}

var clauses = []string{"SELECT", "FROM", "USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "UPDATE", "ALL"}

// commas reads one or more of something, separated by commas.
func commas[T any](p *parser, read func() T) []T {
	list := []T{read()}
	for p.accept(",") {
		list = append(list, read())
	}
	return list
}

func (p *parser) query() *Query {
	p.enter()
	defer p.leave()
	q := &Query{Pos: p.pos()}
	p.require("SELECT")
	q.Select = commas(p, p.item)
	p.checkCount(q)
	p.require("FROM")
	q.From = commas(p, p.from)
	if p.accept("USING", "SCOPE") {
		q.Scope = p.word("a scope")
	}
	if p.accept("WHERE") {
		q.Where = p.condition(inWhere)
	}
	for p.at("WITH") {
		q.With = append(q.With, p.with())
	}
	p.grouping(q)
	p.order(q)
	p.limits(q)
	p.endings(q)
	p.checkSteps(q)
	return q
}

// checkCount holds the rule that COUNT() without a field stands alone.
func (p *parser) checkCount(q *Query) {
	for _, it := range q.Select {
		call, ok := it.(*Call)
		if !ok || !call.Func.Is("COUNT") || len(call.Func.Args) > 0 {
			continue
		}
		if len(q.Select) > 1 {
			p.fail(call.Start(), "COUNT() must be the only thing selected")
		}
		if call.Alias != "" {
			p.forgive(LenientCountAlias)
		}
	}
}

func (p *parser) item() Item {
	start := p.pos()
	switch {
	case p.at("("):
		return p.child()
	case p.at("TYPEOF") && p.ahead(1).kind == word && !p.ahead(1).is("FROM"):
		return p.typeOf()
	case p.ahead(1).is("("):
		return &Call{Pos: start, Func: p.function(inSelect), Alias: p.alias()}
	}
	return &Field{Pos: start, Path: p.path(), Alias: p.alias()}
}

// child reads a query over a child relationship.
func (p *parser) child() *Child {
	start := p.pos()
	p.require("(")
	if p.level++; p.level >= maxLevels {
		p.fail(int(start), "more than "+strconv.Itoa(maxLevels)+" levels of queries")
	}
	q := p.query()
	p.level--
	p.require(")")
	return &Child{Pos: start, Query: q, Alias: p.alias()}
}

func (p *parser) typeOf() *TypeOf {
	t := &TypeOf{Pos: p.pos()}
	p.require("TYPEOF")
	t.Path = p.path()
	for p.at("WHEN") {
		when := When{Pos: p.pos()}
		p.require("WHEN")
		when.Object = p.name("an object")
		p.require("THEN")
		when.Fields = commas(p, p.path)
		t.When = append(t.When, when)
	}
	if p.accept("ELSE") {
		t.Else = commas(p, p.path)
	} else if t.When == nil {
		p.expected("WHEN")
	}
	p.require("END")
	return t
}

// reserved words cannot be an alias.
var reserved = []string{"AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FROM", "GROUP", "HAVING", "IN", "INCLUDES",
	"LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "USING", "WHERE", "WITH"}

// These may be names all the same: object Group, and fields of that name.
var names = []string{"GROUP", "FIRST", "LAST"}

func (p *parser) name(what string) string {
	if t := p.peek(); t.isOne(reserved...) && !t.isOne(names...) {
		p.expected(what)
	}
	return p.word(what)
}

func (p *parser) path() *Path {
	path := &Path{Pos: p.pos(), Names: []string{p.name("a field")}}
	for p.accept(".") {
		path.Names = append(path.Names, p.word("a name after the dot"))
	}
	return path
}

func (p *parser) alias() string {
	if t := p.peek(); t.kind != word || t.isOne(reserved...) || p.at("ORDER", "BY") || p.at("OFFSET") && p.ahead(1).kind == number {
		return ""
	}
	return p.take().text
}

func (p *parser) from() From {
	f := From{Pos: p.pos(), Path: p.path()}
	switch {
	case p.accept("AS"):
		if f.Alias = p.alias(); f.Alias == "" {
			p.expected("an alias")
		}
	case !p.atClause():
		f.Alias = p.alias()
	}
	return f
}

// atClause tells a clause from an alias of the same name: OFFSET 5 is a
// clause, OFFSET at the end of the query names the object.
func (p *parser) atClause() bool {
	next := p.ahead(1)
	switch {
	case p.at("FOR"), p.at("ORDER", "BY"), p.at("ALL", "ROWS"):
		return true
	case p.at("OFFSET"):
		return next.kind == number || next.is(":")
	case p.at("UPDATE"):
		return next.kind == word
	}
	return false
}

func (p *parser) grouping(q *Query) {
	if p.at("HAVING") {
		p.fail(p.peek().pos, "HAVING without GROUP BY")
	}
	if !p.at("GROUP") {
		return
	}
	g := &GroupBy{Pos: p.pos()}
	p.require("GROUP", "BY")
	by := func() Operand { return p.operand(inGroup) }
	if p.peek().isOne("ROLLUP", "CUBE") && p.ahead(1).is("(") {
		g.Form = strings.ToUpper(p.take().text)
		p.require("(")
		g.By = commas(p, by)
		p.require(")")
	} else {
		g.By = commas(p, by)
	}
	q.GroupBy = g
	if p.accept("HAVING") {
		q.Having = p.condition(inHaving)
	}
}

func (p *parser) order(q *Query) {
	if !p.at("ORDER") {
		return
	}
	if q.IsCount() {
		p.fail(p.peek().pos, "no ORDER BY with COUNT()")
	}
	q.OrderBy = p.orderBy()
}

func (p *parser) orderBy() []Order {
	p.require("ORDER", "BY")
	return commas(p, func() Order {
		o := Order{Pos: p.pos(), By: p.operand(inOrder)}
		if p.accept("DESC") {
			o.Desc = true
		} else {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			o.NullsLast = p.oneOf("FIRST", "LAST") == "LAST"
		}
		return o
	})
}

func (p *parser) limits(q *Query) {
	if p.at("LIMIT") && q.Aggregated() && q.GroupBy == nil && !q.IsCount() {
		p.fail(p.peek().pos, "no LIMIT with an aggregate and without GROUP BY")
	}
	if p.accept("LIMIT") {
		q.Limit, q.LimitBind = p.count()
	}
	if p.accept("OFFSET") {
		q.Offset, q.OffsetBind = p.count()
	}
}

// count reads a whole number or, in Apex, a variable.
func (p *parser) count() (*int64, *Bind) {
	if p.at(":") {
		return nil, p.bind()
	}
	n := p.wholeNumber()
	return &n, nil
}

func (p *parser) wholeNumber() int64 {
	t := p.peek()
	n, err := strconv.ParseInt(t.text, 10, 64)
	if t.kind != number || err != nil || !isDigit(t.text[0]) {
		p.expected("a whole number")
	}
	p.take()
	return n
}

// endings reads what follows the rows asked for.
func (p *parser) endings(q *Query) {
	if p.at("FOR") && !p.ahead(1).is("UPDATE") {
		p.require("FOR")
		q.For = p.oneOf("VIEW", "REFERENCE")
	}
	if p.accept("UPDATE") {
		q.Update = p.tracking()
	}
	if p.accept("FOR", "UPDATE") {
		q.ForUpdate = true
		p.forgive(LenientForUpdate)
	}
	if p.accept("ALL", "ROWS") {
		q.AllRows = true
		p.forgive(LenientAllRows)
	}
}

func (p *parser) tracking() []string {
	return commas(p, func() string { return p.oneOf("TRACKING", "VIEWSTAT") })
}

// checkSteps holds the limit on parent relationships. A leading alias or
// object name is no step.
func (p *parser) checkSteps(q *Query) {
	own := map[string]bool{}
	for _, f := range q.From {
		own[strings.ToLower(f.Name())] = true
		own[strings.ToLower(f.Alias)] = true
	}
	for _, path := range Paths(q) {
		steps := len(path.Names) - 1
		if own[strings.ToLower(path.Names[0])] {
			steps--
		}
		if steps > maxSteps {
			p.fail(path.Start(), "more than "+strconv.Itoa(maxSteps)+" parent relationships")
		}
	}
}
