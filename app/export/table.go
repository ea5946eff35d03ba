package export

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed sql/*.sql
var statements embed.FS

func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // only a name that was mistyped here
	}
	return string(text)
}

// table is one list of the export: the same rows go into a CSV file, a Parquet file and a sheet.
type table struct {
	name  string // of sql/NAME.sql and of the temporary table
	file  string // CSV and Parquet file without extension; "" none
	sheet string // "" none
	keyed bool   // long: sql/NAME_key.sql gives the order of its keys, sql/NAME.sql the rows numbered $from+1 to $to
}

// rows is the statement that gives the rows.
func (t table) rows() string {
	if t.name == "employees" {
		return strings.ReplaceAll(statement("people"), "export_people_key", "export_employees_key")
	}
	return statement(t.name)
}

// total is the name under which the manifest counts the rows.
func (t table) total() string {
	if t.name == "rejects" {
		return t.file
	}
	return t.name
}

// tables are all lists, in the order of the sheets.
var tables = []table{
	{"people", "affected-people", "People", true},
	{"employees", "affected-employees", "Employees", true}, // laid out like people
	{"records", "affected-records", "Records", true},
	{"fields", "fields", "Fields", false},
	{"sessions", "sessions", "Sessions", false},
	{"queries", "queries", "Queries", false},
	{"evidence", "evidence", "Evidence", false},
	{"gaps", "gaps", "", false},
	{"rejects", "rejected-rows", "", false},
	{"journal", "", "Journal", false},
}

// column of a table: name as in the CSV header, kind as the engine names the type.
type column struct{ name, kind string }

func (c column) time() bool { return strings.HasPrefix(c.kind, "TIMESTAMP") }

// frozen is one table as of the moment of the export: its rows numbered from 1 in their order.
type frozen struct {
	table
	columns []column
	rows    int64
}

// pageSize bounds what the driver holds at once: it keeps whole results in memory.
const pageSize = 25_000

// freeze keeps the rows of t, which a statement gives, in a temporary table that the end of the transaction takes away.
func freeze(ctx context.Context, db analysis.Engine, t table, rows string) (*frozen, error) {
	collect := collectWhole
	if t.keyed {
		collect = collectParts
	}
	if err := collect(ctx, db, t, rows); err != nil {
		return nil, fmt.Errorf("collecting %s: %w", t.name, err)
	}
	return thaw(ctx, db, t)
}

func collectWhole(ctx context.Context, db analysis.Engine, t table, rows string) error {
	_, err := db.ExecContext(ctx, "CREATE TEMP TABLE "+t.source()+" AS SELECT row_number() OVER () AS n, * FROM (\n"+rows+")")
	return err
}

// partSize bounds what the engine groups at once, which it cannot do on disk.
const partSize = 100_000

// collectParts sorts only the keys and fetches what belongs to them part by part.
func collectParts(ctx context.Context, db analysis.Engine, t table, rows string) error {
	keys := analysis.Quote("export_" + t.name + "_key")
	_, err := db.ExecContext(ctx, "CREATE TEMP TABLE "+keys+" AS SELECT row_number() OVER () AS n, * FROM (\n"+statement(t.name+"_key")+")")
	if err != nil {
		return err
	}
	var total int64
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+keys).Scan(&total); err != nil {
		return err
	}
	begin := "CREATE TEMP TABLE " + t.source() + " AS "
	for from := int64(0); from == 0 || from < total; from += partSize {
		part := strings.NewReplacer("$from", fmt.Sprint(from), "$to", fmt.Sprint(from+partSize)).Replace(rows)
		if _, err := db.ExecContext(ctx, begin+part); err != nil {
			return err
		}
		begin = "INSERT INTO " + t.source() + " "
	}
	return nil
}

// thaw describes a table that was frozen.
func thaw(ctx context.Context, db analysis.Engine, t table) (*frozen, error) {
	f := &frozen{table: t}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+f.source()).Scan(&f.rows); err != nil {
		return nil, fmt.Errorf("collecting %s: %w", t.name, err)
	}
	rows, err := db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE "+f.source()+")")
	if err != nil {
		return nil, fmt.Errorf("collecting %s: %w", t.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind); err != nil {
			return nil, fmt.Errorf("collecting %s: %w", t.name, err)
		}
		if c.name != "n" {
			f.columns = append(f.columns, c)
		}
	}
	return f, rows.Err()
}

func (t table) source() string { return analysis.Quote("export_" + t.name) }

func (f *frozen) list() string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = analysis.Quote(c.name)
	}
	return strings.Join(names, ", ")
}

// sink takes the rows of one table, in order. It must not keep a row: the next one overwrites it.
type sink interface {
	row(values []any) error
}

// each hands every row to the sinks, page by page. tell hears how many rows are done.
func (f *frozen) each(ctx context.Context, db analysis.Engine, tell func(done int64), sinks ...sink) error {
	query := "SELECT " + f.list() + " FROM " + f.source() + " WHERE n > ? AND n <= ? ORDER BY n"
	for from := int64(0); from < f.rows; from += pageSize {
		rows, err := db.QueryContext(ctx, query, from, from+pageSize)
		if err != nil {
			return fmt.Errorf("reading %s: %w", f.name, err)
		}
		if err := drain(ctx, rows, len(f.columns), sinks); err != nil {
			return fmt.Errorf("writing %s: %w", f.name, err)
		}
		tell(min(from+pageSize, f.rows))
	}
	return nil
}

func drain(ctx context.Context, rows *sql.Rows, width int, sinks []sink) error {
	defer rows.Close()
	values, targets := make([]any, width), make([]any, width)
	for i := range values {
		targets[i] = &values[i]
	}
	for n := 0; rows.Next(); n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for _, s := range sinks {
			if err := s.row(values); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

// parquet writes the twin of the table into the staging folder. The engine keeps the order in which rows were inserted.
func (f *frozen) parquet(ctx context.Context, db analysis.Engine, path string) error {
	_, err := db.ExecContext(ctx, "COPY (SELECT "+f.list()+" FROM "+f.source()+") TO "+analysis.Literal(path)+
		" (FORMAT parquet, COMPRESSION zstd)")
	if err != nil {
		return fmt.Errorf("writing %s as Parquet: %w", f.name, err)
	}
	return nil
}
