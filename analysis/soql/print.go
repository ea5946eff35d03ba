package soql

import (
	"fmt"
	"strconv"
	"strings"
)

// String prints the query in canonical form: keywords in upper case, single
// spaces, no parentheses but the necessary ones, defaults left out. Parse
// reads it into an equal tree.
func (q *Query) String() string { return Format(q) }

// Format prints any node in canonical form.
func Format(n Node) string {
	var p printer
	p.node(n)
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) put(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

func (p *printer) node(n Node) {
	switch n := n.(type) {
	case *Query:
		p.query(n)
	case *Search:
		p.search(n)
	case Returning:
		p.returning(n)
	case Value:
		p.value(n)
	case Right:
		p.right(n)
	case Expr:
		if searching(n) {
			p.searchTerm(n, 0)
		} else {
			p.expr(n)
		}
	case With:
		p.with(n)
	case *Path:
		p.put(n.String())
	case *Func:
		p.put(n.Name, "(")
		each(p, ", ", n.Args, p.node)
		p.put(")")
	case *Keyword:
		p.put(n.Text)
	default:
		p.part(n)
	}
}

// part prints the entries of the clauses.
func (p *printer) part(n Node) {
	switch n := n.(type) {
	case Item:
		p.item(n)
	case From:
		p.node(n.Path)
		p.alias(n.Alias)
	case When:
		p.put(" WHEN ", n.Object, " THEN ")
		each(p, ", ", nodes(n.Fields), p.node)
	case *GroupBy:
		p.groupBy(n)
	case Order:
		p.node(n.By)
		p.flag(n.Desc, " DESC")
		p.flag(n.NullsLast, " NULLS LAST")
	case CategoryFilter:
		p.put(n.Group, " ", n.Op, " ")
		p.flag(len(n.Categories) > 1, "(")
		p.put(strings.Join(n.Categories, ", "))
		p.flag(len(n.Categories) > 1, ")")
	case Setting:
		p.setting(n)
	default:
		panic(fmt.Sprintf("soql: no print form for %T", n))
	}
}

func each[T any](p *printer, separator string, list []T, print func(T)) {
	for i, n := range list {
		if i > 0 {
			p.put(separator)
		}
		print(n)
	}
}

func (p *printer) flag(set bool, text string) {
	if set {
		p.put(text)
	}
}

func (p *printer) alias(alias string) { p.flag(alias != "", " "+alias) }

func (p *printer) query(q *Query) {
	p.put("SELECT ")
	each(p, ", ", nodes(q.Select), p.node)
	p.put(" FROM ")
	each(p, ", ", nodes(q.From), p.node)
	p.flag(q.Scope != "", " USING SCOPE "+q.Scope)
	p.condition(" WHERE ", q.Where)
	for _, w := range q.With {
		p.put(" WITH ")
		p.with(w)
	}
	if q.GroupBy != nil {
		p.put(" GROUP BY ")
		p.groupBy(q.GroupBy)
	}
	p.condition(" HAVING ", q.Having)
	p.orderBy(q.OrderBy)
	p.count(" LIMIT ", q.Limit, q.LimitBind)
	p.count(" OFFSET ", q.Offset, q.OffsetBind)
	p.flag(q.For != "", " FOR "+q.For)
	p.flag(len(q.Update) > 0, " UPDATE "+strings.Join(q.Update, ", "))
	p.flag(q.ForUpdate, " FOR UPDATE")
	p.flag(q.AllRows, " ALL ROWS")
}

func (p *printer) item(it Item) {
	switch it := it.(type) {
	case *Field:
		p.node(it.Path)
		p.alias(it.Alias)
	case *Call:
		p.node(it.Func)
		p.alias(it.Alias)
	case *Child:
		p.put("(")
		p.query(it.Query)
		p.put(")")
		p.alias(it.Alias)
	case *TypeOf:
		p.put("TYPEOF ", it.Path.String())
		each(p, "", nodes(it.When), p.node)
		if it.Else != nil {
			p.put(" ELSE ")
			each(p, ", ", nodes(it.Else), p.node)
		}
		p.put(" END")
	}
}

func (p *printer) groupBy(g *GroupBy) {
	p.flag(g.Form != "", g.Form+"(")
	each(p, ", ", nodes(g.By), p.node)
	p.flag(g.Form != "", ")")
}

func (p *printer) orderBy(list []Order) {
	if list != nil {
		p.put(" ORDER BY ")
		each(p, ", ", nodes(list), p.node)
	}
}

func (p *printer) count(keyword string, n *int64, b *Bind) {
	switch {
	case n != nil:
		p.put(keyword, strconv.FormatInt(*n, 10))
	case b != nil:
		p.put(keyword)
		p.value(b)
	}
}

func (p *printer) condition(keyword string, e Expr) {
	if e != nil {
		p.put(keyword)
		p.expr(e)
	}
}

func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *And:
		each(p, " AND ", e.Terms, p.term)
	case *Or:
		each(p, " OR ", e.Terms, p.term)
	case *Not:
		p.put("NOT ")
		p.term(e.X)
	case *Comparison:
		p.node(e.Left)
		p.put(" ", string(e.Op), " ")
		if s, ok := e.Right.(*String); ok && e.Op == Like {
			p.put("'", escape(s.Text, true), "'")
		} else {
			p.right(e.Right)
		}
	}
}

// term prints a condition inside another.
func (p *printer) term(e Expr) {
	if _, plain := e.(*Comparison); plain {
		p.expr(e)
		return
	}
	p.put("(")
	p.expr(e)
	p.put(")")
}

func (p *printer) right(r Right) {
	switch r := r.(type) {
	case Value:
		p.value(r)
	case *List:
		p.put("(")
		each(p, ", ", r.Values, p.value)
		p.put(")")
	case *SemiJoin:
		p.put("(")
		p.query(r.Query)
		p.put(")")
	}
}

func (p *printer) value(v Value) {
	switch v := v.(type) {
	case *String:
		p.put("'", escape(v.Text, false), "'")
	case *Number:
		p.put(v.Text)
	case *Bool:
		p.put(strings.ToUpper(strconv.FormatBool(v.True)))
	case *Null:
		p.put("NULL")
	case *Date:
		p.put(v.Text)
	case *DateTime:
		p.put(v.Text)
	case *Time:
		p.put(v.Text)
	case *DateLiteral:
		p.put(v.Name)
		p.flag(v.Counted(), ":"+strconv.FormatInt(v.N, 10))
	case *Currency:
		p.put(v.Code, v.Amount)
	case *ID:
		p.put(v.Text)
	case *Bind:
		p.put(":", v.Text)
	}
}

var letters = map[byte]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '\\': `\\`, '\'': `\'`}

// escape writes a text as it stands between quotes. The backslashes of a
// pattern are part of it already.
func escape(text string, pattern bool) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && pattern:
			b.WriteString(text[i:min(i+2, len(text))])
			i++
		case letters[c] != "":
			b.WriteString(letters[c])
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (p *printer) with(w With) {
	switch w := w.(type) {
	case *DataCategory:
		p.put("DATA CATEGORY ")
		each(p, " AND ", nodes(w.Filters), p.node)
	case *Mode:
		p.put(w.Name)
	case *Settings:
		p.put(w.Name, "(")
		each(p, ", ", nodes(w.List), p.node)
		p.put(")")
	case *Setting:
		p.setting(*w)
	}
}

func (p *printer) setting(s Setting) {
	p.put(s.Name, " ", string(s.Op), " ")
	p.right(s.Value)
}
