package replay

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis/soql"
)

// compared is a way a filter compares: negated says that none of its values may fit.
type compared struct {
	op            soql.Op
	before, after string // around the pattern of LIKE
	negated       bool
}

// comparisons are the operators of reports and list views, and the letters addresses of exports use for them.
var comparisons = map[string]compared{
	"equals": {op: soql.Eq}, "eq": {op: soql.Eq}, "notequal": {op: soql.Eq, negated: true}, "ne": {op: soql.Eq, negated: true},
	"lessthan": {op: soql.Lt}, "lt": {op: soql.Lt}, "greaterthan": {op: soql.Gt}, "gt": {op: soql.Gt},
	"lessorequal": {op: soql.Le}, "le": {op: soql.Le}, "greaterorequal": {op: soql.Ge}, "ge": {op: soql.Ge},
	"contains": {op: soql.Like, before: "%", after: "%"}, "co": {op: soql.Like, before: "%", after: "%"},
	"notcontain": {op: soql.Like, before: "%", after: "%", negated: true}, "nc": {op: soql.Like, before: "%", after: "%", negated: true},
	"startswith": {op: soql.Like, after: "%"}, "sw": {op: soql.Like, after: "%"},
	"includes": {op: soql.Includes}, "in": {op: soql.Includes}, "excludes": {op: soql.Excludes}, "ex": {op: soql.Excludes},
}

// filter is one line of the filter list.
func (b *builder) filter(f filter) soql.Expr {
	c, known := comparisons[fold(f.Operator)]
	if !known || f.Kind != "" && !strings.EqualFold(f.Kind, "fieldValue") {
		return notUnderstood(f.Column + " " + f.Operator + " " + f.Value)
	}
	p := b.path(f.Column)
	kind := b.kind(f.Column, p)
	values := splitValues(f.Value)
	switch c.op {
	case soql.Lt, soql.Le, soql.Gt, soql.Ge: // one value; its commas part thousands
		values = []string{strings.Trim(f.Value, `" `)}
	}
	return c.apply(p, values, kind, false)
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

var (
	days     = regexp.MustCompile(`^(LAST|NEXT)_(\d+)_DAYS$`)
	slashDay = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`)
)

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
	if found := slashDay.FindStringSubmatch(text); found != nil {
		month, _ := strconv.Atoi(found[1])
		day, _ := strconv.Atoi(found[2])
		if month <= 12 && day <= 12 && month != day {
			return nil // month or day first: nobody knows
		}
		if month > 12 {
			month, day = day, month
		}
		at, err := time.Parse("2006-1-2", fmt.Sprintf("%s-%d-%d", found[3], month, day))
		if err != nil {
			return nil
		}
		return &soql.Date{Text: at.Format(time.DateOnly), Day: at}
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
