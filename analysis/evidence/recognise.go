package evidence

import (
	"cmp"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// look is what a kind is recognised by: the names of a file's columns and its first rows.
type look struct {
	columns []string
	rows    [][]string
	typed   string // object type that the rows name themselves (attributes.type), or ""
	file    string // name of the file; it decides only between equals
}

// value is the first value of a column that is not empty, repeated headers left out.
func (l look) value(name string) string {
	at := slices.IndexFunc(l.columns, func(c string) bool { return fold(c) == fold(name) })
	if at < 0 {
		return ""
	}
	for _, row := range l.rows {
		if at < len(row) && row[at] != "" && row[at] != l.columns[at] {
			return row[at]
		}
	}
	return ""
}

// stem is the file's name without folders and extensions.
func (l look) stem() string {
	name := path.Base(l.file)
	if at := strings.IndexByte(name, '.'); at > 0 {
		name = name[:at]
	}
	return name
}

// names renders columns in the spelling a kind knows them by: aliases and re-exports brought to their own names, other
// columns as they stand. A column that bears a name itself comes before one that only goes by it.
func (k Kind) names(columns []string) (own []string, renamed int) {
	known, taken := k.spellings(), map[string]bool{}
	own = make([]string, len(columns))
	named := func(i int, forms []string, itself bool) {
		for _, form := range forms {
			name, ok := known[form]
			if ok && own[i] == "" && (itself && fold(name) == form || !itself && !taken[name]) {
				own[i], taken[name] = name, true
			}
		}
	}
	for i, c := range columns {
		named(i, k.unadorned(c), true)
	}
	for i, c := range columns {
		named(i, k.unadorned(c), false)
		if own[i] == "" {
			own[i] = strings.TrimSpace(strings.Trim(c, "\uFEFF\u200B"))
		}
		if fold(own[i]) != fold(c) {
			renamed++
		}
	}
	return own, renamed
}

// sentinel is how a log warehouse marks the type of a custom column, or, in its portal, the zone of a column of times.
var sentinel = regexp.MustCompile(`_[stdgb]$| \[UTC\]$`)

// wrappers are members in which warehouses of logs (Splunk, Elastic) keep the row they were given.
var wrappers = []string{"result", "_source"}

// unadorned gives the folded forms a column may be known by, the plain one first.
func (k Kind) unadorned(column string) []string {
	folded := []string{fold(column)}
	trimmed := strings.TrimSpace(column)
	for _, e := range append(slices.Clone(k.Envelope), wrappers...) {
		if len(trimmed) > len(e) && strings.EqualFold(trimmed[:len(e)+1], e+".") {
			folded = append(folded, fold(trimmed[len(e)+1:]))
		}
	}
	if mark := sentinel.FindString(trimmed); mark != "" {
		folded = append(folded, fold(strings.TrimSuffix(trimmed, mark)))
	}
	return folded
}

// spellings maps the folded form of every name the kind knows to the one it goes by.
func (k Kind) spellings() map[string]string {
	if k.known != nil {
		return k.known
	}
	known := map[string]string{}
	add := func(name string) {
		if f := fold(name); f != "" && known[f] == "" {
			known[f] = name
		}
	}
	for _, f := range k.Fields {
		add(f)
	}
	for _, sources := range k.Event.Fields {
		for _, s := range sources {
			add(s.Column)
		}
	}
	for _, r := range k.Event.Rules {
		for _, c := range r.When {
			add(c.Column)
		}
	}
	for _, s := range k.Organisation {
		add(s.Column)
	}
	for _, name := range slices.Sorted(maps.Keys(k.Aliases)) {
		for _, other := range append([]string{name}, k.Aliases[name]...) {
			if f := fold(other); known[f] == "" {
				known[f] = name
			}
		}
	}
	for _, f := range append(slices.Clone(k.Header.All), slices.Concat(k.Header.Any...)...) {
		add(f) // last: a header may be recognised by other spellings
	}
	return known
}

// fits reports whether the header is one of the kind's, and how many of the kind's documented columns it has.
func (k Kind) fits(columns []string) (ok bool, overlap int) {
	if len(k.Header.All)+len(k.Header.Any) == 0 {
		return false, 0
	}
	own, _ := k.names(columns)
	has := map[string]bool{}
	for _, c := range own {
		has[fold(c)] = true
	}
	for _, c := range columns {
		has[fold(c)] = true
	}
	for _, name := range k.Header.All {
		if !has[fold(name)] {
			return false, 0
		}
	}
	for _, choice := range k.Header.Any {
		if !slices.ContainsFunc(choice, func(name string) bool { return has[fold(name)] }) {
			return false, 0
		}
	}
	for _, name := range k.Header.None {
		if has[fold(name)] {
			return false, 0
		}
	}
	for _, name := range k.Fields {
		if has[fold(name)] {
			overlap++
		}
	}
	return true, overlap
}

// recognise finds the kind of a file by its header, by its content where the header does not decide.
func (c *Catalog) recognise(l look) (Kind, bool) {
	type candidate struct {
		kind  Kind
		score int
	}
	var fitting []candidate
	for _, k := range c.Kinds() {
		if c.inFamily(k) {
			continue // judged through its family
		}
		if ok, overlap := k.fits(l.columns); ok {
			fitting = append(fitting, candidate{k, 3*len(k.Header.All) + 2*len(k.Header.Any) + overlap})
		}
	}
	slices.SortStableFunc(fitting, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	for _, f := range fitting {
		if parent, ok := c.parent(f.kind.Name); ok && parent.Family != "" {
			return f.kind, true
		}
		if k, ok := c.member(f.kind, l); ok {
			return k, true
		}
	}
	return c.tableByKey(l)
}

// inFamily reports whether a kind is recognised by its family's header alone; a member with a header of its own is also
// known by that.
func (c *Catalog) inFamily(k Kind) bool {
	parent, ok := c.parent(k.Name)
	return ok && parent.Family != "" && reflect.DeepEqual(k.Header, parent.Header)
}

// member goes from a family to the member the file belongs to, and from a customer table to its object.
func (c *Catalog) member(k Kind, l look) (Kind, bool) {
	switch {
	case k.Carries == Table:
		object, ok := c.objectOf(l)
		if !ok {
			return Kind{}, false
		}
		return c.Kind(k.Name + "." + object)
	case k.Family == "":
		return k, true
	case k.Family != "type":
		own, _ := k.names(l.columns)
		if name := (look{columns: own, rows: l.rows}).value(k.Family); name != "" {
			return c.named(k.Name, name)
		}
		return c.relative(k, l)
	case l.typed != "" && identifier.MatchString(l.typed):
		return c.named(k.Name, l.typed)
	}
	return c.relative(k, l)
}

var identifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// named is a member by name, in the catalog's spelling when it differs in case alone.
func (c *Catalog) named(family, name string) (Kind, bool) {
	for _, k := range c.children(family) {
		if strings.EqualFold(k.Name, family+"."+name) {
			return k, true
		}
	}
	return c.Kind(family + "." + name)
}

// unknown ends the name of a kind whose family is clear and whose member is not.
const unknown = ".Unknown"

// relative is the member whose documented columns and the file's agree best; the file's name breaks ties. A file
// without rows and without known columns stays with the family's own name.
func (c *Catalog) relative(family Kind, l look) (Kind, bool) {
	best, top, tied := family, 0.0, false
	knowing := map[string]int{} // how many of the file's columns a member knows
	for _, k := range c.children(family.Name) {
		_, overlap := k.fits(l.columns)
		if len(k.Fields) == 0 || overlap == 0 {
			if strings.EqualFold(l.stem(), k.Object) || strings.HasPrefix(strings.ToLower(l.stem()), strings.ToLower(strings.TrimPrefix(k.Name, family.Name+"."))+"_") {
				return k, true
			}
			continue
		}
		knowing[k.Name] = overlap
		// a query may have asked for few of an object's columns: what counts is how many of the file's the object knows
		agreement := float64(overlap) + 0.4*float64(overlap)/float64(len(k.Fields)+len(l.columns)-overlap)
		if l.calls(k, family) {
			agreement += 0.5
		}
		if agreement == top {
			tied = true
		}
		if agreement > top {
			best, top, tied = k, agreement, false
		}
	}
	if tied || best.Name == family.Name {
		best = family
		if name := l.stem(); identifier.MatchString(name) && len(l.rows) == 0 {
			return c.named(family.Name, name)
		}
		best.Name += unknown
		return best, true
	}
	if !l.calls(best, family) {
		for _, name := range slices.Sorted(maps.Keys(knowing)) {
			if name != best.Name && knowing[name] == knowing[best.Name] {
				best.doubt = append(best.doubt, strings.TrimPrefix(name, family.Name+"."))
			}
		}
	}
	return best, true
}

// calls reports whether the file is called by the member of a family, alone or with a date or number behind it.
func (l look) calls(k, family Kind) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(l.stem()), strings.ToLower(strings.TrimPrefix(k.Name, family.Name+".")))
	return ok && (rest == "" || !unicode.IsLetter([]rune(rest)[0]))
}

// objectOf tells which object the rows of a customer table belong to: by what they say, by the prefix of their ids, by
// the file's name for prefixes that are the organisation's own.
func (c *Catalog) objectOf(l look) (string, bool) {
	if l.typed != "" && identifier.MatchString(l.typed) {
		return c.spelled(l.typed), true
	}
	prefixes := map[string]int{}
	at := slices.IndexFunc(l.columns, func(name string) bool { return fold(name) == "id" })
	for _, row := range l.rows {
		if at >= 0 && at < len(row) && recordID.MatchString(row[at]) {
			prefixes[row[at][:3]]++
		}
	}
	prefix, most := "", 0
	for p, n := range prefixes {
		if n > most || n == most && p < prefix {
			prefix, most = p, n
		}
	}
	for name, o := range c.objects {
		if o.Prefix != "" && o.Prefix == prefix {
			return name, true
		}
	}
	stem := l.stem()
	if fits := customObject.FindString(stem); fits != "" {
		return fits, true
	}
	if _, ok := c.objects[c.spelled(stem)]; ok && (most > 0 || len(l.rows) == 0) {
		return c.spelled(stem), true
	}
	if most > 0 && identifier.MatchString(stem) {
		return stem, true
	}
	if len(l.rows) == 0 {
		return c.objectByColumns(l.columns)
	}
	return "", false
}

// objectByColumns is the object that knows most of a header's columns, when no other knows as many and it knows the
// greater part of them.
func (c *Catalog) objectByColumns(columns []string) (best string, ok bool) {
	most, tied := 0, false
	for name, o := range c.objects {
		known := map[string]bool{}
		for _, field := range o.Fields {
			known[fold(field)] = true
		}
		n := 0
		for _, column := range columns {
			if known[fold(column)] {
				n++
			}
		}
		switch {
		case n > most:
			best, most, tied = name, n, false
		case n == most:
			tied = true
		}
	}
	return best, most > 1 && !tied && 2*most > len(columns)
}

var (
	recordID     = regexp.MustCompile(`^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$`)
	customObject = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*__(?:c|mdt|x|kav|b)\b`)
)

// spelled is an object's name as the catalog spells it.
func (c *Catalog) spelled(name string) string {
	for _, known := range slices.Sorted(maps.Keys(c.objects)) {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return name
}
