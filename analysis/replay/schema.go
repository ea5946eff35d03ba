package replay

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// schema is what the snapshot holds of one organisation.
type schema struct {
	organisation string
	tables       map[string]*table // by folded object name
	types        map[string]string // object by key prefix
}

// table is one object of the snapshot. Column names are ” when the table has none.
type table struct {
	object, prefix                        string
	key, created, modified, deleted, name string
	taken                                 time.Time // zero: unknown
	several                               bool      // comes from more than one file
	shared                                bool      // holds more than one organisation
	versions                              bool      // may hold a record more than once
	fields                                map[string]field
	order                                 []field  // as in the snapshot
	history                               *history // nil: changes are not known
}

type field struct {
	name, kind, relationship, category string
	references                         []string
	numbered                           bool // holds numbers the CRM hands out: they never change
}

func fold(name string) string { return strings.ToLower(name) }

func (s *schema) table(object string) *table { return s.tables[fold(object)] }

// objects lists what may hold customers' data.
func (s *schema) objects() (list []string) {
	for _, name := range sortedKeys(s.tables) {
		if o := s.tables[name].object; o != "User" {
			list = append(list, o)
		}
	}
	return list
}

// customs lists the custom objects: logs at times name one by an id of its own, which nothing exported holds.
func (s *schema) customs() []string {
	return slices.DeleteFunc(s.objects(), func(object string) bool { return !strings.HasSuffix(fold(object), "__c") })
}

// readSchema reads what the snapshot holds for an organisation (” for all).
func readSchema(ctx context.Context, db analysis.Engine, organisation string) (*schema, error) {
	s := &schema{organisation: organisation, tables: map[string]*table{}, types: map[string]string{}}
	if err := s.readTables(ctx, db); err != nil {
		return nil, fmt.Errorf("reading what the snapshot holds: %w", err)
	}
	if err := s.readFields(ctx, db); err != nil {
		return nil, fmt.Errorf("reading the fields of the snapshot: %w", err)
	}
	if err := s.readHistories(ctx, db); err != nil {
		return nil, fmt.Errorf("reading what was changed: %w", err)
	}
	return s, nil
}

func (s *schema) readTables(ctx context.Context, db analysis.Engine) error {
	rows, err := db.QueryContext(ctx, statement("objects"), s.organisation)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		t := &table{fields: map[string]field{}}
		var taken sql.NullTime
		err := rows.Scan(&t.object, &t.prefix, &t.key, &t.created, &t.modified, &t.deleted, &t.name, &taken, &t.several, &t.shared)
		if err != nil {
			return err
		}
		t.taken, t.versions = taken.Time, t.several
		s.tables[fold(t.object)] = t
		if t.prefix != "" {
			s.types[t.prefix] = t.object
		}
	}
	return rows.Err()
}

func (s *schema) readFields(ctx context.Context, db analysis.Engine) error {
	rows, err := db.QueryContext(ctx, statement("fields"))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var object, references string
		var f field
		if err := rows.Scan(&object, &f.name, &f.kind, &references, &f.relationship, &f.category); err != nil {
			return err
		}
		t := s.table(object)
		if t == nil {
			continue
		}
		if references != "" {
			f.references = strings.Split(references, ";")
		}
		f.numbered = businessNumber(t.object, f.name)
		if _, known := t.fields[fold(f.name)]; !known {
			t.fields[fold(f.name)], t.order = f, append(t.order, f)
		}
	}
	return rows.Err()
}

// field finds a field by its name, whatever the case.
func (t *table) field(name string) (field, bool) {
	f, ok := t.fields[fold(name)]
	return f, ok
}

// lookup finds the field that holds the id of the row a relationship leads to.
func (t *table) lookup(relationship string) (field, bool) {
	for _, f := range t.order {
		if strings.EqualFold(f.relationship, relationship) {
			return f, true
		}
	}
	if f, ok := t.field(relationship + "Id"); ok {
		return f, true
	}
	if custom, ok := strings.CutSuffix(fold(relationship), "__r"); ok {
		return t.field(custom + "__c")
	}
	return field{}, false
}

// unchanging says whether a field keeps its value for the life of a record: ids, lookup ids, the time of creation and
// numbers the CRM hands out.
func (t *table) unchanging(f field) bool {
	return f.kind == "id" || f.kind == "reference" || f.numbered || f.name == t.key || f.name == t.created
}

// targets lists the tables of the snapshot a lookup may lead to.
func (s *schema) targets(f field, relationship string) (tables []*table) {
	names := f.references
	if len(names) == 0 {
		names = []string{strings.TrimSuffix(strings.TrimSuffix(f.name, "Id"), "__c"), relationship}
	}
	for _, name := range names {
		if t := s.table(name); t != nil && !slices.Contains(tables, t) {
			tables = append(tables, t)
		}
	}
	return tables
}

// children finds the child object and the lookup on it that a child relationship of parent names: Contacts,
// Assets, Items__r. The snapshot does not carry those names; they are the plural of the object, or of its label.
func (s *schema) children(parent *table, relationship string) (*table, field, bool) {
	want := singular(fold(relationship))
	var found *table
	var by field
	for _, name := range sortedKeys(s.tables) {
		child := s.tables[name]
		if want != singular(strings.TrimSuffix(fold(child.object), "__c")) {
			continue
		}
		for _, f := range child.order {
			if slices.ContainsFunc(f.references, func(r string) bool { return strings.EqualFold(r, parent.object) }) {
				if found == nil || strings.EqualFold(f.name, parent.object+"Id") {
					found, by = child, f
				}
			}
		}
	}
	return found, by, found != nil
}

// singular folds the plural forms of child relationships onto one spelling.
func singular(name string) string {
	name = strings.TrimSuffix(name, "__r")
	switch {
	case strings.HasSuffix(name, "ies"):
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"):
		return strings.TrimSuffix(name, "es")
	}
	return strings.TrimSuffix(name, "s")
}
