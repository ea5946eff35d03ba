package evidence_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/breachscope/breachscope/analysis/evidence"
)

var update = flag.Bool("update", false, "write what the samples of kinds become into them")

// TestKindSamples: every archive of testdata/kinds holds a sample of one source and, as its last file, what becomes of it:
// the kind and the accounting, then a line for every row. With -update that file is written anew, to be read and kept.
func TestKindSamples(t *testing.T) {
	paths, err := filepath.Glob("testdata/kinds/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil || len(archive.Files) != 2 || archive.Files[1].Name != "want" {
				t.Fatalf("%s must hold a sample and, below it, want: %v", path, err)
			}
			b := newBench(t)
			got := b.becomes(b.mustAdd(evidence.Options{}, b.write(archive.Files[0].Name, string(archive.Files[0].Data)))[0])
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(archive.Files[1].Data); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// becomes tells what became of a log: its kind, its rows, and the fields of every event that are not empty.
func (b *bench) becomes(f evidence.File) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: read %d, loaded %d, duplicate %d, rejected %d\n", f.Kind, f.Read, f.Loaded, f.Duplicate, f.Rejected)
	if f.Note != "" {
		fmt.Fprintln(&text, "note:", f.Note)
	}
	kind, ok := b.catalog.Kind(f.Kind)
	if !ok {
		return text.String()
	}
	var columns evidence.Columns
	for _, row := range b.query("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw' AND table_name = ?", f.Kind) {
		columns = append(columns, row[0])
	}
	fields, give := append([]string{"action"}, evidence.EventFields()...), []string{`coalesce(utc::VARCHAR, 'no time')`}
	for _, field := range fields {
		give = append(give, "coalesce("+kind.Event.SQL(field, columns)+", '')")
	}
	for _, row := range b.query("SELECT " + strings.Join(give, ", ") + ` FROM raw."` + f.Kind + `" ORDER BY "line"`) {
		text.WriteString(row[0])
		for i, field := range fields {
			if row[i+1] != "" && field != "at" {
				fmt.Fprintf(&text, " %s=%s", field, row[i+1])
			}
		}
		text.WriteByte('\n')
	}
	return text.String()
}
