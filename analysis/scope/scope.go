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
	if err := run(ctx, db, "DELETE FROM analysis.exposure;\n"+statement("touched")); err != nil {
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
		if _, err := db.ExecContext(ctx, exposures(object, columns[object])); err != nil {
			return fmt.Errorf("%s: %w", object, err)
		}
	}
	return run(ctx, db, "DROP TABLE temp.scope_access;\nDROP TABLE temp.scope_record;\nDROP TABLE temp.scope_signature;\n")
}

func run(ctx context.Context, db analysis.Engine, statements string) error {
	for _, s := range strings.Split(statements, ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, s); err != nil {
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

// exposures is the SQL that writes the exposures of one object's records. A field counts only if its value is not empty;
// of a record the snapshot lacks, and of a field it lacks, nobody knows: those are possible. Which fields of a record are
// filled is written as bits, so that lists are made once for all records alike.
func exposures(object string, columns []string) string {
	var bits, alike []string
	filled, from := "[]::VARCHAR[]", ""
	all := "[]::VARCHAR[]"
	if len(columns) > 0 {
		var tests, names, sum []string
		for i, c := range columns {
			bit := fmt.Sprint(int64(1) << (i % word))
			sum = append(sum, fmt.Sprintf("CASE WHEN t.%s <> '' THEN %s ELSE 0 END", analysis.Quote(c), bit))
			tests = append(tests, fmt.Sprintf("CASE WHEN w%d & %s <> 0 THEN %s END", i/word, bit, analysis.Literal(c)))
			names = append(names, analysis.Literal(c))
			if len(sum) == word || i == len(columns)-1 {
				name := fmt.Sprintf("w%d", i/word)
				bits, alike, sum = append(bits, strings.Join(sum, " + ")+" AS "+name), append(alike, name), nil
			}
		}
		filled = "list_filter([" + strings.Join(tests, ", ") + "], f -> f IS NOT NULL)"
		all = "[" + strings.Join(names, ", ") + "]"
		from = fmt.Sprintf("LEFT JOIN snapshot.%s t ON t.\"file\" = r.file AND t.\"line\" = r.line", analysis.Quote(object))
	}
	same := strings.Join(append([]string{"signature", "present"}, alike...), ", ")
	return fmt.Sprintf(`INSERT INTO analysis.exposure
WITH known AS MATERIALIZED (
  SELECT %s
  FROM scope_record x JOIN analysis.record r ON r.id = x.record %s
  WHERE x.object = %s
), alike AS (
  SELECT k.*, s.* EXCLUDE (signature), %s AS filled FROM (SELECT DISTINCT %s FROM known) k JOIN scope_signature s ON s.signature = k.signature
), counted AS MATERIALIZED (
  SELECT *, CASE WHEN list_contains(shown, '*') THEN filled ELSE list_filter(filled, f -> list_contains(shown, f)) END AS fields,
    list_concat(
      CASE WHEN list_contains(weakly, '*') THEN filled ELSE list_filter(filled, f -> list_contains(weakly, f)) END,
      list_filter(list_concat(shown, weakly), f -> f <> '*' AND NOT list_contains(%[6]s, f)),
      CASE WHEN present THEN [] WHEN list_contains(shown, '*') THEN %[6]s ELSE list_filter(shown, f -> f <> '*') END) AS perhaps
  FROM alike
), listed AS MATERIALIZED (
  SELECT *, list_sort(fields) AS certain, list_sort(list_filter(list_distinct(perhaps), f -> NOT list_contains(fields, f))) AS possible FROM counted
)
SELECT k.record, CASE l.class WHEN 1 THEN 'confirmed' ELSE 'possible' END,
       ['recorded', 'replayed', 'bounded', 'reachable'][l.rank], CASE WHEN l.acquired THEN 'acquired' ELSE 'viewed' END,
       l.certain, l.possible, l.sessions, l.queries, l.first_at, l.last_at, l.why
FROM known k JOIN listed l USING (%[5]s) ORDER BY k.record`,
		strings.Join(append([]string{"x.record", "x.signature", "x.present"}, bits...), ", "), from, analysis.Literal(object), filled, same, all)
}
