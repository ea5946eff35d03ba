package person_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app/casefile"
)

func newCase(t testing.TB) *casefile.Case {
	t.Helper()
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func write(t testing.TB, c *casefile.Case, do func(ctx context.Context, tx *sql.Tx) error) {
	t.Helper()
	if err := c.Write(t.Context(), func(tx *sql.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// customers fills the snapshot from tables in CSV, one text per object, as package evidence would, and registers every
// row as a record.
func customers(t testing.TB, c *casefile.Case, tables map[string]string) {
	t.Helper()
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		for _, object := range []string{"User", "Account", "Contact", "Lead", "Individual", "Order", "Asset", "Case", "OrderItem"} {
			if text, ok := tables[object]; ok {
				if err := load(ctx, tx, c, object, text); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func load(ctx context.Context, tx *sql.Tx, c *casefile.Case, object, text string) error {
	path := filepath.Join(c.Staging(), object+".csv")
	if err := os.WriteFile(path, []byte(strings.TrimPrefix(text, "\ufeff")), 0o600); err != nil {
		return err
	}
	header, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).Read()
	if err != nil {
		return err
	}
	var file int
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM evidence.file`).Scan(&file); err != nil {
		return err
	}
	table := "snapshot." + analysis.Quote(object)
	for _, statement := range []string{
		`CREATE TABLE ` + table + ` AS SELECT ` + literalInt(file) + `::INTEGER AS "file", (row_number() OVER () + 1)::BIGINT AS "line", * FROM read_csv(` + analysis.Literal(path) +
			`, all_varchar = true, force_not_null = [` + quoted(header) + `], header = true)`,
		`INSERT INTO evidence.file VALUES (` + literalInt(file) + `, 'x', '` + object + `.csv', '', 0, 'salesforce.table.` + object + `', '` + object + `', '', 'utf-8', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, '2025-01-01', 'loaded', '')`,
		`INSERT INTO snapshot.object VALUES ('` + object + `', '', '` + object + `', '', 'Id', 'CreatedDate', 'LastModifiedDate', 'IsDeleted', 'Name', '2025-10-28', 0, true, 0)`,
		`INSERT INTO analysis.record SELECT (SELECT coalesce(max(id), 0) FROM analysis.record) + row_number() OVER (), '` + object + `', id18("Id"), true, "file", "line" FROM ` + table,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for i, name := range header {
		kind, reference := "text", ""
		switch {
		case name == "Id":
			kind = "id"
		case name == "AccountId":
			kind, reference = "reference", "Account"
		case strings.HasSuffix(name, "ContactId"):
			kind, reference = "reference", "Contact"
		case name == "OrderId":
			kind, reference = "reference", "Order"
		case name == "OwnerId":
			kind, reference = "reference", "User"
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO snapshot.field VALUES (?, ?, ?, '', ?, ?, '', ?, '', 0)`, object, name, i, kind, reference, category(name)); err != nil {
			return err
		}
	}
	return nil
}

func category(name string) string {
	switch name {
	case "Email":
		return "contact"
	case "MobilePhone", "Phone":
		return "contact"
	case "Name", "FirstName", "LastName":
		return "name"
	case "PassportNumber__c":
		return "government_id"
	case "Description":
		return "free_text"
	}
	return ""
}

func literalInt(n int) string {
	return strings.TrimSpace(string(rune('0'+n/10)) + string(rune('0'+n%10)))
}

func quoted(names []string) string {
	var list []string
	for _, name := range names {
		list = append(list, analysis.Literal(name))
	}
	return strings.Join(list, ", ")
}

func derive(t testing.TB, c *casefile.Case) {
	t.Helper()
	write(t, c, func(ctx context.Context, tx *sql.Tx) error { return person.Derive(ctx, tx, nil) })
}

// query returns the rows of a statement as text, '|' between columns.
func query(t testing.TB, c *casefile.Case, statement string, args ...any) (lines []string) {
	t.Helper()
	err := c.Read(t.Context(), func(db analysis.Engine) error {
		rows, err := db.QueryContext(t.Context(), statement, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			var line []string
			for _, cell := range cells {
				line = append(line, cell.String)
			}
			lines = append(lines, strings.Join(line, "|"))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
