package evidence

import (
	"context"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// tabulateParquet lets the engine read a Parquet file; lists and structures become JSON text.
func (a *addition) tabulateParquet(ctx context.Context, f *File, s *staged) (*table, error) {
	t := &table{numbered: true}
	source := "read_parquet(" + analysis.Literal(s.path) + ", file_row_number=true)"
	rows, err := a.db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+source+")")
	if err != nil {
		return nil, &Damaged{f.Name, firstLine(err.Error())}
	}
	defer rows.Close()
	give := []string{"file_row_number + 1 AS \"line\""}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		if name == "file_row_number" {
			continue
		}
		give = append(give, fmt.Sprintf("coalesce(%s, '') AS c%d", asText(analysis.Quote(name), kind), len(t.columns)))
		t.columns = append(t.columns, name)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	t.from = "(SELECT " + strings.Join(give, ", ") + " FROM " + source + ")"
	err = a.db.QueryRowContext(ctx, "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata("+analysis.Literal(s.path)+")").Scan(&t.records)
	if err != nil {
		return nil, &Damaged{f.Name, firstLine(err.Error())}
	}
	t.sample, err = a.sampleRows(ctx, t)
	return t, err
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// asText is the text of a typed column: times in UTC and ISO form, nested values as JSON.
func asText(column, kind string) string {
	switch {
	case strings.HasPrefix(kind, "TIMESTAMP WITH"):
		return "strftime(" + column + " AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
	case strings.HasPrefix(kind, "STRUCT"), strings.HasPrefix(kind, "MAP"), strings.HasSuffix(kind, "]"):
		return "to_json(" + column + ")::VARCHAR"
	case kind == "BLOB":
		return "coalesce(try(decode(" + column + ")), hex(" + column + "))"
	}
	return column + "::VARCHAR"
}

// sampleRows reads the first rows of a table that the engine alone can read.
func (a *addition) sampleRows(ctx context.Context, t *table) (sample [][]string, err error) {
	rows, err := a.db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s LIMIT %d", strings.Join(numberedColumns(len(t.columns)), ", "), t.from, sampleRows))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		values, targets := make([]string, len(t.columns)), make([]any, len(t.columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		sample = append(sample, values)
	}
	return sample, rows.Err()
}
