package soql

import (
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// condition reads terms joined by AND or by OR, or one NOT. The server wants
// parentheses where the two are mixed; without them AND is read first, as in SQL.
func (p *parser) condition(where place) Expr {
	start := p.pos()
	if p.accept("NOT") {
		return &Not{start, p.term(where)}
	}
	both, either := []Expr{p.term(where)}, []Expr(nil)
	and, or := false, false
	for {
		switch {
		case p.accept("AND"):
			and = true
		case p.accept("OR"):
			or = true
			either = append(either, join(both))
			both = nil
		default:
			if and && or {
				p.forgive(LenientMixed)
			}
			if !or {
				return join(both)
			}
			return &Or{start, append(either, join(both))}
		}
		both = append(both, p.term(where))
	}
}

// join makes one condition of the terms that must all hold.
func join(terms []Expr) Expr {
	if len(terms) == 1 {
		return terms[0]
	}
	return &And{Pos(terms[0].Start()), terms}
}

func (p *parser) term(where place) Expr {
	if p.at("NOT") {
		p.expected("a condition (NOT must stand first and alone in its parentheses)")
	}
	if !p.at("(") {
		return p.comparison(where)
	}
	p.enter()
	defer p.leave()
	p.require("(")
	e := p.condition(where)
	if p.peek().isOne("AND", "OR") {
		p.expected(") (NOT must stand first and alone in its parentheses)")
	}
	p.require(")")
	return e
}

func (p *parser) comparison(where place) Expr {
	c := &Comparison{Pos: p.pos(), Left: p.operand(where)}
	c.Op = p.operator()
	c.Right = p.right(c.Left, c.Op)
	if _, ok := c.Right.(*SemiJoin); ok && where == inHaving {
		p.fail(c.Right.Start(), "no query inside HAVING")
	}
	return c
}

var operators = map[string]Op{
	"=": Eq, "!=": Ne, "<>": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge,
	"LIKE": Like, "IN": In, "INCLUDES": Includes, "EXCLUDES": Excludes,
}

func (p *parser) operator() Op {
	if p.accept("NOT", "IN") {
		return NotIn
	}
	if p.at("NOT", "LIKE") {
		p.expected("an operator (it is written (NOT field LIKE ...))")
	}
	t := p.peek()
	op, ok := operators[strings.ToUpper(t.text)]
	if !ok || t.kind != word && t.kind != symbol {
		p.expected("an operator")
	}
	p.take()
	return op
}

func (p *parser) right(left Operand, op Op) Right {
	switch {
	case p.at(":"):
		return p.bind()
	case op == Like:
		return p.pattern()
	case op == Includes, op == Excludes:
		return p.list(p.selection)
	case op == In, op == NotIn:
		if p.at("(", "SELECT") {
			return p.semiJoin()
		}
		return p.list(func() Value { return p.value(left) })
	}
	return p.value(left)
}

func (p *parser) list(read func() Value) *List {
	l := &List{Pos: p.pos()}
	p.require("(")
	l.Values = commas(p, read)
	p.require(")")
	return l
}

// selection reads an entry of INCLUDES: picklist values joined by semicolons.
func (p *parser) selection() Value {
	if t := p.peek(); t.kind != quoted && !t.isOne("NULL", ":") {
		p.expected("a quoted text")
	}
	return p.value(nil)
}

// semiJoin reads the one form of query the server takes on the right of IN:
// a single path, a single object, nothing after WHERE.
func (p *parser) semiJoin() *SemiJoin {
	p.enter()
	defer p.leave()
	s := &SemiJoin{Pos: p.pos()}
	p.require("(")
	q := &Query{Pos: p.pos()}
	p.require("SELECT")
	column := p.path()
	q.Select = []Item{&Field{Pos: column.Pos, Path: column}}
	p.require("FROM")
	q.From = []From{p.from()}
	if p.accept("WHERE") {
		q.Where = p.condition(inWhere)
	}
	if !p.at(")") {
		p.expected(") (a query after IN has one column, one object and WHERE)")
	}
	p.require(")")
	p.checkSteps(q)
	s.Query = q
	return s
}

// value reads a literal or variable. Compared with the field left, it may be
// an id without quotes.
func (p *parser) value(left Operand) Value {
	t, start := p.peek(), p.pos()
	if isID(t) && holdsID(left) {
		p.forgive(LenientID)
		return &ID{start, p.take().text}
	}
	switch t.kind {
	case quoted:
		return &String{start, p.unescape(false)}
	case number:
		return &Number{start, p.take().text}
	case date, dateTime, timeOfDay:
		return p.moment()
	case word:
		return p.named()
	}
	if p.at(":") {
		return p.bind()
	}
	p.expected("a value")
	return nil
}

// named reads the values that look like a name.
func (p *parser) named() Value {
	t, start := p.peek(), p.pos()
	name := strings.ToUpper(t.text)
	counted, literal := dateLiterals[name]
	switch {
	case name == "TRUE", name == "FALSE":
		p.take()
		return &Bool{start, name == "TRUE"}
	case name == "NULL":
		p.take()
		return &Null{start}
	case literal:
		p.take()
		d := &DateLiteral{Pos: start, Name: name}
		if counted {
			p.require(":")
			d.N = p.wholeNumber()
		}
		return d
	case isCurrency(t.text):
		return p.currency()
	}
	p.expected("a value")
	return nil
}

func isCurrency(s string) bool {
	if len(s) < 4 {
		return false
	}
	for i := range len(s) {
		if i < 3 && !isLetter(s[i]) || i >= 3 && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// currency reads USD5000.01, of which the decimals are a token of their own.
func (p *parser) currency() Value {
	t := p.take()
	c := &Currency{Pos(t.pos), strings.ToUpper(t.text[:3]), t.text[3:]}
	if dot := p.peek(); dot.kind == number && dot.text[0] == '.' && dot.pos == t.end {
		c.Amount += p.take().text
	}
	return c
}

// isID reports whether a token has the form of a record id.
func isID(t token) bool {
	if t.kind != word && t.kind != odd && t.kind != number || len(t.text) != 15 && len(t.text) != 18 {
		return false
	}
	digits := false
	for i := range len(t.text) {
		c := t.text[i]
		if !isDigit(c) && !isLetter(c) {
			return false
		}
		digits = digits || isDigit(c)
	}
	return digits
}

// holdsID reports whether a field holds a record id by its name: Id, AccountId.
func holdsID(left Operand) bool {
	path, ok := left.(*Path)
	if !ok {
		return false
	}
	name := path.Last()
	return strings.EqualFold(name, "Id") || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID")
}

// moment reads a date, a time of day or both.
func (p *parser) moment() Value {
	t := p.peek()
	parse := func(layouts ...string) time.Time {
		for _, layout := range layouts {
			if at, err := time.Parse(layout, strings.ToUpper(t.text)); err == nil {
				return at.UTC()
			}
		}
		p.fail(t.pos, "no such date or time: "+t.text)
		return time.Time{}
	}
	defer p.take()
	switch t.kind {
	case date:
		return &Date{Pos(t.pos), t.text, parse("2006-01-02")}
	case timeOfDay:
		return &Time{Pos(t.pos), t.text, parse("15:04:05Z").Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))}
	}
	return &DateTime{Pos(t.pos), t.text, parse("2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700")}
}

func (p *parser) pattern() Value {
	if p.peek().kind != quoted {
		p.expected("a quoted text after LIKE")
	}
	start := p.pos()
	return &String{start, p.unescape(true)}
}

// escapes maps the letter after a backslash, in lower case, to what it means.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\a', 'f': '\f', '"': '"', '\'': '\'', '\\': '\\'}

// unescape takes a string token and resolves its escapes. In a pattern those
// that keep a character from being a wildcard stay.
func (p *parser) unescape(pattern bool) string {
	t := p.take()
	var text strings.Builder
	for i := 0; i < len(t.text); i++ {
		c := t.text[i]
		if c != '\\' {
			text.WriteByte(c)
			continue
		}
		i++
		at := t.pos + i // of the backslash: the quote stands before the text
		plain, known := escapes[lower(t.text[i])]
		switch c := t.text[i]; {
		case pattern && (c == '%' || c == '_' || c == '\\'):
			text.WriteString(t.text[i-1 : i+1])
		case known:
			text.WriteByte(plain)
		case c == 'u':
			r, width := p.codePoint(t.text[i+1:], at)
			text.WriteRune(r)
			i += width
		default:
			p.fail(at, "no such escape in a string: "+quote(t.text[i-1:i+1]))
		}
	}
	return text.String()
}

func lower(c byte) byte {
	if isLetter(c) {
		return c | 0x20
	}
	return c
}

// codePoint reads the four digits after \u, or both halves of a surrogate
// pair, and returns how many bytes they took.
func (p *parser) codePoint(s string, pos int) (rune, int) {
	first, ok := hex4(s)
	if ok && utf8.ValidRune(first) {
		return first, 4
	}
	if ok && len(s) >= 10 && s[4:6] == `\u` {
		if second, ok := hex4(s[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r, 10
			}
		}
	}
	p.fail(pos, `no such character: \u wants four hexadecimal digits`)
	return 0, 0
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		digit := strings.IndexByte("0123456789abcdef", lower(s[i]))
		if digit < 0 {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

// bind reads an Apex expression after a colon: a variable or constructor with
// what is called on it. Only its text is kept.
func (p *parser) bind() *Bind {
	b := &Bind{Pos: p.pos()}
	p.require(":")
	p.forgive(LenientBind)
	first := p.pos()
	constructed := p.at("new") && p.ahead(1).kind == word
	if constructed {
		p.take()
	}
	if p.at("(") {
		p.balanced("(", ")")
	} else {
		p.word("a variable")
	}
	for {
		switch {
		case p.accept("."):
			p.word("a name after the dot")
		case p.at("("):
			p.balanced("(", ")")
		case p.at("["):
			p.balanced("[", "]")
		case constructed && p.at("<"):
			p.balanced("<", ">")
		case constructed && p.at("{"):
			p.balanced("{", "}")
		default:
			b.Text = p.text[first:p.tokens[p.i-1].end]
			return b
		}
	}
}

// balanced passes over a bracket and all it encloses.
func (p *parser) balanced(open, close string) {
	for depth := 0; ; {
		switch t := p.peek(); {
		case t.kind == end || t.kind == bad:
			p.expected(close)
		case t.is(open):
			depth++
		case t.is(close):
			depth--
		}
		p.take()
		if depth == 0 {
			return
		}
	}
}
