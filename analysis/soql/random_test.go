package soql_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

// Any tree of the grammar, printed, is read back as the same tree.
func TestRandomTreesSurvivePrinting(t *testing.T) {
	for seed := range uint64(20_000) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		q := g.query(0)
		text := q.String()
		again, err := soql.Parse(text)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if d := difference(q, again); d != "" {
			t.Fatalf("seed %d: %s\n%s", seed, d, text)
		}
	}
}

// generator makes trees the server would take.
type generator struct{ *rand.Rand }

func pick[T any](g generator, list ...T) T { return list[g.IntN(len(list))] }

func some[T any](g generator, most int, make func() T) []T {
	var list []T
	for range 1 + g.IntN(most) {
		list = append(list, make())
	}
	return list
}

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) name() string {
	return pick(g, "Id", "Name", "Owner", "Type", "Order", "Group", "First", "Amount__c", "ns__Part__r", "End", "Offset", "TODAY", "ALL")
}

func (g generator) alias() string {
	if g.chance(70) {
		return ""
	}
	return pick(g, "a", "b1", "distinct", "OFFSET", "Typeof", "x__y")
}

func (g generator) path() *soql.Path { return &soql.Path{Names: some(g, 4, g.name)} }

func (g generator) query(level int) *soql.Query {
	q := &soql.Query{
		Select: some(g, 3, func() soql.Item { return g.item(level) }),
		From:   []soql.From{{Path: g.path(), Alias: pick(g, "", "", "a", "c")}},
	}
	if g.chance(10) {
		q.Scope = pick(g, "mine", "everything", "myRule")
	}
	if g.chance(60) {
		q.Where = g.expr(3, false)
	}
	if g.chance(20) {
		q.With = some(g, 2, g.with)
	}
	g.groups(q)
	if g.chance(40) {
		q.OrderBy = some(g, 2, func() soql.Order {
			return soql.Order{By: g.path(), Desc: g.chance(50), NullsLast: g.chance(50)}
		})
	}
	g.endings(q)
	return q
}

func (g generator) groups(q *soql.Query) {
	if !g.chance(20) {
		return
	}
	q.GroupBy = &soql.GroupBy{Form: pick(g, "", "ROLLUP", "CUBE"), By: some(g, 3, g.operand)}
	q.Select = append(q.Select, &soql.Call{Func: g.aggregate(), Alias: g.alias()})
	if g.chance(50) {
		q.Having = &soql.Comparison{Left: g.aggregate(), Op: soql.Gt, Right: &soql.Number{Text: "1"}}
	}
}

func (g generator) endings(q *soql.Query) {
	count := func() *int64 { n := g.Int64N(5000); return &n }
	switch g.IntN(4) {
	case 0:
		q.Limit = count()
	case 1:
		q.Limit, q.Offset = count(), count()
	case 2:
		q.LimitBind = &soql.Bind{Text: "n"}
	}
	q.For = pick(g, "", "", "VIEW", "REFERENCE")
	q.Update = pick(g, nil, nil, []string{"TRACKING"}, []string{"TRACKING", "VIEWSTAT"})
	q.ForUpdate, q.AllRows = g.chance(5), g.chance(5)
}

func (g generator) item(level int) soql.Item {
	switch n := g.IntN(10); {
	case n == 0 && level < 3:
		return &soql.Child{Query: g.query(level + 1), Alias: g.alias()}
	case n == 1:
		t := &soql.TypeOf{Path: g.path(), When: some(g, 2, func() soql.When {
			return soql.When{Object: g.name(), Fields: some(g, 2, g.path)}
		})}
		if g.chance(50) {
			t.Else = some(g, 2, g.path)
		}
		return t
	case n == 2:
		return &soql.Call{Func: &soql.Func{Name: "FIELDS", Args: []soql.Node{&soql.Keyword{Text: "ALL"}}}}
	case n == 3:
		return &soql.Call{Func: g.scalar(2), Alias: g.alias()}
	}
	return &soql.Field{Path: g.path(), Alias: g.alias()}
}

func (g generator) aggregate() *soql.Func {
	return &soql.Func{Name: pick(g, "COUNT", "max", "COUNT_DISTINCT"), Args: []soql.Node{g.operand()}}
}

func (g generator) scalar(depth int) *soql.Func {
	arg := soql.Node(g.path())
	if depth > 0 && g.chance(40) {
		arg = g.scalar(depth - 1)
	}
	return &soql.Func{Name: pick(g, "toLabel", "FORMAT", "CALENDAR_YEAR", "convertCurrency"), Args: []soql.Node{arg}}
}

func (g generator) operand() soql.Operand {
	if g.chance(20) {
		return g.scalar(1)
	}
	return g.path()
}

func (g generator) expr(depth int, plain bool) soql.Expr {
	if plain || depth == 0 || g.chance(30) {
		return g.comparison(depth)
	}
	terms := func() []soql.Expr {
		return append([]soql.Expr{g.expr(depth-1, false)}, some(g, 3, func() soql.Expr { return g.expr(depth-1, false) })...)
	}
	switch g.IntN(3) {
	case 0:
		return &soql.And{Terms: terms()}
	case 1:
		return &soql.Or{Terms: terms()}
	}
	return &soql.Not{X: g.expr(depth-1, false)}
}

func (g generator) comparison(depth int) soql.Expr {
	c := &soql.Comparison{Left: g.operand()}
	switch g.IntN(5) {
	case 0:
		c.Op, c.Right = soql.Like, pick[soql.Right](g, &soql.String{Text: `a\%\\_%'`}, &soql.Bind{Text: "x"})
	case 1:
		c.Op = pick(g, soql.Includes, soql.Excludes)
		c.Right = &soql.List{Values: some(g, 3, func() soql.Value { return g.text() })}
	case 2:
		c.Op = pick(g, soql.In, soql.NotIn)
		c.Right = &soql.List{Values: some(g, 4, g.value)}
		if depth > 0 && g.chance(30) {
			c.Right = g.semiJoin(depth)
		}
	default:
		c.Op, c.Right = pick(g, soql.Eq, soql.Ne, soql.Lt, soql.Le, soql.Gt, soql.Ge), g.value()
	}
	return c
}

func (g generator) semiJoin(depth int) *soql.SemiJoin {
	q := &soql.Query{Select: []soql.Item{&soql.Field{Path: g.path()}}, From: []soql.From{{Path: g.path()}}}
	if g.chance(50) {
		q.Where = g.expr(depth-1, false)
	}
	return &soql.SemiJoin{Query: q}
}

func (g generator) text() *soql.String {
	var text []rune
	for range g.IntN(6) {
		text = append(text, pick(g, 'a', 'Z', '\'', '\\', '"', '\n', '\t', 'é', '日', '%', '_', ';', '/', '-', 0x07, 0x1F600))
	}
	return &soql.String{Text: string(text)}
}

// value leaves out dates, whose text carries the instant, and ids, which ask
// for a fitting field.
func (g generator) value() soql.Value {
	switch g.IntN(7) {
	case 0:
		return &soql.Number{Text: pick(g, "0", "-1", "+2.50", ".5", "123456789012")}
	case 1:
		return &soql.Bool{True: g.chance(50)}
	case 2:
		return &soql.Null{}
	case 3:
		return pick(g, &soql.DateLiteral{Name: "TODAY"}, &soql.DateLiteral{Name: "LAST_N_DAYS", N: g.Int64N(400)})
	case 4:
		return &soql.Currency{Code: "USD", Amount: strconv.Itoa(g.IntN(1000)) + pick(g, "", ".25")}
	case 5:
		return &soql.Bind{Text: pick(g, "x", "a.b[0].c(1, 'x')", "new Set<Id>()")}
	}
	return g.text()
}

func (g generator) with() soql.With {
	switch g.IntN(4) {
	case 0:
		return &soql.Mode{Name: pick(g, "USER_MODE", "SECURITY_ENFORCED")}
	case 1:
		return &soql.Setting{Name: "UserId", Op: soql.Eq, Value: g.text()}
	case 2:
		return &soql.Settings{Name: "RecordVisibilityContext", List: some(g, 2, func() soql.Setting {
			return soql.Setting{Name: g.name(), Op: soql.Eq, Value: g.value()}
		})}
	}
	return &soql.DataCategory{Filters: some(g, 2, func() soql.CategoryFilter {
		return soql.CategoryFilter{Group: "G__c", Op: pick(g, "AT", "ABOVE_OR_BELOW"), Categories: some(g, 2, g.name)}
	})}
}
