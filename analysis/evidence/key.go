package evidence

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/breachscope/breachscope/analysis"
)

// Which column of a customer table names its records: the Id, a label of it, the key of a Dataverse row, or else the
// customer number or address that no two rows share.

var guid = regexp.MustCompile(`(?i)^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$`)

// distinctly reports whether the values of a column all fit, and no two are the same. Repeated headers do not count.
func (l look) distinctly(column int, fits func(string) bool) bool {
	seen := map[string]bool{}
	for _, row := range l.rows {
		if len(row) != len(l.columns) || row[column] == l.columns[column] { // a footer, a repeated header
			continue
		}
		if v := row[column]; seen[v] || !fits(v) {
			return false
		} else {
			seen[v] = true
		}
	}
	return len(seen) > 0
}

// tableByKey recognises a customer table that has no column Id.
func (c *Catalog) tableByKey(l look) (Kind, bool) {
	for _, find := range []func(look) (Kind, bool){c.tableByLabel, c.dataverse, c.tableOfPersons} {
		if k, ok := find(l); ok {
			return k, true
		}
	}
	return Kind{}, false
}

// tableByLabel is a table whose header has labels, as a report's: the column called as one of an object's names and ID,
// which holds ids of that object, is its Id. Of several the one whose object knows most of the columns.
func (c *Catalog) tableByLabel(l look) (found Kind, ok bool) {
	most := 0
	for i, column := range l.columns {
		object, named := c.labelled(column)
		prefix := c.objects[object].Prefix
		if !named || !l.distinctly(i, func(v string) bool { return recordID.MatchString(v) && v[:3] == prefix }) {
			continue
		}
		k, _ := c.Kind("salesforce.table." + object)
		if n := c.knows(object, l.columns); n > most || !ok {
			found, most, ok = k.knownBy(column), n, true
		}
	}
	return found, ok
}

// labelled is the object of which a column's label names the record id: Contact ID, 연락처 ID, ID du contact.
func (c *Catalog) labelled(column string) (object string, ok bool) {
	text := strings.NewReplacer("18", "", "15", "", "digit", "", "(", "", ")", "").Replace(fold(column))
	for _, name := range slices.Sorted(maps.Keys(c.objects)) {
		o := c.objects[name]
		for _, label := range append([]string{name}, o.Labels...) {
			f := fold(label)
			for _, form := range []string{f + "id", "id" + f, "idde" + f, "iddu" + f, "iddela" + f, "iddel'" + f, f + "recordid", f + "ids"} {
				if o.Prefix != "" && text == form {
					return name, true
				}
			}
		}
	}
	return "", false
}

// knownBy is the kind with a column as the Id of its rows.
func (k Kind) knownBy(column string) Kind {
	k.key = column
	return k
}

// knows counts the columns that an object knows.
func (c *Catalog) knows(object string, columns []string) (n int) {
	k := Kind{Fields: c.objects[object].Fields, Aliases: c.labels}
	known := k.spellings()
	for _, column := range columns {
		if known[fold(column)] != "" {
			n++
		}
	}
	return n
}

var (
	entityKey    = regexp.MustCompile(`^([a-z][a-z0-9]*(?:_[a-z0-9]+)?)id$`)
	addressKey   = regexp.MustCompile(`^address\d_`)
	untouchable  = regexp.MustCompile(`^\(Do Not Modify\) (.+)$`)
	ownEntityKey = []string{"contact", "account", "lead", "opportunity", "incident", "systemuser"}
)

// dataverse is a table of Dataverse: its key is called after it and holds a GUID in every row.
func (c *Catalog) dataverse(l look) (Kind, bool) {
	entity, column := "", ""
	for i, name := range l.columns {
		name = strings.TrimSpace(name)
		own := ""
		if m := entityKey.FindStringSubmatch(strings.ToLower(name)); m != nil && !addressKey.MatchString(name) {
			own = m[1]
		} else if m := untouchable.FindStringSubmatch(name); m != nil {
			own = strings.ToLower(strings.ReplaceAll(m[1], " ", ""))
		}
		if own == "" || !l.distinctly(i, guid.MatchString) {
			continue
		}
		better := slices.Contains(ownEntityKey, own) || strings.HasPrefix(strings.ToLower(l.stem()), own)
		if entity == "" || better {
			entity, column = own, l.columns[i]
		}
		if better {
			break
		}
	}
	if entity == "" {
		return Kind{}, false
	}
	k, ok := c.Kind("dataverse.table." + entity)
	k.Object = entity // as Dataverse spells it, whatever other systems call theirs
	k.Name = "dataverse.table." + entity
	if untouchable.MatchString(column) {
		k.key, k.keyName = column, entity+"id"
	}
	return k, ok
}

// tableOfPersons is a list of customers without ids of records: it has a column that no two rows share and that by its name
// is a customer's number or address, and at least one more kind of personal data.
func (c *Catalog) tableOfPersons(l look) (Kind, bool) {
	held := map[string]bool{}
	for _, column := range l.columns {
		category, _ := c.category("customer", column, nil)
		held[category] = true
	}
	if held["location_online"] || l.ofEvents() || len(c.keys(l)) == 0 || !held["name"] && !held["contact"] || len(held) < 3 { // with "", of other columns
		return Kind{}, false
	}
	object := tableName(l.stem())
	if known := c.spelled(object); c.objects[known].Fields != nil && c.knows(known, l.columns) > 1 {
		k, ok := c.Kind("salesforce.table." + known)
		return k, ok
	}
	return c.Kind("customer.table." + object)
}

// ofEvents: rows that name a client are those of a log, not customers.
func (l look) ofEvents() bool {
	for i := range l.columns {
		if field, _ := byContent(i, l.rows); field == "address" || field == "agent" {
			return true
		}
	}
	return false
}

// keys are the columns of a sample that may name its rows, best first.
func (c *Catalog) keys(l look) (names []string) {
	for _, category := range []string{"customer_id", "government_id", "contact"} {
		for i, column := range l.columns {
			own, _ := c.category("customer", column, nil)
			if own == category && (len(l.rows) == 0 || l.distinctly(i, func(v string) bool { return v != "" })) {
				names = append(names, column)
			}
		}
	}
	return names
}

// tableName makes a name of a table of a file's: letters, digits and '_'.
func tableName(stem string) string {
	stem = strings.TrimSuffix(stem, filepath.Ext(stem))
	name := strings.FieldsFunc(stem, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
	return orText(strings.Join(name, "_"), "customers")
}

// findKey finds the column that names the records of a table that has no Id: the key of a Dataverse table by its name, else
// the first of those that may, which is filled and different in every row.
func (a *addition) findKey(ctx context.Context, o *object) error {
	if own, ok := o.columns.find(o.name + "id"); ok {
		o.key = own
		return nil
	}
	candidates := a.catalog.keys(look{columns: o.columns})
	if len(candidates) == 0 {
		return nil
	}
	var tests []string
	for _, column := range candidates {
		c := analysis.Quote(column)
		tests = append(tests, fmt.Sprintf("WHEN count(DISTINCT nullif(%s, '')) = count(*) THEN %s", c, analysis.Literal(column)))
	}
	return a.db.QueryRowContext(ctx, "SELECT CASE "+strings.Join(tests, " ")+" ELSE '' END FROM "+o.target).Scan(&o.key)
}

// noteKey says how records without ids are known.
func (a *addition) noteKey(o *object) {
	if own, ok := o.columns.find("Id"); ok && own == o.key {
		return
	}
	for _, f := range a.files {
		switch {
		case f.Object != o.name || f.State != Loaded || strings.HasPrefix(f.Kind, "dataverse."):
		case o.key == "":
			f.note("it has no record ids, and no column names each row alone: its rows cannot be found by queries; add a column Id")
		default:
			f.note("it has no record ids; its records are known by " + o.key)
		}
	}
}
