package replay

import (
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis/soql"
)

// polymorphicType says whether a path asks what object a lookup leads to: Owner.Type, Who.Type.
func polymorphicType(p *soql.Path) bool {
	return len(p.Names) > 1 && strings.EqualFold(p.Last(), "Type")
}

// typeOf compares the object a lookup of several objects leads to, known from the prefix of the id. On an ordinary
// lookup Type is an ordinary field.
func (r *reader) typeOf(s *source, p *soql.Path, c *soql.Comparison, negated bool) (string, bool) {
	names := s.strip(p.Names)
	at, unknown := s.here(), "false"
	if len(names) > 2 {
		l, missing := s.follow(names[:len(names)-2])
		if missing != "" || len(l.ends) != 1 {
			return "", false
		}
		at, unknown = l.ends[0], or(l.lost, l.bin)
	}
	f, ok := at.table.lookup(names[len(names)-2])
	if !ok || len(f.references) < 2 && !polymorphicName(f.name) {
		return "", false
	}
	prefix := fmt.Sprintf("left(%s, 3)", r.column(at, f, asID))
	cases := "CASE " + prefix
	for _, known := range sortedKeys(r.schema.types) {
		cases += fmt.Sprintf(" WHEN %s THEN %s", quoted(known), quoted(strings.ToLower(r.schema.types[known])))
	}
	for _, known := range sortedKeys(prefixes) {
		cases += fmt.Sprintf(" WHEN %s THEN %s", quoted(known), quoted(strings.ToLower(prefixes[known])))
	}
	t, ok := literals("("+cases+" END)", c)
	if !ok {
		return "", false
	}
	return r.settle(t, unknown, negated), true
}

func polymorphicName(field string) bool {
	switch fold(field) {
	case "ownerid", "whoid", "whatid", "parentid", "relatedtoid":
		return field != "" && !strings.EqualFold(field, "ParentId")
	}
	return false
}

// literals compares a text value, already case folded, with the right side.
func literals(left string, c *soql.Comparison) (test, bool) {
	values := []soql.Value{}
	switch right := c.Right.(type) {
	case *soql.List:
		values = right.Values
	case soql.Value:
		values = append(values, right)
	default:
		return test{}, false
	}
	var any []string
	for _, v := range values {
		switch v := v.(type) {
		case *soql.String:
			any = append(any, fmt.Sprintf("%s = lower(%s)", left, quoted(v.Text)))
		case *soql.Null:
			any = append(any, left+" IS NULL")
		default:
			return test{}, false
		}
	}
	switch c.Op {
	case soql.Eq, soql.In:
		return test{sql: or(any...)}, true
	case soql.Ne, soql.NotIn:
		return test{sql: "(NOT " + or(any...) + ")", negative: true}, true
	}
	return test{}, false
}

// dateParts are the date functions as SQL of a local day or time.
var dateParts = map[string]string{
	"CALENDAR_MONTH": "month(%s)", "CALENDAR_QUARTER": "quarter(%s)", "CALENDAR_YEAR": "year(%s)",
	"DAY_IN_MONTH": "day(%s)", "DAY_IN_WEEK": "(dayofweek(%s) + 1)", "DAY_IN_YEAR": "dayofyear(%s)",
	"HOUR_IN_DAY": "hour(%s)", "WEEK_IN_MONTH": "((day(%s) - 1) // 7 + 1)", "WEEK_IN_YEAR": "((dayofyear(%s) - 1) // 7 + 1)",
	"DAY_ONLY": "CAST(%s AS DATE)",
}

// function compares the result of a function.
func (r *reader) function(s *source, f *soql.Func, c *soql.Comparison, negated bool) string {
	name := strings.ToUpper(f.Name)
	if form, ok := dateParts[name]; ok && len(f.Args) == 1 {
		if sql, ok := r.datePart(s, form, f.Args[0], c, negated); ok {
			return sql
		}
	}
	if strings.HasPrefix(name, "FISCAL_") && len(f.Args) == 1 {
		if sql, ok := r.fiscalPart(s, name, f.Args[0], c, negated); ok {
			return sql
		}
	}
	if name == "DISTANCE" {
		if sql, ok := r.distance(s, f, c, negated); ok {
			return sql
		}
	}
	r.fails(soql.Format(c))
	return unknown
}

// dayOf is the argument of a date function as a time or date: in UTC, or in the user's zone inside convertTimezone.
func (r *reader) dayOf(s *source, arg soql.Node) (ref, string, bool) {
	convert := false
	if f, ok := arg.(*soql.Func); ok && f.Is("convertTimezone") && len(f.Args) == 1 {
		convert, arg = true, f.Args[0]
	}
	p, ok := arg.(*soql.Path)
	if !ok {
		return ref{}, "", false
	}
	found, missing := s.find(p.Names)
	if missing != "" {
		r.lacks(missing)
		return ref{}, "", false
	}
	if found.kind(nil) == "date" {
		return found, s.value(found, asDate), true
	}
	value := s.value(found, asMoment)
	if convert {
		value = r.calendar.local(value)
	}
	return found, value, true
}

func (r *reader) datePart(s *source, form string, arg soql.Node, c *soql.Comparison, negated bool) (string, bool) {
	found, value, ok := r.dayOf(s, arg)
	if !ok {
		return "", false
	}
	return r.parted(s, found, fmt.Sprintf(form, value), c, negated)
}

func (r *reader) fiscalPart(s *source, name string, arg soql.Node, c *soql.Comparison, negated bool) (string, bool) {
	found, value, ok := r.dayOf(s, arg)
	if !ok {
		return "", false
	}
	// the fiscal year is named after the calendar year it ends in
	moved := fmt.Sprintf("(%s - to_months(%d))", value, int(r.calendar.fiscal)-1)
	named := "0"
	if r.calendar.fiscal > 1 {
		named = "1"
	}
	form, ok := map[string]string{"FISCAL_MONTH": "month(%s)", "FISCAL_QUARTER": "quarter(%s)", "FISCAL_YEAR": "(year(%s) + " + named + ")"}[name]
	if !ok {
		return "", false
	}
	return r.parted(s, found, fmt.Sprintf(form, moved), c, negated)
}

// parted compares a part of a date with numbers, or a day with dates.
func (r *reader) parted(s *source, found ref, left string, c *soql.Comparison, negated bool) (string, bool) {
	one := func(op soql.Op, v soql.Value) (test, bool) {
		if p, ok := numberLiteral(v); ok {
			return test{sql: fmt.Sprintf("%s %s %s", left, op, p.from)}, true
		}
		if p, ok := r.calendar.days(v, r.at); ok {
			return p.compare(left, op), true
		}
		return test{}, false
	}
	negative := c.Op == soql.Ne || c.Op == soql.NotIn
	var tests []string
	for _, v := range rightValues(c.Right) {
		op := c.Op
		if negative || op == soql.In {
			op = soql.Eq
		}
		t, ok := one(op, v)
		if !ok {
			return "", false
		}
		tests = append(tests, t.sql)
	}
	t := test{sql: or(tests...)}
	if negative {
		t = test{sql: "(NOT " + t.sql + ")", negative: true}
	}
	return r.settle(t, found.unknown, negated), len(tests) > 0
}

func rightValues(right soql.Right) []soql.Value {
	switch right := right.(type) {
	case *soql.List:
		return right.Values
	case soql.Value:
		return []soql.Value{right}
	}
	return nil
}

// distance compares the great-circle distance of a location from a point.
func (r *reader) distance(s *source, f *soql.Func, c *soql.Comparison, negated bool) (string, bool) {
	if len(f.Args) != 3 {
		return "", false
	}
	lat, lon, unknown, ok := r.location(s, f.Args[0])
	lat2, lon2, unknown2, ok2 := r.location(s, f.Args[1])
	unitName, ok3 := f.Args[2].(*soql.String)
	limit, ok4 := c.Right.(*soql.Number)
	if !ok || !ok2 || !ok3 || !ok4 {
		return "", false
	}
	radius := 6371.0088
	if strings.EqualFold(unitName.Text, "mi") {
		radius = 3958.7613
	}
	sql := fmt.Sprintf(`2 * %g * asin(least(1, sqrt(sin(radians(%[4]s - %[2]s) / 2) ** 2
    + cos(radians(%[2]s)) * cos(radians(%[4]s)) * sin(radians(%[5]s - %[3]s) / 2) ** 2))) %[6]s %[7]s`,
		radius, lat, lon, lat2, lon2, c.Op, limit.Text)
	return r.settle(test{sql: "(" + sql + ")"}, or(unknown, unknown2), negated), true
}

// location is an argument of DISTANCE as latitude and longitude.
func (r *reader) location(s *source, arg soql.Node) (lat, lon, unknown string, ok bool) {
	switch arg := arg.(type) {
	case *soql.Func:
		if !arg.Is("GEOLOCATION") || len(arg.Args) != 2 {
			return "", "", "", false
		}
		a, ok1 := arg.Args[0].(*soql.Number)
		b, ok2 := arg.Args[1].(*soql.Number)
		if !ok1 || !ok2 {
			return "", "", "", false
		}
		return a.Text, b.Text, "false", true
	case *soql.Path:
		last := arg.Last()
		base, custom := strings.CutSuffix(fold(last), "__c")
		names := [2]string{strings.TrimSuffix(base, "address") + "Latitude", strings.TrimSuffix(base, "address") + "Longitude"}
		if custom {
			names = [2]string{base + "__Latitude__s", base + "__Longitude__s"}
		}
		before := arg.Names[:len(arg.Names)-1]
		x, missing := s.find(append(append([]string{}, before...), names[0]))
		y, missing2 := s.find(append(append([]string{}, before...), names[1]))
		if missing != "" || missing2 != "" {
			r.lacks(missing + missing2)
			return "", "", "", false
		}
		return s.value(x, asNumber), s.value(y, asNumber), or(x.unknown, y.unknown), true
	}
	return "", "", "", false
}

// compound compares a person's Name where the snapshot has only its parts. Which of them comes first depends on the
// language; where that makes a difference nothing is known.
func (r *reader) compound(s *source, p *soql.Path, c *soql.Comparison, negated bool) (string, bool) {
	if !strings.EqualFold(p.Last(), "Name") {
		return "", false
	}
	before := p.Names[:len(p.Names)-1]
	part := func(name string) (ref, bool) {
		f, missing := s.find(append(append([]string{}, before...), name))
		return f, missing == ""
	}
	first, ok1 := part("FirstName")
	last, ok2 := part("LastName")
	if !ok1 || !ok2 {
		return "", false
	}
	var readings []string
	a, b := s.value(first, asText), s.value(last, asText)
	for _, value := range []string{
		fmt.Sprintf("concat_ws(' ', %s, %s)", a, b), fmt.Sprintf("concat_ws(' ', %s, %s)", b, a), fmt.Sprintf("concat(%s, %s)", b, a)} {
		t, ok := nameTest(value, c)
		if !ok {
			return "", false
		}
		readings = append(readings, r.settle(t, or(first.unknown, last.unknown), negated))
	}
	return fmt.Sprintf("CASE WHEN %[1]s IS NOT DISTINCT FROM %[2]s AND %[1]s IS NOT DISTINCT FROM %[3]s THEN %[1]s END", readings[0], readings[1], readings[2]), true
}

func nameTest(left string, c *soql.Comparison) (test, bool) {
	if text, ok := c.Right.(*soql.String); ok && c.Op == soql.Like {
		return test{sql: fmt.Sprintf("%s LIKE lower(%s)%s", left, quoted(text.Text), escape(text.Text))}, true
	}
	return literals(left, c)
}
