package soql

import (
	"strings"
	"time"
)

// Pos is the byte offset of a node's first character in the parsed text.
type Pos int

// Start returns the offset.
func (p Pos) Start() int { return int(p) }

// Node is any part of a tree.
type Node interface{ Start() int }

// Item is one entry of a SELECT list: [*Field], [*Call], [*Child] or [*TypeOf].
type Item interface {
	Node
	item()
}

// Operand is what can be compared, grouped and sorted by: [*Path] or [*Func].
type Operand interface {
	Node
	operand()
}

// Expr is a condition: [*And], [*Or], [*Not] or [*Comparison]; in the terms
// of a [Search], [*Words], [*Word] and [*Phrase] instead of comparisons.
type Expr interface {
	Node
	expr()
}

// Right is the right side of a comparison: a [Value], a [*List] or a [*SemiJoin].
type Right interface {
	Node
	right()
}

// Value is a literal or a bind variable: [*String], [*Number], [*Bool], [*Null],
// [*Date], [*DateTime], [*Time], [*DateLiteral], [*Currency], [*ID] or [*Bind].
type Value interface {
	Right
	value()
}

// With is one WITH clause: [*DataCategory], [*Mode], [*Settings] or [*Setting].
type With interface {
	Node
	with()
}

// Query is a SOQL query, or one inside it: a child query or a semi-join.
type Query struct {
	Pos
	Select  []Item
	From    []From
	Scope   string // USING SCOPE, as written; empty when absent
	Where   Expr   // nil when absent
	With    []With
	GroupBy *GroupBy
	Having  Expr
	OrderBy []Order

	// Limit and Offset are nil when absent. A bind variable in their place
	// stands in LimitBind or OffsetBind: then the number is not known.
	Limit, Offset         *int64
	LimitBind, OffsetBind *Bind

	For       string   // VIEW, REFERENCE or empty
	Update    []string // TRACKING, VIEWSTAT
	ForUpdate bool
	AllRows   bool

	// Lenient names what was forgiven, each once, in the whole text. It is
	// set on the outermost query only.
	Lenient []string
}

// From is an entry of FROM. The first names the object (or, in a child query,
// the relationship, also as Account.Contacts); later ones are parent paths of
// the first that get an alias, never a cross join.
type From struct {
	Pos
	Path  *Path
	Alias string
}

// Name is the last part of the path: the object or the child relationship.
func (f From) Name() string { return f.Path.Last() }

// Path is a field, reached over any number of parent relationships.
type Path struct {
	Pos
	Names []string // as written
}

// Last is the name of the field itself.
func (p *Path) Last() string { return p.Names[len(p.Names)-1] }

// String joins the names with dots.
func (p *Path) String() string { return strings.Join(p.Names, ".") }

// Func is a function applied to arguments: [*Path], [*Func], [*Keyword],
// [*Number], [*String] or [*Bind]. Name is as written; see [Func.Is].
type Func struct {
	Pos
	Name string
	Args []Node
}

// Is reports whether the function has that name, whatever the case.
func (f *Func) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Aggregate reports whether the function, or one inside it, folds many rows into one value.
func (f *Func) Aggregate() bool {
	if functions[strings.ToUpper(f.Name)].aggregate {
		return true
	}
	for _, arg := range f.Args {
		if inner, ok := arg.(*Func); ok && inner.Aggregate() {
			return true
		}
	}
	return false
}

func (f *Func) String() string { return Format(f) }

// Keyword is the argument of FIELDS: ALL, STANDARD or CUSTOM, in upper case.
type Keyword struct {
	Pos
	Text string
}

// Field is a selected path.
type Field struct {
	Pos
	Path  *Path
	Alias string
}

// Call is a selected function.
type Call struct {
	Pos
	Func  *Func
	Alias string
}

// Child is a query over a child relationship inside SELECT.
type Child struct {
	Pos
	Query *Query
	Alias string
}

// TypeOf selects fields by the object a polymorphic relationship points at.
type TypeOf struct {
	Pos
	Path *Path
	When []When
	Else []*Path // nil when absent
}

// When is one branch of a [TypeOf]; its paths start at Object.
type When struct {
	Pos
	Object string
	Fields []*Path
}

// GroupBy is the GROUP BY clause. Form is empty, ROLLUP or CUBE.
type GroupBy struct {
	Pos
	Form string
	By   []Operand
}

// Order is one entry of ORDER BY. Nulls come first, for ASC and for DESC,
// unless NULLS LAST was asked for.
type Order struct {
	Pos
	By        Operand
	Desc      bool
	NullsLast bool
}

// And holds when all its two or more terms hold.
type And struct {
	Pos
	Terms []Expr
}

// Or holds when one of its two or more terms holds.
type Or struct {
	Pos
	Terms []Expr
}

// Not holds when X does not.
type Not struct {
	Pos
	X Expr
}

// Comparison compares a field or function with a value, a list or a semi-join.
type Comparison struct {
	Pos
	Left  Operand
	Op    Op
	Right Right
}

// Op is a comparison operator in its canonical spelling; <> is read as !=.
type Op string

// The operators.
const (
	Eq       Op = "="
	Ne       Op = "!="
	Lt       Op = "<"
	Le       Op = "<="
	Gt       Op = ">"
	Ge       Op = ">="
	Like     Op = "LIKE"
	In       Op = "IN"
	NotIn    Op = "NOT IN"
	Includes Op = "INCLUDES"
	Excludes Op = "EXCLUDES"
)

// List is the parenthesised right side of IN, NOT IN, INCLUDES and EXCLUDES.
type List struct {
	Pos
	Values []Value
}

// SemiJoin is a query on the right side of IN (semi-join) or NOT IN
// (anti-join). It selects one path.
type SemiJoin struct {
	Pos
	Query *Query
}

// String is a quoted text with its escapes resolved. As the right side of
// LIKE it is a pattern: % and _ are wildcards, and a backslash in Text stands
// before a %, _ or backslash meant literally (ILIKE Text ESCAPE '\').
type String struct {
	Pos
	Text string
}

// Number keeps the digits as written, with their sign.
type Number struct {
	Pos
	Text string
}

// Bool is TRUE or FALSE.
type Bool struct {
	Pos
	True bool
}

// Null is NULL.
type Null struct{ Pos }

// Date is a calendar day, held at midnight UTC.
type Date struct {
	Pos
	Text string
	Day  time.Time
}

// DateTime is an instant; UTC is exact to the nanosecond, Text as written.
type DateTime struct {
	Pos
	Text string
	UTC  time.Time
}

// Time is a time of day in UTC.
type Time struct {
	Pos
	Text          string
	SinceMidnight time.Duration
}

// DateLiteral is a range relative to the day of the query. Name is in upper
// case; N counts for the names that carry one (LAST_N_DAYS:30), else 0.
type DateLiteral struct {
	Pos
	Name string
	N    int64
}

// Counted reports whether the literal carries a number.
func (d *DateLiteral) Counted() bool { return dateLiterals[d.Name] }

// Currency is an amount in a currency: USD5000.01.
type Currency struct {
	Pos
	Code   string // three letters, upper case
	Amount string // digits as written
}

// ID is a record id without quotes, as the server writes it into the chunks
// of a bulk job. 15 or 18 characters.
type ID struct {
	Pos
	Text string
}

// Bind is an Apex expression whose value the text does not tell. Text is the
// expression without the colon.
type Bind struct {
	Pos
	Text string
}

// DataCategory is WITH DATA CATEGORY; all filters must hold.
type DataCategory struct {
	Pos
	Filters []CategoryFilter
}

// CategoryFilter is Group Op (Categories). Op is AT, ABOVE, BELOW or ABOVE_OR_BELOW.
type CategoryFilter struct {
	Pos
	Group      string
	Op         string
	Categories []string
}

// Mode is a WITH of one word: SECURITY_ENFORCED, USER_MODE, SYSTEM_MODE; in
// SOSL also HIGHLIGHT and SNIPPET.
type Mode struct {
	Pos
	Name string
}

// Settings is a WITH of a name and settings in parentheses: RecordVisibilityContext, SNIPPET.
type Settings struct {
	Pos
	Name string
	List []Setting
}

// Setting is a name with a value. The value is a list when Op is IN.
type Setting struct {
	Pos
	Name  string
	Op    Op // = or IN
	Value Right
}

func (*Field) item()  {}
func (*Call) item()   {}
func (*Child) item()  {}
func (*TypeOf) item() {}

func (*Path) operand() {}
func (*Func) operand() {}

func (*And) expr()        {}
func (*Or) expr()         {}
func (*Not) expr()        {}
func (*Comparison) expr() {}

func (*List) right()        {}
func (*SemiJoin) right()    {}
func (*String) right()      {}
func (*Number) right()      {}
func (*Bool) right()        {}
func (*Null) right()        {}
func (*Date) right()        {}
func (*DateTime) right()    {}
func (*Time) right()        {}
func (*DateLiteral) right() {}
func (*Currency) right()    {}
func (*ID) right()          {}
func (*Bind) right()        {}

func (*String) value()      {}
func (*Number) value()      {}
func (*Bool) value()        {}
func (*Null) value()        {}
func (*Date) value()        {}
func (*DateTime) value()    {}
func (*Time) value()        {}
func (*DateLiteral) value() {}
func (*Currency) value()    {}
func (*ID) value()          {}
func (*Bind) value()        {}

func (*DataCategory) with() {}
func (*Mode) with()         {}
func (*Settings) with()     {}
func (*Setting) with()      {}

// IsCount reports whether the query is SELECT COUNT(): it returns a number and no record.
func (q *Query) IsCount() bool {
	if len(q.Select) != 1 {
		return false
	}
	call, ok := q.Select[0].(*Call)
	return ok && call.Func.Is("COUNT") && len(call.Func.Args) == 0
}

// Aggregated reports whether the rows returned are not records: a GROUP BY, or
// an aggregate function in SELECT.
func (q *Query) Aggregated() bool {
	if q.GroupBy != nil {
		return true
	}
	for _, it := range q.Select {
		if call, ok := it.(*Call); ok && call.Func.Aggregate() {
			return true
		}
	}
	return false
}

// Object is the object asked for, as written: the first entry of FROM. In a
// child query it is the relationship.
func (q *Query) Object() string { return q.From[0].Path.String() }
