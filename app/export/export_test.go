package export_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/app/export"
)

var update = flag.Bool("update", false, "write the golden files anew")

// incident is a case filled with the small invented incident.
func incident(t testing.TB) *casefile.Case {
	t.Helper()
	text, err := os.ReadFile("testdata/incident.sql")
	if err != nil {
		t.Fatal(err)
	}
	return filled(t, casefile.Options{}, string(text))
}

func filled(t testing.TB, o casefile.Options, text string) *casefile.Case {
	t.Helper()
	return filledAt(t, filepath.Join(t.TempDir(), "case"+casefile.Extension), o, text)
}

func filledAt(t testing.TB, path string, o casefile.Options, text string) *casefile.Case {
	t.Helper()
	ctx := context.Background()
	c, err := casefile.Create(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	err = c.Write(ctx, func(tx *sql.Tx) error {
		for _, action := range []string{"add", "mark", "mark"} {
			if _, err := casefile.Append(ctx, tx, "tester", action, map[string]string{"reason": "a < b & 이유"}); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var caseOptions casefile.Options

var options = export.Options{Actor: "J. Seo", Reason: "first report to the authority", Program: "Breachscope test",
	At: time.Date(2025, 11, 2, 9, 30, 0, 0, time.UTC)}

func write(t testing.TB, c *casefile.Case, o export.Options) (string, export.Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	m, err := export.Write(context.Background(), c, dir, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// csvRows reads a list by the names of its columns.
func csvRows(t testing.TB, dir, name string) (list []map[string]string) {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			m[rows[0][i]] = v
		}
		list = append(list, m)
	}
	return list
}

// csvHead reads the first n rows of a list, without its header.
func csvHead(t testing.TB, dir, name string, n int) (list [][]string) {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	for range n + 1 {
		row, err := reader.Read()
		if err != nil {
			break
		}
		list = append(list, row)
	}
	return list[1:]
}

func TestListsAreWrittenAsAgreed(t *testing.T) {
	dir, _ := write(t, incident(t), options)
	for _, name := range []string{"affected-people", "affected-records", "fields", "sessions", "queries", "evidence", "gaps", "rejected-rows"} {
		got, err := os.ReadFile(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata/golden", name+".csv")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what was agreed:\n%s", name, got)
		}
	}
}

// The columns other people's scripts rely on stand first and in this order.
func TestContractColumns(t *testing.T) {
	dir, _ := write(t, incident(t), options)
	for name, columns := range map[string]string{
		"affected-people":  "person_id,records,name,residence,list,categories,first_at,last_at,",
		"affected-records": "object,record_id,person_id,list,grade,act,fields,sessions,first_at,last_at,",
		"sessions":         "session_id,account_id,account_name,started_at,ended_at,ip,user_agent,app,login_key,session_keys,events,verdict,score,reasons,",
		"queries":          "query_id,session_id,at,carrier,text,object,fields,rows_logged,rows_replayed,outcome,",
		"evidence":         "file,sha256,kind,rows_read,rows_loaded,rows_duplicate,rows_rejected,first_at,last_at,",
	} {
		body, err := os.ReadFile(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(body), columns) {
			t.Errorf("%s begins with %.200s", name, body)
		}
	}
}

func TestNothingIsLeftOfACancelledExport(t *testing.T) {
	c := incident(t)
	for _, stop := range []string{"Collecting records", "Writing Parquet", "Writing records", "Hashing and signing"} {
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := export.Write(ctx, c, filepath.Join(parent, "out"), options, func(s analysis.Step) {
			if s.Name == stop {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at %q: %v", stop, err)
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("stopped at %q: %s is left", stop, left[0].Name())
		}
		if left, _ := os.ReadDir(c.Staging()); len(left) > 0 {
			t.Errorf("stopped at %q: %s is left in the staging folder", stop, left[0].Name())
		}
	}
	write(t, c, options) // the case is usable as before
}

// What cannot be written is said before anything is, with what to do about it.
func TestWhereNoExportCanBegin(t *testing.T) {
	c, parent := incident(t), t.TempDir()
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{parent: "there already", file: "is a file", filepath.Join(file, "a", "b"): "is a file", file + "-ok": ""} {
		err := export.Ready(path, options)
		var remedy interface{ Remedy() string }
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || !errors.As(err, &remedy)) {
			t.Errorf("%s: %v", path, err)
		}
		if _, problem := export.Write(t.Context(), c, path, options, nil); err != nil && !errors.Is(problem, err) && !strings.Contains(problem.Error(), err.Error()) {
			t.Errorf("%s: %v, then %v", path, err, problem)
		}
	}
	if left, _ := os.ReadDir(parent); len(left) != 2 {
		t.Errorf("%v are there", left)
	}
}

func TestAParentNobodyMayWriteTo(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a folder that refuses even an administrator")
	}
	var refused *export.NotWritable
	if err := export.Ready("/proc/breachscope/export", options); !errors.As(err, &refused) || refused.Path != "/proc" {
		t.Errorf("%v", err)
	}
}

func TestAnEarlierExportIsNotTouched(t *testing.T) {
	c := incident(t)
	dir, _ := write(t, c, options)
	var taken *export.NotFresh
	if _, err := export.Write(t.Context(), c, dir, options, nil); !errors.As(err, &taken) {
		t.Errorf("writing over an export: %v", err)
	}
	other := filepath.Join(t.TempDir(), "out")
	if err := os.MkdirAll(filepath.Join(other+".part", "mine"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Write(t.Context(), c, other, options, nil); !errors.As(err, &taken) {
		t.Errorf("writing over a foreign folder: %v", err)
	}
}
