package replay_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/app/casefile"
)

// world is a case with a snapshot written by hand.
type world struct {
	*testing.T
	file *casefile.Case
	next int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &world{T: t, file: c}
}

func (w *world) exec(statement string, args ...any) {
	w.Helper()
	err := w.file.Write(w.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(w.Context(), statement, args...)
		return err
	})
	if err != nil {
		w.Fatalf("%v in %s", err, statement)
	}
}

// id is the 18-character id of the n-th record of an object with that prefix.
func id(prefix string, n int) string {
	return replay.ID18(fmt.Sprintf("%s5g%010d", prefix, n))
}

var taken = time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)

// table writes a table of the snapshot. Columns are "Name:type" or "ContactId:reference>Contact"; ids are written as
// numbers and get the object's prefix. Cells are parted with '|'.
func (w *world) table(object, prefix string, columns string, rows ...string) {
	w.Helper()
	w.next++
	file := w.next
	w.exec(`INSERT INTO evidence.file VALUES (?, 'x', ?, '', 0, 'salesforce.table.' || ?, ?, '', 'utf-8', '', 'UTC', ?, 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2025-11-02', 'loaded', '')`,
		file, object+".csv", object, object, taken)
	has := map[string]string{}
	names := strings.Fields(columns)
	create := []string{}
	for i, c := range names {
		name, kind, _ := strings.Cut(c, ":")
		kind, reference, _ := strings.Cut(kind, ">")
		relationship := ""
		if kind == "reference" {
			relationship = strings.TrimSuffix(name, "Id")
			if custom, ok := strings.CutSuffix(name, "__c"); ok {
				relationship = custom + "__r"
			}
		}
		has[name] = name
		create = append(create, analysis.Quote(name)+" VARCHAR")
		w.exec(`INSERT INTO snapshot.field VALUES (?, ?, ?, '', ?, ?, ?, '', '', 1)`, object, name, i, kind, strings.ReplaceAll(reference, ",", ";"), relationship)
	}
	w.exec(fmt.Sprintf(`CREATE TABLE snapshot.%s ("file" INTEGER, "line" BIGINT, %s)`, analysis.Quote(object), strings.Join(create, ", ")))
	w.exec(`INSERT INTO snapshot.object VALUES (?, '', ?, ?, 'Id', ?, ?, ?, 'Name', ?, ?, true, 0)`, object, object, prefix,
		has["CreatedDate"], has["LastModifiedDate"], has["IsDeleted"], taken, len(rows))
	for n, row := range rows {
		cells := strings.Split(row, "|")
		if len(cells) != len(names) {
			w.Fatalf("%s: %d cells for %d columns: %s", object, len(cells), len(names), row)
		}
		args := []any{file, n + 2}
		for _, c := range cells {
			args = append(args, c)
		}
		w.exec(fmt.Sprintf(`INSERT INTO snapshot.%s VALUES (?, ?%s)`, analysis.Quote(object), strings.Repeat(", ?", len(cells))), args...)
	}
}

// asks says which records a query returned as of a moment: certain ones as their last digits, uncertain ones after a '?'.
func (w *world) asks(text string, at time.Time, options ...string) string {
	w.Helper()
	var got string
	err := w.file.Read(w.Context(), func(db analysis.Engine) error {
		sure, unsure, lacking, err := replay.Answer(w.Context(), db, analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 4}, text, at,
			id("005", 1)[:15], slices.Contains(options, "all"), slices.Contains(options, "strict"))
		got = strings.Join(last(sure), " ")
		if len(unsure) > 0 {
			got += " ?" + strings.Join(last(unsure), " ")
		}
		if len(lacking) > 0 {
			got += " !" + strings.Join(lacking, ", ")
		}
		return err
	})
	if err != nil {
		w.Fatalf("%s: %v", text, err)
	}
	return strings.TrimSpace(got)
}

func last(ids []string) []string {
	var list []string
	for _, i := range ids {
		n := strings.TrimLeft(i[5:], "0")
		list = append(list, n)
	}
	return list
}

// one is the only value of a statement.
func (w *world) one(statement string) (value string) {
	w.Helper()
	err := w.file.Read(w.Context(), func(db analysis.Engine) error {
		return db.QueryRowContext(w.Context(), statement).Scan(&value)
	})
	if err != nil {
		w.Fatalf("%v in %s", err, statement)
	}
	return value
}
