package export

import (
	"context"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
)

// VerifyCase checks an open case: that the journal is an unbroken chain, that every row of every evidence file is
// accounted for, and, by reading all of it, that no block of the file is damaged.
func VerifyCase(ctx context.Context, c *casefile.Case, p analysis.Progress) (Report, error) {
	r := Report{OK: true}
	err := c.Read(ctx, func(db analysis.Engine) error {
		entries, err := casefile.Journal(ctx, db)
		if err == nil {
			err = casefile.CheckChain(entries)
		}
		r.add("journal", fmt.Sprintf("%d entries, each follows the one before", len(entries)), err)
		files, err := accounted(ctx, db)
		r.add("rows", fmt.Sprintf("every row of %d files is accounted for", files), err)
		n, err := scan(ctx, db, p)
		r.add("blocks", fmt.Sprintf("%d tables read from end to end", n), err)
		return ctx.Err()
	})
	return r, err
}

// accounted holds the ledger of every file against the rows that are there.
func accounted(ctx context.Context, db analysis.Engine) (files int64, err error) {
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM evidence.file").Scan(&files); err != nil {
		return 0, err
	}
	loaded, err := holders(ctx, db)
	if err != nil {
		return 0, err
	}
	_, rows, err := fetch(ctx, db, strings.Replace(statement("accounted"), "/*holders*/", loaded, 1))
	if err != nil {
		return 0, err
	}
	var wrong []string
	for _, row := range rows {
		wrong = append(wrong, fmt.Sprintf("%v: %v", row[0], row[1]))
	}
	if len(wrong) > 0 {
		return files, fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return files, nil
}

// holders is a query for (file, n) over all tables that hold rows of evidence.
func holders(ctx context.Context, db analysis.Engine) (string, error) {
	_, rows, err := fetch(ctx, db, statement("holders"))
	if err != nil {
		return "", err
	}
	parts := []string{"SELECT NULL::INTEGER AS file, 0::BIGINT AS n WHERE false"}
	for _, row := range rows {
		parts = append(parts, "SELECT file, count(*) FROM "+tableName(row)+" GROUP BY file")
	}
	return strings.Join(parts, "\nUNION ALL "), nil
}

func tableName(row []any) string {
	return analysis.Quote(plain(row[0])) + "." + analysis.Quote(plain(row[1]))
}

// scan reads every value of every table: the engine checks a block only when it reads it.
func scan(ctx context.Context, db analysis.Engine, p analysis.Progress) (tables int, err error) {
	_, rows, err := fetch(ctx, db, "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary AND NOT internal ORDER BY ALL")
	if err != nil {
		return 0, err
	}
	for i, row := range rows {
		p.Tell(analysis.Step{Name: "Reading the case", File: plain(row[1]), Done: int64(i), Total: int64(len(rows))})
		var sum any
		if err := db.QueryRowContext(ctx, "SELECT bit_xor(hash(t)) FROM "+tableName(row)+" AS t").Scan(&sum); err != nil {
			return i, fmt.Errorf("%s.%s: %w", row[0], row[1], err)
		}
	}
	return len(rows), nil
}
