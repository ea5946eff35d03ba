package evidence

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// noteReplaced says where characters stand that did not decode.
func (a *addition) noteReplaced(ctx context.Context, f *File, target string, names []string) error {
	if f.Replaced == 0 {
		return nil
	}
	broken := make([]string, len(names))
	for i, name := range names {
		broken[i] = "contains(" + analysis.Quote(name) + ", '\uFFFD')"
	}
	var rows int64
	var first sql.NullInt64
	err := a.db.QueryRowContext(ctx, `SELECT count(*), min("line") FROM `+target+` WHERE "file" = ? AND (`+strings.Join(broken, " OR ")+`)`, f.ID).Scan(&rows, &first)
	if err != nil {
		return err
	}
	f.note(fmt.Sprintf("%s did not decode as %s and stand as \uFFFD in %s", count(f.Replaced, "character"), f.Encoding, count(rows, "row")))
	if first.Valid {
		f.note(fmt.Sprintf("the first in record %d", first.Int64))
	}
	return nil
}

// split moves rows of other members of a family to their own tables: files put together from several event types.
func (a *addition) split(ctx context.Context, f *File, p *portion) error {
	columns, err := a.columnsOf(ctx, p.target)
	if err != nil {
		return err
	}
	family, _ := columns.find(p.kind.Family)
	others, err := a.texts(ctx, `SELECT DISTINCT `+analysis.Quote(family)+` FROM `+p.target+` WHERE "file" = ? ORDER BY 1`, f.ID)
	if err != nil {
		return err
	}
	parent, _ := a.catalog.parent(p.kind.Name)
	for _, name := range others {
		if other, ok := a.catalog.named(parent.Name, name); ok && other.Name != p.kind.Name && identifier.MatchString(name) {
			if err := a.move(ctx, f, p.target, "raw."+analysis.Quote(other.Name), columns, family, name); err != nil {
				return err
			}
		}
	}
	f.note(fmt.Sprintf("it holds %d types of events (%s), each kept with its own kind", len(others), shorten(others)))
	return nil
}

// texts are the values of a query's only column.
func (a *addition) texts(ctx context.Context, query string, args ...any) (texts []string, err error) {
	rows, err := a.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

func (a *addition) move(ctx context.Context, f *File, from, to string, columns Columns, family, name string) error {
	own := Columns{}
	for _, c := range columns {
		if c != "file" && c != "line" && c != "utc" {
			own = append(own, c)
		}
	}
	if err := a.widenTable(ctx, to, own, true); err != nil {
		return err
	}
	a.touched[to] = true
	where := ` WHERE "file" = ? AND ` + analysis.Quote(family) + ` = ?`
	if _, err := a.db.ExecContext(ctx, "INSERT INTO "+to+" BY NAME SELECT * FROM "+from+where, f.ID, name); err != nil {
		return err
	}
	_, err := a.db.ExecContext(ctx, "DELETE FROM "+from+where, f.ID, name)
	return err
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// Place is the table that holds a row of a file, "" when none does. Rows of one file may lie in several tables: types of
// events put together, earlier states of records.
func Place(ctx context.Context, db analysis.Engine, file int32, line int64) (string, error) {
	var kind, object string
	if err := db.QueryRowContext(ctx, "SELECT kind, object FROM evidence.file WHERE id = ?", file).Scan(&kind, &object); err != nil {
		return "", err
	}
	usual := "raw." + analysis.Quote(kind)
	if object != "" {
		usual = "snapshot." + analysis.Quote(object)
	}
	tables, err := (&addition{db: db}).tablesOf(ctx)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(tables, func(a, b string) int { return cmp.Compare(btoi(b == usual), btoi(a == usual)) })
	for _, target := range tables {
		var there bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+target+` WHERE "file" = ? AND "line" = ?)`, file, line).Scan(&there); err != nil || there {
			return target, err
		}
	}
	return "", nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// names are the columns of a table as its raw table calls them; objects know the API spelling of their fields.
func (c *Catalog) names(kind Kind, columns []string) ([]string, int) {
	if kind.Carries == Table {
		return c.fieldNames(kind, columns)
	}
	return kind.names(columns)
}

// fieldNames are the columns of a customer table under the API names of its fields, as far as labels tell them.
func (c *Catalog) fieldNames(kind Kind, columns []string) (own []string, renamed int) {
	kind.Fields = append(slices.Clone(kind.Fields), c.objects[kind.Object].Fields...)
	kind.known, kind.Aliases = nil, c.fieldAliases(kind)
	plain := slices.Clone(columns)
	for i, column := range columns {
		if column == kind.key && kind.key != "" {
			plain[i] = cmp.Or(kind.keyName, "Id")
			renamed++
			continue
		}
		for _, r := range kind.Rename {
			plain[i] = regexp.MustCompile(r[0]).ReplaceAllString(plain[i], r[1])
		}
	}
	own, aliased := kind.names(plain)
	for i, name := range own {
		own[i] = apiName(name)
	}
	return own, renamed + aliased
}

// fieldAliases are the labels of a table's fields: what a mapping by hand says, and of the known ones those it leaves.
func (c *Catalog) fieldAliases(kind Kind) Aliases {
	aliases, given := Aliases{}, map[string]bool{}
	for field, labels := range kind.Aliases {
		aliases[field] = slices.Clone(labels)
		for _, label := range labels {
			given[fold(label)] = true
		}
	}
	for field, labels := range c.labels {
		if slices.Contains(kind.Fields, field) {
			aliases[field] = append(aliases[field], slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return given[fold(l)] })...)
		}
	}
	return aliases
}

// apiName gives custom fields that an export wrote in capitals their own suffix: ORACLE_ID__C is ORACLE_ID__c.
func apiName(name string) string {
	for _, suffix := range []string{"__c", "__pc", "__r", "__x", "__s", "__e"} {
		if len(name) > len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix) {
			return name[:len(name)-len(suffix)] + suffix
		}
	}
	return name
}

// distinct makes names unlike each other and the reserved ones, ignoring case, by appending '_'.
func distinct(names, reserved []string) []string {
	taken := map[string]bool{}
	for _, r := range reserved {
		taken[r] = true
	}
	own := make([]string, len(names))
	for i, name := range names {
		if name == "" {
			name = fmt.Sprintf("column%d", i+1)
		}
		for taken[strings.ToLower(name)] {
			name += "_"
		}
		taken[strings.ToLower(name)] = true
		own[i] = name
	}
	return own
}

// widenTable makes the table, or gives it the columns it lacks.
func (a *addition) widenTable(ctx context.Context, target string, names []string, log bool) error {
	have, err := a.columnsOf(ctx, target)
	if err != nil {
		return err
	}
	if have == nil {
		own, definitions := Columns{"file", "line"}, []string{`"file" INTEGER NOT NULL`, `"line" BIGINT`}
		if log {
			own, definitions = append(own, "utc"), append(definitions, "utc TIMESTAMP")
		}
		for _, name := range names {
			definitions = append(definitions, analysis.Quote(name)+" VARCHAR")
		}
		a.tables[strings.ToLower(target)] = slices.Concat(own, names)
		_, err := a.db.ExecContext(ctx, "CREATE TABLE "+target+" ("+strings.Join(definitions, ", ")+")")
		return err
	}
	for _, name := range names {
		if _, ok := have.find(name); ok {
			continue
		}
		if _, err := a.db.ExecContext(ctx, "ALTER TABLE "+target+" ADD COLUMN "+analysis.Quote(name)+" VARCHAR"); err != nil {
			return err
		}
		have = append(have, name)
		a.tables[strings.ToLower(target)] = have
	}
	return nil
}

// columnsOf lists the columns of a table, nil when there is none.
func (a *addition) columnsOf(ctx context.Context, target string) (Columns, error) {
	if a.tables == nil {
		if err := a.readTables(ctx); err != nil {
			return nil, fmt.Errorf("listing tables: %w", err)
		}
	}
	return a.tables[strings.ToLower(target)], nil
}

func (a *addition) readTables(ctx context.Context) error {
	rows, err := a.db.QueryContext(ctx, `SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = current_database()
		AND schema_name IN ('raw', 'snapshot') ORDER BY schema_name, table_name, column_index`)
	if err != nil {
		return err
	}
	defer rows.Close()
	a.tables = map[string]Columns{}
	for rows.Next() {
		var schema, table, column string
		if err := rows.Scan(&schema, &table, &column); err != nil {
			return err
		}
		target := strings.ToLower(schema + "." + analysis.Quote(table))
		a.tables[target] = append(a.tables[target], column)
	}
	return rows.Err()
}
