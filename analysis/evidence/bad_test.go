package evidence_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
)

const loginHeader = `"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","URI"` + "\n"

// logins makes n rows of a log file.
func logins(n int) string {
	var b strings.Builder
	b.WriteString(loginHeader)
	for i := range n {
		fmt.Fprintf(&b, "\"Login\",\"20251021%02d%02d%02d.%03d\",\"r%d\",\"00D5g00000y58ee\",\"0055g00000KWzIk\",\"/index.jsp\"\n", i/3600%24, i/60%60, i%60, i%1000, i)
	}
	return b.String()
}

func packed(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

// empty checks that the case holds nothing.
func (b *bench) empty() {
	b.Helper()
	for _, q := range []string{"SELECT count(*) FROM evidence.file", "SELECT count(*) FROM evidence.reject",
		"SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'raw'"} {
		if n := b.one(q); n != "0" {
			b.Errorf("%s gives %s after an import that failed", q, n)
		}
	}
	left, err := os.ReadDir(b.file.Staging())
	if err != nil || len(left) > 0 {
		b.Errorf("the staging folder holds %v (%v)", left, err)
	}
}

// TestDamagedFileLeavesCaseAsItWas: the error names the file and a remedy.
func TestDamagedFileLeavesCaseAsItWas(t *testing.T) {
	whole := packed(logins(2000))
	broken := bytes.Clone(whole)
	broken[len(broken)/2] ^= 0xFF
	for name, content := range map[string][]byte{
		"cut.csv.gz":    whole[:len(whole)*2/3],
		"broken.csv.gz": broken,
		"cut.zip":       []byte("PK\x03\x04 but nothing follows"),
		"cut.json":      []byte(`{"records":[{"attributes":{"type":"ApiEvent"},"EventIdentifier":"a","EventDate":"2025-10-21T00:00:00Z"},{"Eve`),
	} {
		b := newBench(t)
		good := b.write("good.csv", logins(3))
		path := filepath.Join(filepath.Dir(good), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := b.add(evidence.Options{}, good, path)
		var damaged *evidence.Damaged
		if !errors.As(err, &damaged) || damaged.Name != name || damaged.Remedy() == "" {
			t.Errorf("%s: got %v, want a Damaged with its name", name, err)
		}
		b.empty()
	}
}

func TestUnreadableAndLockedFiles(t *testing.T) {
	b := newBench(t)
	var unreadable *evidence.Unreadable
	if _, err := b.add(evidence.Options{}, filepath.Join(t.TempDir(), "missing.csv")); !errors.As(err, &unreadable) {
		t.Errorf("a missing file gives %v", err)
	}
	for _, o := range []evidence.Options{{Timezone: "Mars/Olympus"}, {Kind: "no.such"}, {Encoding: "klingon"}, {Dates: "year-first"}} {
		var bad *evidence.BadOption
		if _, err := b.add(o, b.write("a.csv", logins(1))); !errors.As(err, &bad) {
			t.Errorf("%+v gives %v", o, err)
		}
	}
	b.empty()
}

// changing is a file that grows while it is read.
func TestFileThatChangesWhileRead(t *testing.T) {
	b := newBench(t)
	path := b.write("growing.csv", logins(40000))
	grown := false
	err := b.file.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := evidence.Add(t.Context(), tx, b.catalog, b.file.Staging(), []string{path}, evidence.Options{}, func(analysis.Step) {
			if !grown {
				grown = true
				f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
				if err == nil {
					f.WriteString("\"Login\"\n")
					f.Close()
				}
			}
		})
		return err
	})
	var changed *evidence.Changed
	if !errors.As(err, &changed) || !strings.Contains(err.Error(), "growing.csv") {
		t.Errorf("got %v, want Changed", err)
	}
	b.empty()
}

func TestCancelLeavesNothing(t *testing.T) {
	b := newBench(t)
	path := b.write("long.csv", logins(100000))
	ctx, cancel := context.WithCancel(t.Context())
	err := b.file.Write(ctx, func(tx *sql.Tx) error {
		_, err := evidence.Add(ctx, tx, b.catalog, b.file.Staging(), []string{path}, evidence.Options{}, func(s analysis.Step) {
			if s.Name == "loading" {
				cancel()
			}
		})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's own word", err)
	}
	b.empty()
	b.mustAdd(evidence.Options{}, path) // and the case takes the file afterwards
}

// TestFilesThatAreNoEvidenceAreListed: nothing is skipped in silence, and each says why.
func TestFilesThatAreNoEvidenceAreListed(t *testing.T) {
	b := newBench(t)
	for name, content := range map[string]string{
		"empty.csv": "", "blank.csv": "\n\n\n", "letter.txt": "Dear all,\nplease find the logs attached.\n",
		"own.csv": "colour,shape\nred,round\n", "picture.png": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x02\x03\x04\x05\x06\x07",
		"page.xml": "<html><body/></html>", "empty.json": "[]",
	} {
		files := b.mustAdd(evidence.Options{}, b.write(name, content))
		if len(files) != 1 || files[0].State != evidence.Unrecognised || files[0].Note == "" || files[0].Read != 0 {
			t.Errorf("%s: %+v", name, files)
		}
	}
	if n := b.one("SELECT count(*) FROM evidence.file WHERE state = 'unrecognised' AND note <> ''"); n != "7" {
		t.Errorf("the register lists %s of 7", n)
	}
}

func TestHeaderWithoutRows(t *testing.T) {
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("Login.csv", loginHeader))[0]
	if f.State != evidence.Loaded || f.Read != 0 || !strings.HasPrefix(f.Kind, "salesforce.elf") {
		t.Errorf("%+v", f)
	}
}

// TestMalformedRows: each is rejected under its own number with its text, and all others are loaded as they stand.
func TestMalformedRows(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(logins(6000), "\n"), "\n")
	lines[4999] = `"Login","20251021","short"`                                   // record 5000
	lines[5009] += `,"one more"`                                                 // 5010
	lines[5019] += `,""`                                                         // 5020: an empty one more
	lines[5029] = strings.Replace(lines[5029], `"/index.jsp"`, `"/index.jsp`, 1) // 5030: never closed
	lines[5039] = strings.Replace(lines[5039], `"/index.jsp"`, `"/a" b"`, 1)     // 5040: text after a closing quote
	lines[5049] = strings.Replace(lines[5049], `"/index.jsp"`, "\"/a\nb\"", 1)   // 5050: a line break, which is fine
	lines[5059] = strings.Replace(lines[5059], `"/index.jsp"`, `"/a""b"`, 1)     // 5060: a doubled quote, which is fine
	lines[5069] = strings.TrimSuffix(loginHeader, "\n")                          // 5070: the header again
	lines[5999] = lines[5999][:len(lines[5999])/2]                               // 6000: cut off
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("Login.csv", strings.Join(lines, "\n")))[0]
	if f.Read != 5999+1-1 || f.Rejected != 7 || f.Loaded != 5992 {
		t.Errorf("read %d, loaded %d, rejected %d, want 5999, 5992, 7 (%s)", f.Read, f.Loaded, f.Rejected, f.Dialect)
	}
	var got []string
	for _, r := range b.query("SELECT line, text FROM evidence.reject ORDER BY line") {
		got = append(got, r[0])
		if r[1] == "" {
			t.Errorf("record %s is rejected without its text", r[0])
		}
	}
	if strings.Join(got, " ") != "5000 5010 5020 5030 5040 5070 6000" {
		t.Errorf("rejected records: %v", got)
	}
	for line, uri := range map[int]string{5031: "/index.jsp", 5050: "/a\nb", 5060: `/a"b`, 5999: "/index.jsp"} {
		if got := b.one(`SELECT "URI" FROM raw."salesforce.elf.Login" WHERE "line" = ?`, line); got != uri {
			t.Errorf("record %d has URI %q, want %q", line, got, uri)
		}
	}
	if got := b.one(`SELECT "REQUEST_ID" FROM raw."salesforce.elf.Login" WHERE "line" = 5999`); got != "r5997" {
		t.Errorf("record 5999 is %s, numbers are shifted", got)
	}
}

// TestNamesThatAreNoText: a file is taken whatever bytes its name is of, and no name breaks a line of the register.
func TestNamesThatAreNoText(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems keep such names from being made")
	}
	b := newBench(t)
	folder := t.TempDir()
	for name, text := range map[string]string{"Kontakt\xe9.csv": logins(2), "Kontakt\xea.csv": logins(3), "two\nlines\t고객.csv": logins(4)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.mustAdd(evidence.Options{}, folder)
	want := `Kontakt\xE9.csv|Kontakt\xEA.csv|two\x0Alines\x09고객.csv`
	if got := b.one("SELECT string_agg(name, '|' ORDER BY id) FROM evidence.file"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
