package soql

import "strings"

// A place is where in a query an operand stands; an argument stands in its
// function and wherever that stands.
type place uint8

const (
	inSelect place = 1 << iota
	inWhere
	inHaving
	inGroup
	inOrder
	inFunction  // argument of a function
	inAggregate // argument of an aggregate
	anywhere    = inSelect | inWhere | inHaving | inGroup | inOrder | inFunction | inAggregate
)

// A signature says what a function takes and where it may stand.
type signature struct {
	args      func(*parser, *Func, place)
	places    place
	aggregate bool
}

// functions is filled in init, since the argument readers read functions again.
var functions map[string]signature

func init() {
	functions = map[string]signature{
		"GROUPING":    {args: (*parser).pathArg, places: inSelect | inHaving | inOrder},
		"FIELDS":      {args: (*parser).keywordArg, places: inSelect},
		"DISTANCE":    {args: (*parser).distanceArgs, places: anywhere &^ inGroup},
		"GEOLOCATION": {args: (*parser).geolocationArgs},
		"FORMULA":     {args: (*parser).formulaArg, places: inWhere},
	}
	for _, name := range strings.Fields("AVG COUNT COUNT_DISTINCT MIN MAX SUM") {
		functions[name] = signature{(*parser).aggregateArg, inSelect | inHaving | inOrder | inFunction, true}
	}
	for _, name := range strings.Fields(`toLabel FORMAT convertCurrency convertTimezone
		CALENDAR_MONTH CALENDAR_QUARTER CALENDAR_YEAR DAY_IN_MONTH DAY_IN_WEEK DAY_IN_YEAR DAY_ONLY
		FISCAL_MONTH FISCAL_QUARTER FISCAL_YEAR HOUR_IN_DAY WEEK_IN_MONTH WEEK_IN_YEAR`) {
		functions[strings.ToUpper(name)] = signature{args: (*parser).fieldArg, places: anywhere}
	}
}

// dateLiterals names the relative dates; true for those that carry a number.
var dateLiterals = func() map[string]bool {
	literals := map[string]bool{}
	for _, name := range strings.Fields("YESTERDAY TODAY TOMORROW LAST_90_DAYS NEXT_90_DAYS") {
		literals[name] = false
	}
	for _, unit := range strings.Fields("DAY WEEK MONTH QUARTER YEAR FISCAL_QUARTER FISCAL_YEAR") {
		literals["LAST_N_"+unit+"S"] = true
		literals["NEXT_N_"+unit+"S"] = true
		literals["N_"+unit+"S_AGO"] = true
		if unit != "DAY" {
			literals["LAST_"+unit] = false
			literals["THIS_"+unit] = false
			literals["NEXT_"+unit] = false
		}
	}
	return literals
}()

// operand reads a field or a function.
func (p *parser) operand(where place) Operand {
	if p.peek().kind == word && p.ahead(1).is("(") {
		return p.function(where)
	}
	return p.path()
}

func (p *parser) function(where place) *Func {
	f := &Func{Pos: p.pos(), Name: p.name("a function")}
	sig, known := functions[strings.ToUpper(f.Name)]
	switch {
	case !known:
		p.fail(f.Start(), "unknown function "+f.Name)
	case sig.places&where != where:
		p.fail(f.Start(), f.Name+" cannot stand here")
	}
	p.enter()
	defer p.leave()
	p.require("(")
	if p.at(")") && f.Is("COUNT") {
		if where != inSelect {
			p.expected("a field (COUNT() stands only in SELECT)")
		}
	} else {
		sig.args(p, f, where)
	}
	p.require(")")
	return f
}

func (p *parser) fieldArg(f *Func, where place) {
	f.Args = []Node{p.operand(where | inFunction)}
}

func (p *parser) aggregateArg(f *Func, where place) {
	f.Args = []Node{p.operand(where | inFunction | inAggregate)}
}

func (p *parser) pathArg(f *Func, _ place) {
	f.Args = []Node{p.path()}
}

func (p *parser) keywordArg(f *Func, _ place) {
	start := p.pos()
	f.Args = []Node{&Keyword{start, strings.ToUpper(p.word("ALL, STANDARD or CUSTOM"))}}
}

// distanceArgs reads a location, a second one that may be a fixed point, and
// the unit. The server wants the fixed point second.
func (p *parser) distanceArgs(f *Func, where place) {
	f.Args = append(f.Args, p.location())
	p.require(",")
	if p.at("GEOLOCATION", "(") {
		point := &Func{Pos: p.pos(), Name: p.take().text}
		p.require("(")
		p.geolocationArgs(point, where)
		p.require(")")
		f.Args = append(f.Args, point)
	} else {
		f.Args = append(f.Args, p.location())
	}
	p.require(",")
	if p.peek().kind != quoted {
		p.expected("the unit, 'mi' or 'km'")
	}
	f.Args = append(f.Args, p.value(nil))
}

func (p *parser) location() Node {
	if p.at(":") {
		return p.bind()
	}
	return p.path()
}

func (p *parser) geolocationArgs(f *Func, _ place) {
	f.Args = append(f.Args, p.coordinate())
	p.require(",")
	f.Args = append(f.Args, p.coordinate())
}

func (p *parser) coordinate() Node {
	if p.peek().kind != number && !p.at(":") {
		p.expected("a coordinate")
	}
	return p.value(nil)
}

func (p *parser) formulaArg(f *Func, _ place) {
	if p.peek().kind != quoted {
		p.expected("a quoted formula")
	}
	f.Args = []Node{p.value(nil)}
}
