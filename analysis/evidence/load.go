package evidence

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// load puts the rows of a table into the raw table of its kind, or the snapshot table of its object, and accounts for
// every one of them.
func (a *addition) load(ctx context.Context, f *File, kind Kind, t *table) error {
	a.progress.Tell(analysis.Step{Name: "loading", File: f.Name, Rows: t.records})
	names, renamed := a.catalog.names(kind, t.columns)
	if renamed > 0 {
		f.Dialect = joined(f.Dialect, count(renamed, "column")+" renamed")
	}
	target, reserved := "raw."+analysis.Quote(kind.Name), []string{"file", "line", "utc"}
	if kind.Carries == Table {
		target, reserved = "snapshot."+analysis.Quote(kind.Object), []string{"file", "line"}
		f.Taken = a.options.SnapshotAt
	}
	names = distinct(names, reserved)
	if err := a.widenTable(ctx, target, names, kind.Carries == Log); err != nil {
		return err
	}
	clock, err := a.clockOf(ctx, f, kind, t, names)
	if err != nil {
		return err
	}
	if err := a.insert(ctx, f, t, target, names, clock); err != nil {
		return err
	}
	a.touched[target] = true
	if err := a.account(ctx, f, t, target, names); err != nil {
		return err
	}
	if err := a.noteReplaced(ctx, f, target, names); err != nil {
		return err
	}
	if err := a.span(ctx, f, kind, target, names); err != nil {
		return err
	}
	return a.split(ctx, f, kind, target)
}

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
func (a *addition) split(ctx context.Context, f *File, kind Kind, target string) error {
	columns, err := a.columnsOf(ctx, target)
	if err != nil || kind.Carries != Log || kind.Family == "" {
		return err
	}
	family, ok := columns.find(kind.Family)
	if !ok {
		return nil
	}
	var others []string
	rows, err := a.db.QueryContext(ctx, `SELECT DISTINCT `+analysis.Quote(family)+` FROM `+target+` WHERE "file" = ? ORDER BY 1`, f.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		others = append(others, name)
	}
	if err := rows.Err(); err != nil || len(others) < 2 {
		return err
	}
	parent, _ := a.catalog.parent(kind.Name)
	for _, name := range others {
		if other, ok := a.catalog.named(parent.Name, name); ok && other.Name != kind.Name && identifier.MatchString(name) {
			if err := a.move(ctx, f, target, "raw."+analysis.Quote(other.Name), columns, family, name); err != nil {
				return err
			}
		}
	}
	f.note(fmt.Sprintf("it holds %d types of events (%s), each kept with its own kind", len(others), shorten(others)))
	return nil
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
		kind.Fields = append(append([]string{}, kind.Fields...), c.objects[kind.Object].Fields...)
		kind.known = nil
		own, renamed := kind.names(columns)
		for i, name := range own {
			own[i] = apiName(name)
		}
		return own, renamed
	}
	return kind.names(columns)
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
		definitions := []string{`"file" INTEGER NOT NULL`, `"line" BIGINT`}
		if log {
			definitions = append(definitions, "utc TIMESTAMP")
		}
		for _, name := range names {
			definitions = append(definitions, analysis.Quote(name)+" VARCHAR")
		}
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
	}
	return nil
}

// columnsOf lists the columns of a table, nil when there is none.
func (a *addition) columnsOf(ctx context.Context, target string) (columns Columns, err error) {
	schema, name, _ := strings.Cut(target, ".")
	name = strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`)
	rows, err := a.db.QueryContext(ctx, `SELECT column_name FROM duckdb_columns() WHERE database_name = current_database()
		AND schema_name = ? AND lower(table_name) = lower(?) ORDER BY column_index`, schema, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, rows.Err()
}

// insert copies the rows and numbers them.
func (a *addition) insert(ctx context.Context, f *File, t *table, target string, names []string, clock string) error {
	into, give := []string{`"file"`, `"line"`}, []string{fmt.Sprint(f.ID), "NULL"}
	if t.numbered {
		give[1] = `"line"::BIGINT`
	}
	if clock != "" {
		into, give = append(into, "utc"), append(give, clock)
	}
	for i, name := range names {
		into, give = append(into, analysis.Quote(name)), append(give, fmt.Sprintf("c%d", i))
	}
	_, err := a.db.ExecContext(ctx, "INSERT INTO "+target+" ("+strings.Join(into, ", ")+") SELECT "+strings.Join(give, ", ")+" FROM "+t.from)
	if err != nil || t.numbered {
		return err
	}
	// rows lie in the order of the file, so that their place gives their number
	_, err = a.db.ExecContext(ctx, fmt.Sprintf(`UPDATE %s SET "line" = rowid - (SELECT min(rowid) FROM %s WHERE "file" = %d) + 2 WHERE "file" = %d`,
		target, target, f.ID, f.ID))
	return err
}

// account lists the rejected rows and proves that no row is missing.
func (a *addition) account(ctx context.Context, f *File, t *table, target string, names []string) error {
	if t.rejects != "" {
		_, err := a.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO evidence.reject (file, line, reason, text) SELECT %d, "line"::BIGINT, reason, text FROM `,
			f.ID)+readCSV(t.rejects, ',', []string{"line", "reason", "text"}, true, t.longestReject))
		if err != nil {
			return err
		}
	}
	f.Read = t.records
	var loaded int64
	if err := a.db.QueryRowContext(ctx, `SELECT count(*) FROM `+target+` WHERE "file" = ?`, f.ID).Scan(&loaded); err != nil {
		return err
	}
	if loaded+t.rejected != t.records {
		return &Unaccounted{f.Name, loaded + t.rejected, t.records}
	}
	headers, err := a.repeatedHeaders(ctx, f, t, target, names)
	f.Rejected, f.Loaded = t.rejected+headers, loaded-headers
	return err
}

// repeatedHeaders rejects rows that are the header once more, as in files put together from several.
func (a *addition) repeatedHeaders(ctx context.Context, f *File, t *table, target string, names []string) (int64, error) {
	conditions := []string{`"file" = ?`}
	args := []any{f.ID}
	var filled []string
	for i, name := range names {
		column := analysis.Quote(name)
		conditions = append(conditions, "lower("+column+") IN ('', lower(?), rtrim(lower(?), '_'))")
		args = append(args, t.columns[i], t.columns[i])
		filled = append(filled, "("+column+" <> '')::INTEGER")
	}
	conditions = append(conditions, fmt.Sprintf("%s >= %d", strings.Join(filled, " + "), min(3, len(names))))
	where := " WHERE " + strings.Join(conditions, " AND ")
	result, err := a.db.ExecContext(ctx, `INSERT INTO evidence.reject (file, line, reason, text) SELECT "file", "line", 'the record repeats the header', `+
		analysis.Literal(strings.Join(t.columns, ","))+` FROM `+target+where, args...)
	if err != nil {
		return 0, err
	}
	headers, err := result.RowsAffected()
	if err != nil || headers == 0 {
		return 0, err
	}
	_, err = a.db.ExecContext(ctx, "DELETE FROM "+target+where, args...)
	return headers, err
}

// span notes the first and last time of a log and the organisation it belongs to.
func (a *addition) span(ctx context.Context, f *File, kind Kind, target string, names []string) error {
	if kind.Carries != Log {
		return nil
	}
	var first, last sql.NullTime
	var without, organisations int64
	var organisation string
	own := kind.Organisation.SQL(names)
	err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT min(utc), max(utc), count(*) - count(utc), count(DISTINCT left(%s, 15)), coalesce(min(left(%s, 15)), '')
		FROM %s WHERE "file" = %d`, own, own, target, f.ID)).Scan(&first, &last, &without, &organisations, &organisation)
	if err != nil {
		return err
	}
	f.First, f.Last = first.Time, last.Time
	if without > 0 {
		f.note(count(without, "row") + " without a readable time")
	}
	if organisations == 1 {
		f.Organisation = organisation
	} else if organisations > 1 {
		f.note("it holds rows of " + count(organisations, "organisation") + ", which are kept apart")
	}
	return nil
}
