package replay

import (
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// form is a reading of a column's text. The state of a table holds each column in the forms some query reads, so that
// a text is parsed once however many queries compare it.
type form string

const (
	asFilled form = "filled" // whether it holds anything
	asText   form = "text"   // case folded
	asPlain  form = "plain"  // as written
	asID     form = "id"     // the 15 characters that identify
	asNumber form = "number"
	asBool   form = "bool"   // no value is false
	asDate   form = "date"   // the day as written
	asMoment form = "moment" // UTC
	asList   form = "list"   // values of a multi-select, case folded
	asLink   form = "link"   // number of the record a lookup leads to; of a key, the record's own
	asRecord form = "rec"    // of a parent row: its number
	asTaken  form = "taken"  // of a parent row: when it was exported
	asPhase  form = "phase"  // of a row in a window
)

// reading is the SQL of a form of column c of the snapshot.
func (f form) reading(c string) string {
	switch f {
	case asFilled:
		return fmt.Sprintf("coalesce(%s <> '', false)", c)
	case asText:
		return fmt.Sprintf("lower(nullif(%s, ''))", c)
	case asID: // ids of other platforms are longer, and their case means nothing
		return fmt.Sprintf("CASE WHEN length(%[1]s) > 18 THEN lower(trim(%[1]s, '{}')) ELSE left(nullif(%[1]s, ''), 15) END", c)
	case asNumber:
		return fmt.Sprintf("TRY_CAST(nullif(%s, '') AS DOUBLE)", c)
	case asBool:
		return fmt.Sprintf("coalesce(lower(%s) IN ('true', '1', 'yes'), false)", c)
	case asDate:
		return fmt.Sprintf("TRY_CAST(left(%s, 10) AS DATE)", c)
	case asMoment:
		return moment(c)
	case asList:
		return fmt.Sprintf("list_transform(string_split(lower(nullif(%s, '')), ';'), v -> trim(v))", c)
	}
	return fmt.Sprintf("nullif(%s, '')", c)
}

// moment reads a time as UTC; the engine's own cast ignores an offset at the end. The usual forms come first: they are
// read without looking for one.
func moment(c string) string {
	return fmt.Sprintf(`CASE WHEN strlen(%[1]s) < 20 OR %[1]s LIKE '%%Z' OR %[1]s LIKE '%%+0000' THEN TRY_CAST(%[1]s AS TIMESTAMP)
    WHEN regexp_matches(%[1]s, '[+-][0-9]{2}:?[0-9]{2}$') THEN TRY_CAST(%[1]s AS TIMESTAMP)
      - to_minutes(CAST(regexp_extract(%[1]s, '([+-])[0-9]{2}:?[0-9]{2}$', 1) || '1' AS INTEGER)
      * (60 * CAST(regexp_extract(%[1]s, '([0-9]{2}):?[0-9]{2}$', 1) AS INTEGER) + CAST(right(%[1]s, 2) AS INTEGER)))
    ELSE TRY_CAST(%[1]s AS TIMESTAMP) END`, c)
}

// column names the column of a state that holds a field in a form.
func column(f field, as form) string { return analysis.Quote(f.name + " " + string(as)) }

// needs collects which fields of which tables the queries read, in which forms.
type needs map[*table]map[string]need // by column of the state

type need struct {
	field  field
	as     form
	path   []hop   // to the parent row that holds the field
	window *window // of a phase
}

func (n needs) add(t *table, f field, as form) string {
	if as == asLink && f.name == t.key {
		return "rec"
	}
	if n[t] == nil {
		n[t] = map[string]need{}
	}
	name := column(f, as)
	n[t][name] = need{field: f, as: as}
	return name
}

// along is the same for a field of the parent row a path leads to.
func (n needs) along(t *table, path []hop, f field, as form) string {
	if len(path) == 0 {
		return n.add(t, f, as)
	}
	if as == asLink && f.name == path[len(path)-1].to.key {
		f, as = field{}, asRecord
	}
	if n[t] == nil {
		n[t] = map[string]need{}
	}
	name := alongName(path, f, as)
	n[t][name] = need{field: f, as: as, path: path}
	return name
}

// alongName names the column of a state that holds a field of a parent row in a form.
func alongName(path []hop, f field, as form) string {
	return analysis.Quote(trail(path) + " " + f.name + " " + string(as))
}

// trail names a path.
func trail(path []hop) string {
	var names []string
	for _, h := range path {
		names = append(names, h.by.name+">"+h.to.object)
	}
	return strings.Join(names, " ")
}

func (n needs) merge(other needs) {
	for t, columns := range other {
		if n[t] == nil {
			n[t] = map[string]need{}
		}
		for name, c := range columns {
			n[t][name] = c
		}
	}
}

// relation names the state of a table: one row per record and version, with what a replay reads of it.
func (s *schema) relation(t *table) string {
	return analysis.Quote(strings.TrimSpace("state " + t.object + " " + s.organisation))
}

// laid names the table behind that relation.
func (s *schema) laid(t *table) string {
	return analysis.Quote(strings.TrimSpace("laid " + t.object + " " + s.organisation))
}

// state is the SQL of that relation. Records have the numbers of analysis.record when they are identified there, else
// a hash of their ids serves. Lookups are led to numbers once, here, so that queries join on numbers.
func (s *schema) state(t *table, columns map[string]need, identified bool) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	if identified {
		b.WriteString("r.id AS rec")
	} else {
		b.WriteString(hashed(t.key) + " AS rec")
	}
	given := func(name, as string, reading func(string) string, otherwise string) {
		value := otherwise
		if name != "" {
			value = reading("t." + analysis.Quote(name))
		}
		fmt.Fprintf(&b, ",\n  %s AS %s", value, as)
	}
	given(t.key, "id", asID.reading, "NULL::VARCHAR")
	given(t.created, "created", moment, "NULL::TIMESTAMP")
	given(t.modified, "modified", moment, "NULL::TIMESTAMP")
	given(t.deleted, "deleted", asBool.reading, "false")
	b.WriteString(",\n  f.taken_at AS taken, t.\"file\" AS file")
	l := layout{schema: s, identified: identified, aliases: map[string]string{}}
	var phases []string
	for _, name := range sortedKeys(columns) {
		if c := columns[name]; c.as == asPhase {
			phases = append(phases, phaseOf(t, c)+" AS "+name)
		} else {
			fmt.Fprintf(&b, ",\n  %s AS %s", l.value(c), name)
		}
	}
	fmt.Fprintf(&b, "\nFROM snapshot.%s t JOIN evidence.file f ON f.id = t.\"file\"", analysis.Quote(t.object))
	switch {
	case identified && t.versions:
		fmt.Fprintf(&b, "\nJOIN analysis.record r ON r.object = %s AND r.record_id = id18(t.%s)", analysis.Literal(t.object), analysis.Quote(t.key))
	case identified:
		b.WriteString("\nJOIN analysis.record r ON r.file = t.\"file\" AND r.line = t.\"line\" AND r.object = " + analysis.Literal(t.object))
	}
	b.WriteString(l.joins.String())
	if s.organisation != "" && t.several {
		fmt.Fprintf(&b, "\nWHERE f.organisation IN ('', %s)", analysis.Literal(s.organisation))
	}
	if len(phases) > 0 {
		return "SELECT *, " + strings.Join(phases, ",\n  ") + "\nFROM (" + b.String() + ")"
	}
	return b.String()
}

// layout collects the joins of a state: the records lookups lead to, and the parent rows whose columns it holds.
type layout struct {
	schema     *schema
	identified bool
	joins      strings.Builder
	aliases    map[string]string // by what is joined
}

// value is the SQL of a column of the state.
func (l *layout) value(c need) string {
	last := len(c.path) - 1
	switch {
	case c.as == asLink && !l.identified:
		return hashed(c.field.name)
	case c.as == asLink:
		return l.link(c.path, c.field) + ".id"
	case c.as == asRecord:
		at := l.link(c.path[:last], c.path[last].by)
		return fmt.Sprintf("CASE WHEN %[1]s.present AND %[1]s.object = %s THEN %[1]s.id END", at, analysis.Literal(c.path[last].to.object))
	case c.as == asTaken:
		at := l.row(c.path)
		return l.join("file "+trail(c.path), "f", func(f string) string {
			return fmt.Sprintf(`evidence.file %s ON %[1]s.id = %s."file"`, f, at)
		}) + ".taken_at"
	}
	return c.as.reading(l.row(c.path) + "." + analysis.Quote(c.field.name))
}

// link is the alias of the record a lookup leads to from the end of a path.
func (l *layout) link(path []hop, by field) string {
	at := l.row(path)
	return l.join("link "+trail(path)+" "+by.name, "l", func(r string) string {
		return fmt.Sprintf("analysis.record %s ON %[1]s.record_id = id18(%s.%s)%s", r, at, analysis.Quote(by.name), l.schema.among(by, r))
	})
}

// row is the alias of the snapshot row at the end of a path.
func (l *layout) row(path []hop) string {
	if len(path) == 0 {
		return "t"
	}
	last := path[len(path)-1]
	record := l.link(path[:len(path)-1], last.by)
	return l.join("row "+trail(path), "p", func(p string) string {
		// a condition on the record alone would keep the engine from hashing
		return fmt.Sprintf(`snapshot.%s %s ON %[2]s."line" = %[3]s.line AND %[2]s."file" = CASE WHEN %[3]s.object = %[4]s THEN %[3]s.file END`,
			analysis.Quote(last.to.object), p, record, analysis.Literal(last.to.object))
	})
}

// join joins something once and returns its alias.
func (l *layout) join(what, letter string, on func(alias string) string) string {
	alias, ok := l.aliases[what]
	if !ok {
		alias = fmt.Sprintf("%s%d", letter, len(l.aliases))
		l.aliases[what] = alias
		l.joins.WriteString("\nLEFT JOIN " + on(alias))
	}
	return alias
}

// hashed stands in for the number of a record that is not numbered.
func hashed(name string) string {
	return fmt.Sprintf("CASE WHEN t.%[1]s <> '' THEN hash(%[2]s) END", analysis.Quote(name), asID.reading("t."+analysis.Quote(name)))
}

// among restricts the records a lookup may lead to, where that is known.
func (s *schema) among(f field, alias string) string {
	var objects []string
	for _, r := range f.references {
		if t := s.table(r); t != nil {
			objects = append(objects, analysis.Literal(t.object))
		}
	}
	if len(objects) == 0 {
		return ""
	}
	return " AND " + alias + ".object IN (" + strings.Join(objects, ", ") + ")"
}
