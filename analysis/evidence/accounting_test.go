package evidence_test

import (
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
)

var errUndo = errors.New("undo")

// accounts adds files in one step, checks the accounts of each and, where the library reads it without complaint, every
// value, found in the row itself or in the row of another file that it is called the duplicate of; and takes all back.
func (b *bench) accounts(t *testing.T, contents ...string) {
	t.Helper()
	folder := t.TempDir()
	for i, content := range contents {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%04d.csv", i)), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := b.file.Write(t.Context(), func(tx *sql.Tx) error {
		files, err := evidence.Add(t.Context(), tx, b.catalog, b.file.Staging(), []string{folder}, evidence.Options{Map: fuzzMap}, nil)
		if err != nil {
			return err
		}
		rows, err := rowsByFile(t, tx, files)
		for i, f := range files {
			checkAccounts(t, f, contents[i], rows[fmt.Sprint(f.ID)])
		}
		return errors.Join(err, errUndo)
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("%v\n%q", err, contents)
	}
}

func checkAccounts(t *testing.T, f evidence.File, content string, got [][]string) {
	t.Helper()
	if f.Read != f.Loaded+f.Duplicate+f.Rejected {
		t.Errorf("read %d, loaded %d, duplicate %d, rejected %d of\n%q", f.Read, f.Loaded, f.Duplicate, f.Rejected, content)
	}
	if want, clean := plain(content); f.State == evidence.Loaded && clean && !compare(t, want, got, f) {
		t.Errorf("in\n%q", content)
	}
}

// rowsByFile are the rows that files hold, duplicates as the row that was kept says them.
func rowsByFile(t *testing.T, tx *sql.Tx, files []evidence.File) (map[string][][]string, error) {
	found := map[string][][]string{}
	if !slices.ContainsFunc(files, func(f evidence.File) bool { return f.State == evidence.Loaded }) {
		return found, nil
	}
	var rows [][]string
	err := scan(t.Context(), tx, &rows, `SELECT "file", "line", "loginAt", "email", "B" FROM raw."own.plain" UNION ALL
		SELECT d.file, d.line, "loginAt", "email", "B" FROM evidence.duplicate d JOIN raw."own.plain" k ON k."file" = d.kept_file AND k."line" = d.kept_line
		ORDER BY 1, 2`)
	for _, row := range rows {
		found[row[0]] = append(found[row[0]], row[1:])
	}
	return found, err
}

// plain reads a file with the standard library; clean is false when it complains or reads what is no plain CSV.
func plain(content string) (rows [][]string, clean bool) {
	if !utf8.ValidString(content) || strings.ContainsAny(content, "\x00") {
		return nil, false
	}
	content = strings.TrimPrefix(content, "\uFEFF")
	r := csv.NewReader(strings.NewReader(content))
	r.Comma = rune(content[len("loginAt")])
	for line := 1; ; line++ {
		row, err := r.Read()
		if err == io.EOF {
			return rows, true
		}
		if err != nil {
			return nil, false
		}
		if line > 1 {
			rows = append(rows, append([]string{fmt.Sprint(line)}, row...))
		}
	}
}

func compare(t *testing.T, want, got [][]string, f evidence.File) bool {
	t.Helper()
	if f.Rejected > 0 { // only a header once more can be rejected in a plain file
		want = slices.DeleteFunc(want, func(row []string) bool { return strings.EqualFold(strings.Join(row[1:], ","), "loginAt,email,B") })
	}
	if len(want) != len(got) {
		t.Errorf("%d rows, want %d", len(got), len(want))
		return false
	}
	same := true
	for i := range want {
		for c := range want[i] {
			// the library takes the CR of every CR LF, also inside quotes
			if g := strings.ReplaceAll(got[i][c], "\r\n", "\n"); g != want[i][c] {
				t.Errorf("row %d column %d: %q, want %q", i, c, g, want[i][c])
				same = false
			}
		}
	}
	return same
}

// fuzzMap is a kind without times, which cost more than all the rest; beside it another, so that files are still recognised
// by their header.
const fuzzMap = `kinds:
- {name: own.plain, title: plain, carries: log, zone: UTC, header: {all: [loginAt, email, B]}, event: {username: email}}
- {name: own.other, title: other, carries: log, zone: UTC, header: {all: [nothing, of, this]}, event: {username: of}}
`

const fuzzHeader = "loginAt,email,B\nx,,\n"

// dresses are the ways in which FuzzAccounting presents a text, which follows a header.
var dresses = []func(whole, rest string) string{
	func(whole, rest string) string { return whole },
	func(whole, rest string) string { return "\uFEFF" + whole },
	func(whole, rest string) string { return whole + "\n" + rest },
	func(whole, rest string) string { return fuzzHeader + "\"" + rest },
	func(whole, rest string) string { return whole[:len(fuzzHeader)+len(rest)/3] },
	func(whole, rest string) string { return whole[:len(fuzzHeader)+2*len(rest)/3] },
	func(whole, rest string) string { return strings.ReplaceAll(whole, "\n", "\r\n") },
	func(whole, rest string) string { return strings.ReplaceAll(whole, ",", ";") },
	func(whole, rest string) string { return strings.ReplaceAll(whole, ",", "\t") },
}

// FuzzAccounting: whatever follows a header, every record is loaded or rejected, and plain files load as they stand. The
// dress a text comes in is fuzzed with it, so that one execution is one small file in a warm engine of one thread: the
// fuzzing engine takes one of ten seconds, which a loaded machine soon makes of many files, for a worker that hangs.
func FuzzAccounting(f *testing.F) {
	for _, seed := range []string{"", "a,b,c\n", "\"a\",\"b\nc\",\"\"\n", "a,b\n", "a,b,c,\n", "\"a,b,c\nd,e,f\n", "a,b,c\r\nd,e,f\n", "x\ry,b,c\n", "#a,b,c\n", "loginAt,email,B\n", "a,\"b\"c,d\n", "\n\nfooter\n"} {
		for dress := range dresses {
			f.Add(seed, uint8(dress))
		}
	}
	b := newBenchAt(f, f.Context(), f.TempDir(), casefile.Options{Threads: 1})
	f.Fuzz(func(t *testing.T, rest string, dress uint8) {
		b.accounts(t, dresses[int(dress)%len(dresses)](fuzzHeader+rest, rest))
	})
}

// TestRandomFiles builds files of usual and unusual pieces, which random bytes would seldom make.
func TestRandomFiles(t *testing.T) {
	b := newBench(t)
	r := rand.New(rand.NewPCG(7, 9))
	pieces := []string{"a", "b1", "", " ", "x y", ",", `""`, "\n", "\r\n", "\r", "한글", "é", "'", ";", "\t", "|", "#", `\`, "NULL", `\N`, "0", "-1", "1e5", "2026-01-01"}
	for range 6 {
		contents := make([]string, 20)
		for i := range contents {
			contents[i] = randomFile(r, pieces)
		}
		b.accounts(t, contents...)
	}
}

func randomFile(r *rand.Rand, pieces []string) string {
	var text strings.Builder
	text.WriteString([]string{"", "\uFEFF"}[r.IntN(6)/5])
	ending, style := []string{"\n", "\n", "\r\n"}[r.IntN(3)], r.IntN(3)
	text.WriteString("loginAt,email,B" + ending + "x,," + ending)
	rows := r.IntN(12)
	if r.IntN(20) == 0 {
		rows = 3000
	}
	for range rows {
		for c := range 3 {
			field := ""
			for range r.IntN(4) {
				field += pieces[r.IntN(len(pieces))]
			}
			quoted := strings.ContainsAny(field, ",\"\n\r") || style == 0 || style == 1 && r.IntN(2) == 0
			if r.IntN(400) == 0 {
				quoted = !quoted // damage
			}
			if quoted {
				field = `"` + field + `"` // pieces hold their quotation marks doubled already
			}
			text.WriteString(field + []string{",", ",", ending}[c])
		}
	}
	return text.String()
}
