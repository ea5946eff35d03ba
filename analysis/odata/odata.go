// Package odata reads the queries of the Dataverse web interface: an entity set with $select, $filter, $expand, $top,
// $skip, $orderby, $count and $apply.
package odata

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Query is a request for rows.
type Query struct {
	Set       string   // entity set: contacts
	Key       string   // of the one row asked for, '' for any
	Then      string   // navigation property after the key, or $count
	Select    []string // none: all columns
	Filter    Expr     // nil: none
	Expand    []Expand
	OrderBy   []Order
	Top, Skip *int64
	Apply     string
	Fetch     string // FetchXML asked for instead of the options
	View      string // id of a saved view asked for instead of them
}

// Expand asks for rows along a navigation property.
type Expand struct {
	Name string
	Query
}

// Order is one property sorted by.
type Order struct {
	Path string // segments joined with '/'
	Desc bool
}

// Expr is a condition: [*And], [*Or], [*Not], [*Compare], [*Call] or [*Lambda].
type Expr interface{ expr() }

// And holds when all terms hold.
type And struct{ Terms []Expr }

// Or holds when one term holds.
type Or struct{ Terms []Expr }

// Not holds when X does not.
type Not struct{ X Expr }

// Compare sets a property against values. Op is eq, ne, gt, ge, lt, le or in.
type Compare struct {
	Path   string
	Op     string
	Values []Value
}

// Call is a function that is a condition: contains, startswith, endswith, Microsoft.Dynamics.CRM.Today …
type Call struct {
	Name  string
	Path  string            // the property it is about
	Value *Value            // what it is compared with, nil when there is none
	Named map[string]string // parameters given by name
	List  []Value           // the values of a parameter that is a list
}

// Lambda is any or all over the rows of a collection. Paths inside are without the variable.
type Lambda struct {
	Path string
	All  bool
	X    Expr // nil: any()
}

// Value is a literal.
type Value struct {
	Text string
	Kind Kind
}

// Kind is what a literal is.
type Kind int

// The kinds of literals.
const (
	Text Kind = iota
	Number
	Bool
	Null
	Date   // a day
	Moment // a time with offset
	GUID
	Name // no literal: another property, or a parameter that is not given
)

func (*And) expr()     {}
func (*Or) expr()      {}
func (*Not) expr()     {}
func (*Compare) expr() {}
func (*Call) expr()    {}
func (*Lambda) expr()  {}

var resource = regexp.MustCompile(`(?i)(?:/api/data/v[0-9.]+)?/?([A-Za-z_][A-Za-z0-9_]*)(?:\(([^)]*)\))?(?:/([$A-Za-z_][A-Za-z0-9_.]*))?/?$`)

// Parse reads the address of a request, or its path and options. The error says what is not understood.
func Parse(address string) (*Query, error) {
	path, options, _ := strings.Cut(strings.TrimSpace(address), "?")
	found := resource.FindStringSubmatch(path)
	if found == nil {
		return nil, fmt.Errorf("reading OData: %q names no entity set", path)
	}
	q := &Query{Set: found[1], Then: found[3]}
	given, parameters, err := optionsOf(options)
	for _, o := range given {
		if err == nil {
			err = q.option(o[0], o[1], parameters, 0)
		}
	}
	if err == nil {
		err = q.key(found[2], parameters)
	}
	if err != nil {
		return nil, fmt.Errorf("reading OData: %w", err)
	}
	return q, nil
}

// optionsOf parts the options of an address into name and value, and the parameters, @p=1, that values may stand for.
func optionsOf(text string) (options [][2]string, parameters map[string]string, err error) {
	parameters = map[string]string{}
	for _, part := range strings.Split(text, "&") {
		escaped, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			return nil, nil, err
		}
		name, _ := url.QueryUnescape(escaped)
		if name = strings.ToLower(name); strings.HasPrefix(name, "@") {
			parameters[name] = plain
			continue
		}
		options = append(options, [2]string{name, plain})
	}
	return options, parameters, nil
}

// key reads what stands in brackets after the entity set: the id of a row, or columns that name it, a='x',b=1.
func (q *Query) key(text string, parameters map[string]string) error {
	if given, ok := parameters[strings.ToLower(text)]; ok {
		text = given
	}
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	if !strings.Contains(text, "=") {
		q.Key = strings.Trim(text, "'{}")
		return nil
	}
	var terms []string
	for _, column := range split(text, ',') {
		name, value, _ := strings.Cut(column, "=")
		terms = append(terms, name+" eq "+value)
	}
	named, err := filter(strings.Join(terms, " and "), parameters)
	if q.Filter != nil {
		named = &And{[]Expr{named, q.Filter}}
	}
	q.Filter = named
	return err
}

// deepestExpand is how far one expansion may stand in another.
const deepestExpand = 20

func (q *Query) option(name, value string, parameters map[string]string, depth int) (err error) {
	switch strings.TrimPrefix(name, "$") {
	case "select":
		for _, f := range split(value, ',') {
			if f != "*" {
				q.Select = append(q.Select, f)
			}
		}
	case "filter":
		q.Filter, err = filter(value, parameters)
	case "expand":
		if depth > deepestExpand {
			return fmt.Errorf("%s is nested too deep", name)
		}
		for _, e := range split(value, ',') {
			if err = q.expand(e, parameters, depth+1); err != nil {
				return err
			}
		}
	case "orderby":
		for _, o := range split(value, ',') {
			path, way, _ := strings.Cut(o, " ")
			q.OrderBy = append(q.OrderBy, Order{path, strings.EqualFold(strings.TrimSpace(way), "desc")})
		}
	case "top", "skip":
		n, bad := strconv.ParseInt(value, 10, 64)
		if bad != nil || n < 0 {
			return fmt.Errorf("%s is %q", name, value)
		}
		if strings.HasSuffix(name, "top") {
			q.Top = &n
		} else {
			q.Skip = &n
		}
	case "apply":
		q.Apply = value
	case "fetchxml":
		q.Fetch = value
	case "savedquery", "userquery":
		q.View = value
	case "search":
		return fmt.Errorf("%s is not understood", name)
	}
	return err
}

func (q *Query) expand(text string, parameters map[string]string, depth int) error {
	name, options, has := strings.Cut(text, "(")
	e := Expand{Name: strings.TrimSpace(name)}
	if has {
		for _, o := range split(strings.TrimSuffix(options, ")"), ';') {
			name, value, _ := strings.Cut(o, "=")
			if err := e.option(strings.ToLower(strings.TrimSpace(name)), value, parameters, depth); err != nil {
				return err
			}
		}
	}
	q.Expand = append(q.Expand, e)
	return nil
}

// split parts a list at a separator outside brackets and quotes.
func split(text string, by byte) (parts []string) {
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == by && depth == 0:
			parts, start = append(parts, strings.TrimSpace(text[start:i])), i+1
		}
	}
	if last := strings.TrimSpace(text[start:]); last != "" {
		parts = append(parts, last)
	}
	return parts
}

var (
	token  = regexp.MustCompile(`^\s*('(?:[^']|'')*'|"[^"]*"|[(),:]|[^\s(),:'"]+(?::\d\d[^\s(),]*(?: \d\d:\d\d)?)?)`) // an offset whose plus was read as a blank
	guid   = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	number = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][-+]?\d+)?$`)
	day    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	moment = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T`)
)

// filter reads a condition.
func filter(text string, parameters map[string]string) (Expr, error) {
	p := &parser{parameters: parameters}
	for rest := text; strings.TrimSpace(rest) != ""; {
		found := token.FindStringSubmatch(rest)
		if found == nil {
			return nil, fmt.Errorf("the filter cannot be read at %q", rest)
		}
		p.tokens = append(p.tokens, found[1])
		rest = rest[len(found[0]):]
	}
	e := p.or(0)
	if p.err == nil && len(p.tokens) > 0 {
		p.fail("after the condition")
	}
	return e, p.err
}

type parser struct {
	tokens     []string
	variable   string // of the lambda being read
	parameters map[string]string
	err        error
}

// deepest is how far conditions may nest.
const deepest = 100

func (p *parser) fail(where string) {
	if p.err == nil {
		p.err = fmt.Errorf("the filter cannot be read %s: %q", where, strings.Join(p.tokens, " "))
	}
}

func (p *parser) at(word string) bool {
	return len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word)
}

func (p *parser) accept(word string) bool {
	if p.at(word) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *parser) take() string {
	if len(p.tokens) == 0 {
		p.fail("at its end")
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *parser) or(depth int) Expr {
	terms := []Expr{p.and(depth)}
	for p.err == nil && p.accept("or") {
		terms = append(terms, p.and(depth))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &Or{terms}
}

func (p *parser) and(depth int) Expr {
	terms := []Expr{p.term(depth)}
	for p.err == nil && p.accept("and") {
		terms = append(terms, p.term(depth))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return &And{terms}
}

func (p *parser) term(depth int) Expr {
	switch {
	case p.err != nil || depth > deepest:
		p.fail("so deep")
		return nil
	case p.accept("not"):
		return &Not{p.term(depth + 1)}
	case p.accept("("):
		e := p.or(depth + 1)
		p.close()
		return e
	}
	left := p.take()
	if p.at("(") {
		return p.call(left, depth)
	}
	return p.compare(p.path(left))
}

func (p *parser) close() {
	if !p.accept(")") {
		p.fail("where a bracket should close")
	}
}

// path takes the variable of a lambda off a property.
func (p *parser) path(text string) string {
	if p.variable != "" {
		return strings.TrimPrefix(text, p.variable+"/")
	}
	return text
}

func (p *parser) compare(path string) Expr {
	op := strings.ToLower(p.take())
	switch {
	case op == "in":
		c := &Compare{Path: path, Op: op}
		if !p.accept("(") {
			p.fail("where a list should begin")
		}
		for p.err == nil && !p.at(")") {
			c.Values = append(c.Values, p.value(p.take()))
			p.accept(",")
		}
		p.close()
		return c
	case slices.Contains([]string{"eq", "ne", "gt", "ge", "lt", "le"}, op):
		return &Compare{path, op, []Value{p.value(p.take())}}
	}
	p.fail("at the operator " + op)
	return nil
}

// call reads a function, or any and all at the end of a path.
func (p *parser) call(name string, depth int) Expr {
	p.accept("(")
	if path, all, ok := lambda(name); ok {
		l := &Lambda{Path: p.path(path), All: all}
		if !p.accept(")") {
			outer := p.variable
			p.variable = p.take()
			if !p.accept(":") {
				p.fail("where a lambda should begin")
			}
			l.X = p.or(depth + 1)
			p.variable = outer
			p.close()
		}
		return l
	}
	c := &Call{Name: name, Named: map[string]string{}}
	for p.err == nil && !p.at(")") {
		p.argument(c)
		p.accept(",")
	}
	p.close()
	if len(p.tokens) > 0 && p.at("eq") { // contains(a,'b') eq true
		p.take()
		if v := strings.ToLower(p.take()); v == "false" {
			return &Not{c}
		}
	}
	return c
}

func (p *parser) argument(c *Call) {
	text := p.take()
	if p.at("(") { // tolower(name) and its like
		p.accept("(")
		text = p.take()
		p.close()
	}
	if name, given, ok := strings.Cut(text, "="); ok && !strings.HasPrefix(text, "'") {
		if given == "" {
			given = p.take()
		}
		if strings.HasPrefix(given, "[") {
			c.List = p.list(strings.TrimPrefix(given, "["))
			return
		}
		c.Named[strings.ToLower(name)] = strings.Trim(given, "'")
		if strings.EqualFold(name, "PropertyName") {
			c.Path = strings.Trim(given, "'")
		}
		return
	}
	if c.Path == "" {
		c.Path = p.path(text)
		return
	}
	v := p.value(text)
	c.Value = &v
}

// list reads values up to the closing bracket; the first may have been taken already.
func (p *parser) list(text string) (values []Value) {
	for p.err == nil {
		value, last := strings.CutSuffix(text, "]")
		if value != "" {
			values = append(values, p.value(value))
		}
		if last {
			return values
		}
		p.accept(",")
		text = p.take()
	}
	return nil
}

func lambda(name string) (path string, all, ok bool) {
	if path, ok := strings.CutSuffix(name, "/any"); ok {
		return path, false, true
	}
	path, ok = strings.CutSuffix(name, "/all")
	return path, true, ok
}

func (p *parser) value(text string) Value {
	if given, ok := p.parameters[strings.ToLower(text)]; ok {
		text = given
	}
	switch {
	case strings.HasPrefix(text, "'"):
		return Value{strings.ReplaceAll(strings.TrimSuffix(text[1:], "'"), "''", "'"), Text}
	case strings.HasPrefix(text, `"`): // in a list
		return Value{strings.Trim(text, `"`), Text}
	case strings.EqualFold(text, "null"):
		return Value{"", Null}
	case strings.EqualFold(text, "true"), strings.EqualFold(text, "false"):
		return Value{strings.ToLower(text), Bool}
	case guid.MatchString(text):
		return Value{strings.ToLower(text), GUID}
	case day.MatchString(text):
		return Value{text, Date}
	case moment.MatchString(text):
		return Value{strings.Replace(text, " ", "+", 1), Moment}
	case number.MatchString(text):
		return Value{text, Number}
	}
	return Value{text, Name}
}
