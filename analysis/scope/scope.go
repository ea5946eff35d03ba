package scope

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed sql
var statements embed.FS

func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a file of this package is missing: no program was built that way
	}
	return string(text)
}

// Derive empties and refills analysis.exposure: one row per record that some access touched.
func Derive(ctx context.Context, db analysis.Engine, progress analysis.Progress) error {
	progress.Tell(analysis.Step{Name: "gathering accesses"})
	if err := derive(ctx, db, progress); err != nil {
		return fmt.Errorf("scoping records: %w", err)
	}
	return nil
}

func derive(ctx context.Context, db analysis.Engine, progress analysis.Progress) error {
	if err := run(ctx, db, "touched"); err != nil {
		return err
	}
	columns, err := filledColumns(ctx, db)
	if err != nil {
		return err
	}
	objects, err := touchedObjects(ctx, db)
	if err != nil {
		return err
	}
	for i, object := range objects {
		progress.Tell(analysis.Step{Name: "fields of " + object, Done: int64(i), Total: int64(len(objects))})
		if err := run(ctx, db, "exposures", exposures(object, columns[object])...); err != nil {
			return fmt.Errorf("%s: %w", object, err)
		}
	}
	return run(ctx, db, "tidy")
}

// run executes the statements of a file one after the other; a line that ends in ';' ends one. What is filled in stands as
// pairs: what to replace, and by what.
func run(ctx context.Context, db analysis.Engine, name string, filled ...string) error {
	fill := strings.NewReplacer(filled...)
	for _, s := range strings.Split(statement(name), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, fill.Replace(s)); err != nil {
			return err
		}
	}
	return nil
}

// filledColumns lists the fields of each table of the snapshot in which any record holds something.
func filledColumns(ctx context.Context, db analysis.Engine) (map[string][]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT f.object, f.field FROM snapshot.field f JOIN duckdb_columns() c
		ON c.schema_name = 'snapshot' AND c.table_name = f.object AND c.column_name = f.field AND c.database_name = current_database()
		GROUP BY f.object, f.field ORDER BY f.object, min(f.position)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns := map[string][]string{}
	for rows.Next() {
		var object, field string
		if err := rows.Scan(&object, &field); err != nil {
			return nil, err
		}
		columns[object] = append(columns[object], field)
	}
	return columns, rows.Err()
}

func touchedObjects(ctx context.Context, db analysis.Engine) (objects []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT object FROM temp.scope_record ORDER BY object")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var object string
		if err := rows.Scan(&object); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, rows.Err()
}

// word is how many fields one number tells of, one bit each.
const word = 62

// exposures is what to fill in where the exposures of one object's records are written. A field counts only if its value is
// not empty; of a record the snapshot lacks, and of a field it lacks, nobody knows: those are possible. Which of the fields asked
// for a record has filled is written as bits, so that what is said of it is made once for all records alike.
func exposures(object string, columns []string) []string {
	var words, filled, asked, tests, names []string
	for i, c := range columns {
		if i%word == 0 {
			words, filled, asked = append(words, fmt.Sprintf("w%d", i/word)), append(filled, "0"), append(asked, "0")
		}
		last, bit, name := len(words)-1, fmt.Sprint(int64(1)<<(i%word)), analysis.Literal(c)
		filled[last] += fmt.Sprintf(" + CASE WHEN t.%s <> '' THEN %s ELSE 0 END", analysis.Quote(c), bit)
		asked[last] += fmt.Sprintf(" + CASE WHEN list_has_any(asked, ['*', %s]) THEN %s ELSE 0 END", name, bit)
		tests = append(tests, fmt.Sprintf("CASE WHEN %s & %s <> 0 THEN %s END", words[last], bit, name))
		names = append(names, name)
	}
	from := ""
	if len(columns) > 0 {
		from = fmt.Sprintf("LEFT JOIN snapshot.%s t ON t.\"file\" = r.file AND t.\"line\" = r.line", analysis.Quote(object))
	}
	var filledWords, askedWords strings.Builder
	for i, w := range words {
		fmt.Fprintf(&filledWords, ", (%s) & s.%s AS %[2]s", filled[i], w)
		fmt.Fprintf(&askedWords, ", %s AS %s", asked[i], w)
	}
	return []string{"{object}", analysis.Literal(object), "{table}", from, "{filled words}", filledWords.String(), "{asked words}", askedWords.String(),
		"{same}", strings.Join(append([]string{"signature", "present"}, words...), ", "),
		"{filled}", "list_filter([" + strings.Join(tests, ", ") + "]::VARCHAR[], f -> f IS NOT NULL)",
		"{all}", "[" + strings.Join(names, ", ") + "]::VARCHAR[]"}
}
