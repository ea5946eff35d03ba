package soql

import (
	"slices"
	"strings"
)

// Search is a SOSL query. What it finds depends on an index the server keeps:
// its terms give candidates, only the Where of each Returning is exact.
type Search struct {
	Pos
	Terms     Expr   // And, Or, Not, Words, Word, Phrase
	In        string // ALL, NAME, EMAIL, PHONE or SIDEBAR; empty when absent, which means ALL
	Returning []Returning
	With      []With
	Limit     *int64
	Update    []string
	Lenient   []string
}

// Returning is one object a search returns rows of. Without fields only ids are returned.
type Returning struct {
	Pos
	Object        string
	Fields        []Item // [*Field] and [*Call]
	Where         Expr
	ListView      string
	OrderBy       []Order
	Limit, Offset *int64
}

// Words are terms side by side. All must be found, except among articles,
// documents and solutions, where the server reads OR.
type Words struct {
	Pos
	Terms []Expr
}

// Word is a single search word: * and ? are wildcards, and a backslash in
// Text stands before a *, ? or backslash meant literally.
type Word struct {
	Pos
	Text string
}

// Phrase is a sequence of words to be found in this order. Text is as in [Word].
type Phrase struct {
	Pos
	Text string
}

func (*Words) expr()  {}
func (*Word) expr()   {}
func (*Phrase) expr() {}

// ParseSOSL reads a SOSL query. The error is an [*Error].
func ParseSOSL(text string) (*Search, error) {
	return run(text, func(p *parser) *Search {
		s := p.search()
		p.finish()
		if p.forgave(LenientMixed) {
			p.confirm(s, func(p *parser) { p.search() })
		}
		s.Lenient = p.lenient
		return s
	})
}

// String prints the search in canonical form; ParseSOSL reads it into an equal tree.
func (s *Search) String() string { return Format(s) }

func (p *parser) search() *Search {
	l := &lexer{text: p.text}
	p.tokens = []token{l.next()}
	s := &Search{Pos: p.pos()}
	p.require("FIND")
	s.Terms = p.terms(l)
	if p.accept("IN") {
		s.In = p.oneOf("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
		p.require("FIELDS")
	}
	if p.accept("RETURNING") {
		s.Returning = commas(p, p.returning)
	}
	for p.at("WITH") {
		s.With = append(s.With, p.searchWith())
	}
	if p.accept("LIMIT") {
		n := p.wholeNumber()
		s.Limit = &n
	}
	if p.accept("UPDATE") {
		s.Update = p.tracking()
	}
	return s
}

func (p *parser) returning() Returning {
	r := Returning{Pos: p.pos(), Object: p.name("an object")}
	if !p.accept("(") {
		return r
	}
	r.Fields = commas(p, p.returned)
	if p.accept("WHERE") {
		r.Where = p.condition(inWhere)
	}
	if p.accept("USING") {
		p.require("LISTVIEW", "=")
		r.ListView = p.word("a list view")
	}
	if p.at("ORDER") {
		r.OrderBy = p.orderBy()
	}
	if p.accept("LIMIT") {
		n := p.wholeNumber()
		r.Limit = &n
	}
	if p.accept("OFFSET") {
		n := p.wholeNumber()
		r.Offset = &n
	}
	p.require(")")
	return r
}

func (p *parser) returned() Item {
	if p.at("(") || p.at("TYPEOF") && p.ahead(1).kind == word {
		p.expected("a field")
	}
	return p.item()
}

func (p *parser) searchWith() With {
	start := p.pos()
	switch next := p.ahead(1); {
	case next.isOne("HIGHLIGHT", "SNIPPET"):
		p.require("WITH")
		name := strings.ToUpper(p.take().text)
		if p.at("(") {
			return &Settings{start, name, p.settings()}
		}
		return &Mode{start, name}
	case next.isOne("DIVISION", "NETWORK", "PRICEBOOKID", "METADATA", "SPELL_CORRECTION"):
		p.require("WITH")
		return p.searchSetting(start)
	}
	return p.with()
}

func (p *parser) searchSetting(start Pos) With {
	s := &Setting{Pos: start, Name: p.take().text, Op: Eq}
	switch {
	case p.accept("IN"):
		s.Op = In
		s.Value = p.list(func() Value { return p.value(nil) })
	case p.at("=") && p.ahead(1).isOne("TRUE", "FALSE"):
		p.require("=")
		s.Value = p.value(nil)
	default:
		s.Value = p.settingText()
	}
	return s
}

// terms reads what is searched for, which is not made of SOQL tokens, and
// scans the tokens after it.
func (p *parser) terms(l *lexer) Expr {
	if t, ok := l.skip(); !ok {
		p.fail(t.pos, t.text)
	}
	close := byte('}')
	switch rest := p.text[l.pos:]; {
	case strings.HasPrefix(rest, "'"):
		close = '\''
		p.forgive(LenientQuotes)
	case !strings.HasPrefix(rest, "{"):
		p.fail(l.pos, "expected search terms in braces")
	}
	s := &termScanner{p: p, pos: l.pos + 1, close: close}
	terms := s.either()
	if !s.at(close) {
		s.fail("expected " + string(close))
	}
	l.pos = s.pos + 1
	p.scan(l)
	return terms
}

// reservedInTerms must be escaped in search terms.
const reservedInTerms = `?&|!{}[]()^~*:\"'+-`

type termScanner struct {
	p     *parser
	pos   int
	close byte
}

func (s *termScanner) fail(msg string) { s.p.fail(min(s.pos, len(s.p.text)), msg) }

// skip passes over white space and reports whether terms go on.
func (s *termScanner) skip() bool {
	for s.pos < len(s.p.text) && strings.IndexByte(blanks, s.p.text[s.pos]) >= 0 {
		s.pos++
	}
	return s.pos < len(s.p.text) && !s.at(s.close)
}

func (s *termScanner) at(c byte) bool { return s.pos < len(s.p.text) && s.p.text[s.pos] == c }

// accept passes over an operator, which ends where a word would.
func (s *termScanner) accept(operator string) bool {
	if !s.skip() {
		return false
	}
	if rest := s.p.text[s.pos:]; !strings.EqualFold(rest[:wordLength(rest, s.close)], operator) {
		return false
	}
	s.pos += len(operator)
	return true
}

// wordLength counts the bytes to the next space, bracket or quote.
func wordLength(text string, close byte) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
		case c == close, strings.IndexByte(blanks+"()\"", c) >= 0:
			return i
		}
	}
	return len(text)
}

// either reads OR, which binds the loosest.
func (s *termScanner) either() Expr {
	start := s.pos
	terms := []Expr{s.both()}
	for s.accept("OR") {
		terms = append(terms, s.both())
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &Or{Pos(start), terms}
}

// both reads AND and AND NOT.
func (s *termScanner) both() Expr {
	terms := []Expr{s.words()}
	for s.accept("AND") {
		s.skip()
		start, at := Pos(s.pos), s.pos
		if s.accept("NOT") && s.skip() && !s.at(')') {
			terms = append(terms, &Not{start, s.words()})
			continue
		}
		s.pos = at
		terms = append(terms, s.words())
	}
	return join(terms)
}

// words reads terms with nothing between them.
func (s *termScanner) words() Expr {
	s.skip()
	start := s.pos
	terms := []Expr{s.one()}
	for s.skip() && !s.at(')') && !s.atOperator() {
		terms = append(terms, s.one())
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &Words{Pos(start), terms}
}

func (s *termScanner) atOperator() bool {
	at := s.pos
	defer func() { s.pos = at }()
	return s.accept("AND") || s.accept("OR")
}

func (s *termScanner) one() Expr {
	start := Pos(s.pos)
	switch {
	case !s.skip() || s.at(')') || s.atOperator():
		s.fail("expected a search term")
	case s.at('('):
		return s.group()
	case s.at('"'):
		s.pos++
		text := s.literal(phraseLength(s.p.text[s.pos:]))
		if !s.at('"') {
			s.fail("a phrase without closing quote")
		}
		s.pos++
		return &Phrase{start, text}
	}
	text := s.literal(wordLength(s.p.text[s.pos:], s.close))
	if strings.ContainsAny(text, blanks) || isOperator(text) {
		return &Phrase{start, text} // as which alone it can be written
	}
	return &Word{start, text}
}

func isOperator(text string) bool {
	return slices.ContainsFunc([]string{"AND", "OR", "NOT"}, func(op string) bool { return strings.EqualFold(op, text) })
}

func (s *termScanner) group() Expr {
	s.p.enter()
	defer s.p.leave()
	s.pos++
	e := s.either()
	if s.skip(); !s.at(')') {
		s.fail("expected )")
	}
	s.pos++
	return e
}

func phraseLength(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// literal takes a word or the inside of a phrase and resolves its escapes,
// but for those that keep a character from being a wildcard.
func (s *termScanner) literal(length int) string {
	raw := s.p.text[s.pos : s.pos+length]
	var text strings.Builder
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		escaped := c == '\\' && i+1 < len(raw)
		if escaped {
			i++
			c = raw[i]
		}
		special := strings.IndexByte(reservedInTerms, c) >= 0
		wildcard := c == '*' || c == '?'
		if special != escaped && !wildcard {
			s.p.forgive(LenientEscape)
		}
		if escaped && wildcard || c == '\\' {
			text.WriteByte('\\')
		}
		text.WriteByte(c)
	}
	s.pos += length
	return text.String()
}

func (p *printer) search(s *Search) {
	p.put("FIND {")
	p.searchTerm(s.Terms, 0)
	p.put("}")
	p.flag(s.In != "", " IN "+s.In+" FIELDS")
	p.flag(len(s.Returning) > 0, " RETURNING ")
	each(p, ", ", nodes(s.Returning), p.node)
	for _, w := range s.With {
		p.put(" WITH ")
		p.with(w)
	}
	p.count(" LIMIT ", s.Limit, nil)
	p.flag(len(s.Update) > 0, " UPDATE "+strings.Join(s.Update, ", "))
}

func (p *printer) returning(r Returning) {
	p.put(r.Object)
	if r.Fields == nil {
		return
	}
	p.put("(")
	each(p, ", ", nodes(r.Fields), p.node)
	p.condition(" WHERE ", r.Where)
	p.flag(r.ListView != "", " USING ListView = "+r.ListView)
	p.orderBy(r.OrderBy)
	p.count(" LIMIT ", r.Limit, nil)
	p.count(" OFFSET ", r.Offset, nil)
	p.put(")")
}

// searching tells search terms from the conditions built of the same nodes.
func searching(e Expr) bool {
	switch e := e.(type) {
	case *And:
		return searching(e.Terms[0])
	case *Or:
		return searching(e.Terms[0])
	case *Not:
		return searching(e.X)
	case *Comparison:
		return false
	}
	return true
}

// searchTerm prints a term inside one that binds with the given strength: 1
// for OR, 2 for AND, 3 for words side by side.
func (p *printer) searchTerm(e Expr, outer int) {
	own, terms, between := 4, []Expr(nil), ""
	switch e := e.(type) {
	case *Or:
		own, terms, between = 1, e.Terms, " OR "
	case *And:
		own, terms, between = 2, e.Terms, " AND "
	case *Words:
		own, terms, between = 3, e.Terms, " "
	case *Not:
		p.put("NOT ")
		p.searchTerm(e.X, 2)
	case *Word:
		p.put(escapeTerm(e.Text))
	case *Phrase:
		p.put(`"`, escapeTerm(e.Text), `"`)
	}
	p.flag(own <= outer, "(")
	each(p, between, terms, func(t Expr) { p.searchTerm(t, own) })
	p.flag(own <= outer, ")")
}

func escapeTerm(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' {
			b.WriteString(text[i:min(i+2, len(text))])
			i++
			continue
		}
		if strings.IndexByte(reservedInTerms, c) >= 0 && c != '*' && c != '?' {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

func (s *Search) children() []Node {
	list := append([]Node{s.Terms}, nodes(s.Returning)...)
	return append(list, nodes(s.With)...)
}

func (r Returning) children() []Node {
	list := nodes(r.Fields)
	if r.Where != nil {
		list = append(list, r.Where)
	}
	return append(list, nodes(r.OrderBy)...)
}
