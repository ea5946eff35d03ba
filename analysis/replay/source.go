package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// source is one FROM: a table and the parent rows joined to it.
type source struct {
	reader    *reader
	table     *table
	alias     string
	prefix    string              // name or alias of the object, which may stand before a path
	names     map[string][]string // alias of a parent path -> its names
	links     map[string]*link    // by folded path
	joins     []string            // semi-joins and others
	histories map[string]string   // by value: alias of its old values
}

// link is the row, or for a lookup that leads to several objects the rows, a path of lookups ends at.
type link struct {
	ends []end
	lost string // SQL: the lookup is set, but the row is not in the snapshot, or was created after the moment
	bin  string // SQL: it, or a row on the way to it, may have been in the recycle bin
}

// end is a row at the end of a path: of a FROM item, or of a path along which the state of its table holds columns.
type end struct {
	alias string
	root  *table // of the alias
	path  []hop
	table *table
}

// hop is one step of a path: a lookup and the table it leads to.
type hop struct {
	by field
	to *table
}

// here is the row of the source itself.
func (s *source) here() end { return row(s.alias, s.table) }

// row is the end that a FROM item is.
func row(alias string, t *table) end { return end{alias: alias, root: t, table: t} }

// column is the SQL of a field of an end in a form.
func (r *reader) column(e end, f field, as form) string {
	return e.alias + "." + r.needs.along(e.root, e.path, f, as)
}

// record is the SQL of the number of an end's record, NULL where there is none.
func (r *reader) record(e end) string {
	if len(e.path) == 0 {
		return e.alias + ".rec"
	}
	return r.column(e, field{}, asRecord)
}

// edited is whether a parent row may have changed since the moment; see version.
func (r *reader) edited(e end) string {
	if len(e.path) == 0 {
		return "coalesce(" + e.alias + ".edited, false)"
	}
	r.watched = append(r.watched, e)
	phase, phased := r.phase(e)
	if phased && r.steady {
		return fmt.Sprintf("coalesce(%s = %d, false)", phase, phaseEdited)
	}
	changed := r.editedAt(e)
	if !phased {
		return changed
	}
	return fmt.Sprintf("(coalesce(%[1]s = %[2]d, false) OR coalesce(%[1]s = %[3]d, false) AND %[4]s)", phase, phaseEdited, phaseMoved, changed)
}

// editedAt is edited by the times of a row.
func (r *reader) editedAt(e end) string {
	t, changed := e.table, "true"
	if f, ok := t.field(t.modified); ok {
		changed = fmt.Sprintf("coalesce(%s > %s, true)", r.column(e, f, asMoment), instant(r.asOf))
	}
	switch {
	case t.several:
		changed = or(changed, fmt.Sprintf("coalesce(%s < %s, false)", r.column(e, field{}, asTaken), instant(r.asOf)))
	case !t.taken.IsZero() && t.taken.Before(r.asOf):
		changed = "true"
	}
	return and(r.record(e)+" IS NOT NULL", changed)
}

// unborn is whether a parent row was created after the moment: the lookup that leads to it led elsewhere then, or nowhere.
func (r *reader) unborn(e end) string {
	created := r.stamp(e, e.table.created, "created", asMoment)
	if created == "" || r.there(e) {
		return "false"
	}
	return fmt.Sprintf("coalesce(%s > %s, false)", created, instant(r.until))
}

// binned is whether a parent row may have been in the recycle bin. Nobody documents whether it is read there; a deletion is
// the last change of a record.
func (r *reader) binned(e end) string {
	deleted, modified := r.stamp(e, e.table.deleted, "deleted", asBool), r.stamp(e, e.table.modified, "modified", asMoment)
	switch {
	case r.all || deleted == "" || r.there(e):
		return "false"
	case modified == "":
		return "coalesce(" + deleted + ", false)"
	}
	return fmt.Sprintf("(coalesce(%s, false) AND coalesce(%s <= %s, true))", deleted, modified, instant(r.until))
}

// there notes that it matters whether a parent row was there, and says whether all those that are read were.
func (r *reader) there(e end) bool {
	if len(e.path) == 0 {
		return false
	}
	if !slices.ContainsFunc(r.watched, func(w end) bool { return w.alias == e.alias && trail(w.path) == trail(e.path) }) {
		r.watched = append(r.watched, e)
	}
	_, phased := r.phase(e)
	return phased && r.steady
}

// stamp is the SQL of one of the columns a table keeps about its rows, for a parent row; ” where it has none.
func (r *reader) stamp(e end, name, own string, as form) string {
	f, ok := e.table.field(name)
	switch {
	case name == "" || !ok:
		return ""
	case len(e.path) == 0:
		return e.alias + "." + own
	}
	return r.column(e, f, as)
}

// flattens says whether the rows a lookup leads to can stand beside those that hold it: one row for each number.
func (r *reader) flattens(t *table) bool {
	return r.flat && !t.versions && len(r.without) == 0 && !(t.shared && r.schema.organisation != "")
}

// ref is a field a path leads to.
type ref struct {
	ends    []end
	link    *link // nil: on the table itself
	field   field
	unknown string // SQL: the value at the moment is not known
	bin     string // SQL, a part of unknown: it may be this value or none, see link
	other   string // SQL, the rest of it
}

// version is the table as a FROM item, with two columns more: edited, what may have changed since the moment, and alive,
// what was there, NULL where that is not known. Where several versions of a record are at hand, the one that was in force
// at the moment counts, else the nearest.
func (r *reader) version(t *table) string {
	r.reads(t)
	edited := r.editedSince(t)
	if !r.phased(t) {
		choose := ""
		if t.versions {
			choose = fmt.Sprintf(" QUALIFY row_number() OVER (PARTITION BY rec ORDER BY %s, abs(epoch_ms(taken) - epoch_ms(%s)), taken, modified DESC NULLS LAST) = 1", edited, instant(r.asOf))
		}
		return "(" + r.states(r.schema.relation(t), edited, r.aliveAt(t)) + choose + ")"
	}
	phase, least := r.needs.phase(t, nil, r.window), phaseAsIs
	if r.all {
		least = phaseBinned
	}
	steady, there := fmt.Sprintf("%s = %d", phase, phaseEdited), fmt.Sprintf("%s >= %d", phase, least)
	if r.steady {
		return "(" + r.states(r.schema.relation(t), steady, there) + ")"
	}
	moved := r.states(r.schema.stirred(t, r.window), fmt.Sprintf("%s OR %s = %d AND (%s)", steady, phase, phaseMoved, edited),
		fmt.Sprintf("CASE WHEN %s > %d THEN %s ELSE %s END", phase, phaseMoved, there, r.aliveAt(t)))
	if r.stirred {
		return "(" + moved + ")"
	}
	return "(" + r.states(r.schema.left(t, r.window), steady, there) + " UNION ALL " + moved + ")"
}

// states is the SQL of the rows of a relation with edited and alive.
func (r *reader) states(rows, edited, alive string) string {
	where := ""
	if len(r.without) > 0 {
		where = " WHERE file NOT IN (" + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(r.without)), ", "), "[]") + ")"
	}
	return fmt.Sprintf("SELECT *, %s AS edited, %s AS alive FROM %s%s", edited, alive, rows, where)
}

// editedSince is edited by the times of a row.
func (r *reader) editedSince(t *table) string {
	edited := fmt.Sprintf("coalesce(modified > %s, true)", instant(r.asOf))
	if t.several || t.taken.IsZero() || t.taken.Before(r.asOf) {
		edited += fmt.Sprintf(" OR coalesce(taken < %s, false)", instant(r.asOf))
	}
	return edited
}

// from opens a source over a table.
func (r *reader) from(t *table, froms ...soql.From) *source {
	s := &source{reader: r, table: t, alias: fmt.Sprintf("t%d", r.aliases), links: map[string]*link{}, names: map[string][]string{}}
	r.aliases++
	if len(froms) > 0 {
		s.prefix = froms[0].Alias
		for _, f := range froms[1:] {
			names := f.Path.Names
			if s.own(names[0]) {
				names = names[1:]
			}
			s.names[fold(f.Alias)] = names
		}
	}
	return s
}

// own says whether a name before a path means the source itself.
func (s *source) own(name string) bool {
	return strings.EqualFold(name, s.prefix) || strings.EqualFold(name, s.table.object)
}

// strip takes the name of the source off a path and resolves aliases of parent paths.
func (s *source) strip(names []string) []string {
	if len(names) > 1 && s.own(names[0]) {
		if _, ok := s.table.lookup(names[0]); !ok || strings.EqualFold(names[0], s.prefix) {
			return names[1:]
		}
	}
	if parent, ok := s.names[fold(names[0])]; ok && len(names) > 1 {
		return append(slices.Clone(parent), names[1:]...)
	}
	return names
}

// text is the FROM clause with all joins.
func (s *source) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", s.reader.version(s.table), s.alias)
	for _, j := range s.joins {
		b.WriteString("\n  LEFT JOIN " + j)
	}
	return b.String()
}

// find resolves a path, or says why it cannot.
func (s *source) find(names []string) (ref, string) {
	names = s.strip(names)
	if f, ok := s.table.field(strings.Join(names, ".")); ok && len(names) > 1 {
		// a column like Account.Name that came with the export: as of the export, of a row that may have changed
		return ref{ends: []end{s.here()}, field: f, unknown: s.withParent(names)}, ""
	}
	if len(names) == 1 {
		f, ok := s.table.field(names[0])
		if !ok {
			return ref{}, fmt.Sprintf("field %s of %s", names[0], s.table.object)
		}
		return s.ref([]end{s.here()}, nil, f, names[0]), ""
	}
	l, missing := s.follow(names[:len(names)-1])
	if missing != "" {
		return ref{}, missing
	}
	return s.last(l, names[len(names)-1])
}

// withParent is unknown when a value copied from a parent may be out of date: that row is not there to tell.
func (s *source) withParent(names []string) string {
	if l, missing := s.follow(names[:len(names)-1]); missing == "" {
		r, missing := s.last(l, names[len(names)-1])
		if missing == "" {
			return r.unknown
		}
	}
	return "true"
}

func (s *source) last(l *link, name string) (ref, string) {
	var ends []end
	var f field
	for _, e := range l.ends {
		if found, ok := e.table.field(name); ok {
			ends, f = append(ends, e), found
		}
	}
	if len(ends) == 0 {
		return ref{}, fmt.Sprintf("field %s of %s", name, l.ends[0].table.object)
	}
	return s.ref(ends, l, f, name), ""
}

func (s *source) ref(ends []end, l *link, f field, name string) ref {
	r := ref{ends: ends, link: l, field: f}
	var unknown []string
	if l != nil {
		unknown, r.bin = append(unknown, l.lost), l.bin
	}
	for _, e := range ends {
		own, _ := e.table.field(name)
		if !e.table.unchanging(own) && !e.table.history.follows(own, s.reader.asOf) {
			if l == nil { // the row itself is always there
				unknown = append(unknown, e.alias+".edited")
				continue
			}
			unknown = append(unknown, s.reader.edited(e))
		}
	}
	r.other = or(unknown...)
	r.unknown = or(r.other, r.bin)
	return r
}

// isKey says whether a field is the id of a row of its own table.
func (r ref) isKey() bool { return len(r.ends) == 1 && r.field.name == r.ends[0].table.key }

// value is the SQL of a field in a form.
func (s *source) value(r ref, as form) string {
	var values []string
	for _, e := range r.ends {
		f, _ := e.table.field(r.field.name)
		values = append(values, s.before(e, f, as))
	}
	if as == asBool { // of a parent that is not there, false
		values = append(values, "false")
	}
	if len(values) == 1 {
		return values[0]
	}
	return "coalesce(" + strings.Join(values, ", ") + ")"
}

// follow joins the rows a path of relationships leads to.
func (s *source) follow(names []string) (*link, string) {
	path := fold(strings.Join(names, "."))
	if l, ok := s.links[path]; ok {
		return l, ""
	}
	from := &link{ends: []end{s.here()}, lost: "false", bin: "false"}
	if len(names) > 1 {
		parent, missing := s.follow(names[:len(names)-1])
		if missing != "" {
			return nil, missing
		}
		from = parent
	}
	l, missing := s.join(from, names[len(names)-1], path)
	if missing == "" {
		s.links[path] = l
	}
	return l, missing
}

// join adds the rows one relationship leads to from the rows of a link.
func (s *source) join(from *link, name, path string) (*link, string) {
	l := &link{}
	lost, bin := []string{from.lost}, []string{from.bin}
	for _, at := range from.ends {
		f, ok := at.table.lookup(name)
		if !ok {
			continue
		}
		tables := s.reader.schema.targets(f, name)
		filled := s.reader.column(at, f, asFilled)
		var found []string
		for _, t := range tables {
			e := s.step(at, f, t)
			l.ends, found = append(l.ends, e), append(found, s.reader.record(e))
		}
		found = append(found, "NULL")
		lost = append(lost, fmt.Sprintf("(coalesce(%s, false) AND coalesce(%s) IS NULL)", filled, strings.Join(found, ", ")))
	}
	if len(l.ends) == 0 {
		return nil, fmt.Sprintf("the object behind %s of %s", name, from.ends[0].table.object)
	}
	for _, e := range l.ends {
		lost, bin = append(lost, s.reader.unborn(e)), append(bin, s.reader.binned(e))
	}
	l.lost, l.bin = or(lost...), or(bin...)
	return l, ""
}

// step is the row of a table that a lookup of an end leads to.
func (s *source) step(at end, by field, t *table) end {
	r := s.reader
	if r.flattens(t) {
		return end{at.alias, at.root, append(slices.Clone(at.path), hop{by, t}), t}
	}
	e := row(fmt.Sprintf("t%d", r.aliases), t)
	r.aliases++
	s.joins = append(s.joins, fmt.Sprintf("%s %s ON %s.rec = %s", r.version(t), e.alias, e.alias, r.column(at, by, asLink)))
	return e
}

// kind is what a field holds. Where the snapshot does not say, the literal it is compared with does.
func (r ref) kind(with soql.Value) string {
	if r.field.kind != "" {
		return r.field.kind
	}
	switch with.(type) {
	case *soql.Number, *soql.Currency:
		return "number"
	case *soql.Bool:
		return "boolean"
	case *soql.Date:
		return "date"
	case *soql.DateTime:
		return "datetime"
	case *soql.ID:
		return "id"
	}
	return "text"
}

func quoted(text string) string { return analysis.Literal(text) }
