package evidence_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// bench is a case to add evidence to.
type bench struct {
	testing.TB
	ctx     context.Context
	file    *casefile.Case
	catalog *evidence.Catalog
}

func newBench(t testing.TB) *bench {
	t.Helper()
	return newBenchAt(t, t.Context(), t.TempDir(), casefile.Options{})
}

func newBenchAt(t testing.TB, ctx context.Context, folder string, o casefile.Options) *bench {
	t.Helper()
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Create(ctx, filepath.Join(folder, "case"+casefile.Extension), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &bench{t, ctx, c, catalog}
}

func (b *bench) add(o evidence.Options, paths ...string) (files []evidence.File, err error) {
	err = b.file.Write(b.ctx, func(tx *sql.Tx) error {
		files, err = evidence.Add(b.ctx, tx, b.catalog, b.file.Staging(), paths, o, nil)
		return err
	})
	return files, err
}

// mustAdd adds and checks the identity every file has to meet.
func (b *bench) mustAdd(o evidence.Options, paths ...string) []evidence.File {
	b.Helper()
	files, err := b.add(o, paths...)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range files {
		if f.Read != f.Loaded+f.Duplicate+f.Rejected {
			b.Errorf("%s: read %d, but loaded %d + duplicate %d + rejected %d", f.Name, f.Read, f.Loaded, f.Duplicate, f.Rejected)
		}
	}
	return files
}

// write makes a file in a folder of the test.
func (b *bench) write(name, content string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// query reads rows as text.
func (b *bench) query(query string, args ...any) (found [][]string) {
	b.Helper()
	err := b.file.Read(b.ctx, func(db analysis.Engine) error {
		return scan(b.ctx, db, &found, query, args...)
	})
	if err != nil {
		b.Fatalf("%s: %v", query, err)
	}
	return found
}

func scan(ctx context.Context, db analysis.Engine, found *[][]string, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = v.String
		}
		*found = append(*found, row)
	}
	return rows.Err()
}

// one is the first value of a query.
func (b *bench) one(query string, args ...any) string {
	b.Helper()
	rows := b.query(query, args...)
	if len(rows) == 0 {
		b.Fatalf("%s: no rows", query)
	}
	return rows[0][0]
}

// shared finds the folder of samples beside the project, or skips.
func shared(t testing.TB, name string) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			path := filepath.Join(at, "..", "shared", name)
			if _, err := os.Stat(path); err == nil {
				return path
			}
			t.Skipf("no %s beside the project", filepath.Join("shared", name))
		}
	}
	t.Skip("the module's folder was not found")
	return ""
}

// exec runs a statement on the case.
func (b *bench) exec(statement string) {
	b.Helper()
	err := b.file.Write(b.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(b.ctx, statement)
		return err
	})
	if err != nil {
		b.Fatalf("%s: %v", statement, err)
	}
}
